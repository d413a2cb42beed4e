"""A mistake: cancelled, perhaps replaced, never edited; the donor is written to."""

from __future__ import annotations

import datetime as dt
from itertools import count

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core import audit
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.donations import events
from portal.donations.events import ChangeRefused
from portal.donations.models import Gift, Refund
from portal.donations.rules.gift import GiftState
from portal.donations.services.imported import facts_of
from portal.receipts import services
from portal.receipts.models import (
    Channel,
    Receipt,
    ReceiptedGift,
    ReceiptState,
    ReceiptTiming,
)
from portal.receipts.queries.deliveries import undelivered
from portal.receipts.queries.register import gifts_on, receipts_to_correct
from portal.receipts.rules.composition import DonorBlocked
from portal.receipts.rules.content import ReceiptContent
from portal.receipts.services import (
    AlreadyCancelled,
    NothingLeftToCertify,
    cancel_receipt,
    issue_receipt,
    replace_receipt,
    set_preference,
)
from portal.receipts.services.issuing import TRIES
from tests.factories.people import make_donor
from tests.factories.receipts import NOW, make_receipt, make_received_gift, plain_paper
from tests.pages import PageClient


def _gift_of(receipt: Receipt) -> Gift:
    return gifts_on(receipt.id)[0].gift


def _refund(gift: Gift, minor: int) -> None:
    gift.refunded_minor = minor
    gift.state = GiftState.REFUNDED if minor == gift.amount_minor else GiftState.PARTIALLY_REFUNDED
    refund = Refund(gift_id=gift.id, amount_minor=minor, state="succeeded", refunded_on=NOW.date())
    db.session.add(refund)
    db.session.flush()
    events.gift_refunded.send(gift, refund=refund)
    db.session.commit()


def _mails() -> list[OutboxMail]:
    return list(db.session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def test_a_cancelled_receipt_keeps_its_number_and_frees_its_gifts(app: Flask) -> None:
    receipt = make_receipt(make_donor(language="en"))
    cancel_receipt(receipt.id, reason="wrong person", by=None, at=NOW)
    assert receipt.state is ReceiptState.CANCELLED
    assert receipt.cancel_reason == "wrong person"
    assert not gifts_on(receipt.id)[0].live
    again = issue_receipt(receipt.donor_id, 2025, at=NOW, printer=plain_paper)
    assert again is not None
    assert again.sequence == receipt.sequence + 1
    (letter,) = _mails()
    assert receipt.number in letter.subject
    assert "wrong person" in letter.text


def test_it_is_cancelled_once(app: Flask) -> None:
    receipt = make_receipt()
    cancel_receipt(receipt.id, reason="a", by=None, at=NOW)
    with pytest.raises(AlreadyCancelled):
        cancel_receipt(receipt.id, reason="b", by=None, at=NOW)
    with pytest.raises(AlreadyCancelled):
        replace_receipt(receipt.id, reason="b", by=None, at=NOW, printer=plain_paper)


def test_the_new_receipt_says_which_one_it_replaces(app: Flask) -> None:
    donor = make_donor(city="Nantes")
    receipt = make_receipt(donor)
    donor.city = "Rennes"
    db.session.commit()
    new = replace_receipt(receipt.id, reason="moved", by=None, at=NOW, printer=plain_paper)
    assert new.content["replaces"] == receipt.number
    assert new.replaces_id == receipt.id
    assert new.content["donor"]["city"] == "Rennes"
    assert receipt.content["donor"]["city"] == "Nantes"
    assert receipt.state is ReceiptState.CANCELLED
    assert [row.gift_id for row in gifts_on(new.id)] == [
        row.gift_id for row in gifts_on(receipt.id)
    ]
    (letter,) = _mails()
    assert new.number in letter.text


def test_a_donor_who_is_blocked_now_keeps_the_old_receipt(app: Flask) -> None:
    donor = make_donor()
    receipt = make_receipt(donor)
    donor.address1 = ""
    db.session.commit()
    with pytest.raises(DonorBlocked):
        replace_receipt(receipt.id, reason="x", by=None, at=NOW, printer=plain_paper)
    db.session.refresh(receipt)
    assert receipt.state is ReceiptState.ISSUED


def test_a_refund_after_the_receipt_changes_nothing_silently_and_asks_for_a_correction(
    app: Flask,
) -> None:
    receipt = make_receipt(amount_minor=5000)
    assert receipts_to_correct() == []
    _refund(_gift_of(receipt), 2000)
    (found,) = receipts_to_correct(2025)
    assert (found.receipt.id, found.kept.minor) == (receipt.id, 3000)
    assert receipt.state is ReceiptState.ISSUED
    assert "receipt.to_correct" in [e.action for e in audit.history(f"receipt:{receipt.number}")]
    new = replace_receipt(receipt.id, reason="refund", by=None, at=NOW, printer=plain_paper)
    assert new.amount_minor == 3000
    assert receipts_to_correct() == []


def test_a_receipt_of_which_nothing_is_left_can_only_be_cancelled(app: Flask) -> None:
    receipt = make_receipt()
    _refund(_gift_of(receipt), 5000)
    with pytest.raises(NothingLeftToCertify):
        replace_receipt(receipt.id, reason="x", by=None, at=NOW, printer=plain_paper)
    assert receipt.state is ReceiptState.ISSUED
    cancel_receipt(receipt.id, reason="x", by=None, at=NOW)
    assert receipts_to_correct() == []


def test_a_disputed_gift_asks_for_a_correction_too(app: Flask) -> None:
    receipt = make_receipt()
    _gift_of(receipt).state = GiftState.DISPUTED
    db.session.commit()
    assert [each.kept.minor for each in receipts_to_correct()] == [0]


def test_a_gift_on_a_receipt_cannot_be_changed_until_the_receipt_is_cancelled(app: Flask) -> None:
    receipt = make_receipt()
    gift = _gift_of(receipt)
    facts = facts_of(gift)
    with pytest.raises(ChangeRefused, match="stands on a tax receipt"):
        events.gift_change_requested.send(gift, before=facts, after=facts)
    cancel_receipt(receipt.id, reason="x", by=None, at=NOW)
    events.gift_change_requested.send(gift, before=facts, after=facts)


def test_the_receipt_of_a_year_takes_in_gifts_that_came_to_light_since(app: Flask) -> None:
    donor = make_donor()
    make_received_gift(donor, amount_minor=2000)
    receipt = make_receipt(donor)
    make_received_gift(donor, amount_minor=1000)
    new = replace_receipt(receipt.id, reason="x", by=None, at=NOW, printer=plain_paper)
    assert new.amount_minor == 8000


def test_the_receipt_of_one_gift_stays_that_of_this_gift_unless_a_person_says_otherwise(
    app: Flask,
) -> None:
    donor = make_donor()
    receipt = make_receipt(donor)
    late = make_received_gift(donor, amount_minor=1000)
    assert services.other_gifts(receipt, NOW) == [late]
    new = replace_receipt(receipt.id, reason="x", by=None, at=NOW, printer=plain_paper)
    assert [row.gift_id for row in gifts_on(new.id)] == [_gift_of(receipt).id]
    told = {"reason": "x", "by": None, "at": NOW, "printer": plain_paper}
    assert replace_receipt(new.id, others=True, **told).amount_minor == 6000  # type: ignore[arg-type]


def test_the_accountant_chooses_whether_others_are_taken_in(accountant: PageClient) -> None:
    receipt = make_receipt()
    where = f"/office/receipts/{receipt.public_id}/replace"
    assert not accountant.get(where).has("Also take in")
    make_received_gift(receipt.donor, amount_minor=1000)
    assert accountant.get(where).has(
        "Also take in 1 gift of 2025 that stands on no receipt (€10.00)"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "update receipt set amount_minor = 1",
        "update receipt set content = '{}'",
        "update receipt set number = 'X'",
        "delete from receipt",
        "update document set content = 'x'",
        "update receipted_gift set amount_minor = 1",
        "delete from receipted_gift",
        "update receipt_series set last = 0",
        "delete from receipt_series",
    ],
)
def test_an_issued_receipt_is_never_edited(app: Flask, statement: str) -> None:
    make_receipt()
    with pytest.raises(sa.exc.IntegrityError, match=r"never changed|of receipts go up"):
        db.session.execute(sa.text(statement))
    db.session.rollback()


def test_no_number_is_taken_that_stands_on_no_receipt(app: Flask) -> None:
    make_receipt()
    db.session.execute(sa.text("update receipt_series set last = last + 2"))
    with pytest.raises(sa.exc.IntegrityError, match="do not all stand on a receipt"):
        db.session.execute(sa.text("set constraints all immediate"))
    db.session.rollback()


def test_a_cancelled_receipt_stays_cancelled(app: Flask) -> None:
    receipt = make_receipt()
    cancel_receipt(receipt.id, reason="x", by=None, at=NOW)
    for statement in (
        "update receipt set state = 'issued', cancelled_at = null",
        "update receipted_gift set live = true",
    ):
        with pytest.raises(sa.exc.IntegrityError):
            db.session.execute(sa.text(statement))
        db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).where(ReceiptedGift.live)) == 0


def test_the_old_receipt_stands_when_the_last_gift_goes_back_while_the_new_one_is_printed(
    app: Flask,
) -> None:
    donor = make_donor()
    receipt = make_receipt(donor)
    printed = count(1)

    def printer(content: ReceiptContent, code: str, at: dt.datetime) -> bytes:
        time = next(printed)
        donor.city = f"Ville {time}"  # every paper is overtaken
        db.session.commit()
        if time == TRIES:
            _refund(_gift_of(receipt), 5000)
        return plain_paper(content, code, at)

    with pytest.raises(NothingLeftToCertify):
        replace_receipt(receipt.id, reason="moved", by=None, at=NOW, printer=printer)

    db.session.refresh(receipt)
    assert next(printed) == TRIES + 1
    assert receipt.state is ReceiptState.ISSUED
    assert gifts_on(receipt.id)[0].live


def test_who_wants_post_gets_the_new_receipt_with_the_letters(app: Flask) -> None:
    receipt = make_receipt(make_donor(email="post@example.org"))
    set_preference(receipt.donor_id, ReceiptTiming.ANNUAL, Channel.POST, by=None, at=NOW)

    new = replace_receipt(receipt.id, reason="moved", by=None, at=NOW, printer=plain_paper)

    assert list(undelivered(2025, Channel.POST)) == [new.id]
