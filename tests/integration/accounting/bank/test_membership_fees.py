"""A line of the bank is a membership fee: with something in return, or without."""

from __future__ import annotations

import sqlalchemy as sa

from portal.accounting.models import BankRule
from portal.core.db import db
from portal.core.money import Money
from portal.donations.models import Gift, NoReceipt
from tests.factories.bank import NOVEMBER, one_line
from tests.factories.books import balance_of, booked_gift
from tests.factories.people import make_donor
from tests.factories.statements import PAYER_IBAN
from tests.pages import PageClient

TOKEN = "x" * 20


def test_a_line_is_a_membership_fee_of_a_known_member(accountant: PageClient) -> None:
    member, line = make_donor(), one_line(minor=3_000, iban=PAYER_IBAN)
    path = f"/office/bank/lines/{line.public_id}"
    assert accountant.get(path).has("Cotisation (7561)")
    sent = {"who": member.ref, "purpose": "membership", "learn": "y", "form_token": TOKEN}
    assert accountant.post(f"{path}/gift", sent).status == 303
    (fee,) = db.session.scalars(sa.select(Gift))
    assert (fee.membership, fee.donor_id) == (True, member.id)
    assert balance_of("756100") == Money(-3_000)
    assert db.session.scalars(sa.select(BankRule)).all() == []


def test_recorded_money_is_said_to_be_a_fee_by_its_line(accountant: PageClient) -> None:
    member = make_donor()
    booked_gift(donor=member, amount_minor=3_000, on=NOVEMBER)
    line = one_line(minor=3_000)
    sent = {"who": member.ref, "purpose": "membership_with_return", "form_token": TOKEN}
    assert accountant.post(f"/office/bank/lines/{line.public_id}/gift", sent).status == 303
    assert balance_of("756200") == Money(-3_000)
    assert balance_of("754110") == Money(0)
    assert db.session.scalars(sa.select(Gift.no_receipt)).all() == [NoReceipt.COUNTERPART]
