"""Objects, waived expenses and gifts without a receipt, on receipts."""

from __future__ import annotations

import datetime as dt

from flask import Flask

from portal.donations.models import NoReceipt, ReturnReason
from portal.donations.services import cheques
from portal.receipts.queries.receiptable import gifts_to_certify, waiting_donors
from portal.receipts.queries.register import receipts_to_correct
from portal.receipts.services import issue_receipt
from tests.factories.handed_over import cheque_of, make_accountant, make_cheque_gift, token
from tests.factories.people import make_donor
from tests.factories.receipts import NOW
from tests.integration.donations.test_what_is_handed_over import note

TODAY = dt.date(2026, 11, 22)


def test_a_waived_note_stands_on_a_receipt_with_its_errand(app: Flask) -> None:
    donor = make_donor()
    note(donor.id)
    receipt = issue_receipt(donor.id, 2026, at=NOW)
    assert receipt is not None
    assert receipt.content["nature"].startswith("Frais engagés par les bénévoles")
    assert receipt.content["payments"][0]["description"] == "Forum des associations de Rouen"


def test_gifts_said_to_get_no_receipt_wait_for_none(app: Flask) -> None:
    donor = make_donor()
    make_cheque_gift(5_000, giver=donor, no_receipt=NoReceipt.COUNTERPART)
    assert gifts_to_certify(donor.id, 2026, TODAY) == []
    assert waiting_donors(2026, TODAY) == []


def test_a_cheque_that_bounces_puts_its_receipt_among_those_to_correct(app: Flask) -> None:
    donor = make_donor()
    gift = make_cheque_gift(5_000, giver=donor)
    receipt = issue_receipt(donor.id, 2026, at=NOW)
    order = cheques.ReturnOrder(
        on=TODAY, reason=ReturnReason.STOPPED, fee=gift.refunded, form_token=token()
    )
    cheques.return_cheque(cheque_of(gift).id, order, by=make_accountant().id)
    assert [each.receipt for each in receipts_to_correct()] == [receipt]
