"""Membership fees: entered as such, or said to be such later; booked on 7561 or 7562."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from portal.core.db import db
from portal.core.money import Money
from portal.donations.codes import PurposeKind
from portal.donations.events import ChangeRefused
from portal.donations.models import Gift, NoReceipt
from portal.donations.rules.gift import GiftState
from portal.donations.services import cheques
from portal.donations.services.membership import say_membership
from portal.programmes.codes import Programme
from portal.receipts.queries.receiptable import gifts_to_certify
from tests.factories.books import balance_of, booked_gift, entries_about
from tests.factories.handed_over import enter, make_accountant, make_batch
from tests.factories.people import make_donor
from tests.pages import PageClient

TODAY = date(2026, 11, 22)


def certified(gift: Gift) -> list[Gift]:
    return gifts_to_certify(gift.donor_id, 2026, TODAY)


def say(gift: Gift, *, membership: bool = True, with_return: bool = False) -> bool:
    by = make_accountant().id
    return say_membership(
        gift.id, membership=membership, with_return=with_return, reason="Bulletin", by=by
    )


def test_cash_may_be_a_fee(accountant: PageClient) -> None:
    donor = make_donor(ref="D000042")
    page = accountant.post(
        "/office/enter/cash",
        {
            "form_token": "token-of-a-fee-0001",
            "pick": str(donor.public_id),
            "who": "D000042",
            "amount": "30",
            "book_number": "A-77",
            "received_on": "2026-11-20",
            "purpose": "membership",
            "tribute": "",
            "receipt": "",
        },
    )

    assert page.status == 303
    assert balance_of("756100") == Money(-3_000)
    gift = db.session.query(Gift).filter_by(donor_id=donor.id).one()
    assert (gift.membership, gift.purpose) == (True, PurposeKind.GENERAL)
    assert certified(gift) == [gift]


def test_a_cheque_may_be_a_fee_that_bought_something(app: Flask) -> None:
    who = make_accountant()
    batch = make_batch(4_000, by=who)
    cheque = enter(batch, 4_000, membership=True, no_receipt=NoReceipt.COUNTERPART)
    cheques.close_batch(batch.id, by=who.id)

    assert balance_of("756200") == Money(-4_000)
    assert cheque.gift is not None
    assert certified(cheque.gift) == []


def test_money_that_came_is_said_to_be_a_fee_and_its_books_follow(app: Flask) -> None:
    gift = booked_gift()

    assert say(gift)
    assert not say(gift)
    assert (balance_of("754110"), balance_of("756100")) == (Money(0), Money(-5_000))
    assert say(gift, with_return=True)
    assert (balance_of("756100"), balance_of("756200")) == (Money(0), Money(-5_000))
    assert certified(gift) == []
    assert say(gift, membership=False)
    assert balance_of("754110") == Money(-5_000)
    assert certified(gift) == [gift]
    assert {entry.date for entry in entries_about(gift)} == {date(2026, 3, 14)}


def test_what_did_not_stay_or_serves_a_programme_is_no_fee(app: Flask) -> None:
    for_meals = booked_gift(purpose=PurposeKind.PROGRAMME, programme=Programme.FOOD)
    bounced = booked_gift(state=GiftState.FAILED)

    for gift in (for_meals, bounced):
        with pytest.raises(ChangeRefused):
            say(gift)


def test_the_office_says_it_on_the_page_of_the_gift(accountant: PageClient) -> None:
    gift = booked_gift()
    where = f"/office/enter/gifts/{gift.public_id}/membership"
    assert where in accountant.get(f"/office/gifts/{gift.public_id}").links()

    shown = accountant.get(where)
    assert shown.has("7562")
    assert shown.has("pas plus de 73 € par donateur sur toute l’année")
    assert accountant.post(where, {"what": "fee", "reason": ""}).status == 422
    sent = {"what": "fee", "reason": "Bulletin", "form_token": "token-of-a-fee-0002"}
    page = accountant.follow(accountant.post(where, sent))

    assert page.has("cotisation")
