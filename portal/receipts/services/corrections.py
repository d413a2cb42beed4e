"""After the fact: a person decides what becomes of a receipt that the records no longer bear out."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask import current_app

from portal.core import audit
from portal.core.clock import paris_date
from portal.core.db import db, transaction
from portal.core.mail import OutboxMail
from portal.donations.models import Gift
from portal.receipts.models import CancelNotice, DifferenceLeft, Receipt
from portal.receipts.queries import corrections
from portal.receipts.queries.corrections import Found
from portal.receipts.queries.particulars import payment_of, reasons_against, receipt_donor
from portal.receipts.queries.receiptable import gifts_to_certify
from portal.receipts.queries.register import next_sequence
from portal.receipts.rules.composition import DonorBlocked
from portal.receipts.rules.content import ReceiptContent
from portal.receipts.rules.corrections import Act, difference_mark, may_be_left, proposed
from portal.receipts.services.cancelling import gifts_meant
from portal.receipts.services.issuing import Facts, Order, content_of


class MustNotStand(Exception):
    """The receipt certifies more than was kept: it is to be cancelled or replaced."""


def act_proposed(found: Found, at: dt.datetime) -> Act:
    """What the records call for."""
    return proposed(found.causes, left_to_certify=bool(_gifts(found, at)))


def content_if_replaced(found: Found, at: dt.datetime) -> ReceiptContent | None:
    """What the receipt that takes its place would say now; None when nothing is left to certify.

    Its number is the next one at this moment. Raises DonorBlocked, IncompleteIssuer, NothingInForce.
    """
    gifts = _gifts(found, at)
    if not gifts:
        return None
    if reasons := reasons_against(found.donor):
        raise DonorBlocked(reasons)
    facts = Facts(
        receipt_donor(found.donor),
        tuple(payment_of(gift) for gift in gifts),
        tuple((gift.id, payment_of(gift).amount.minor) for gift in gifts),
    )
    year = found.receipt.tax_year
    order = Order(found.donor.id, year, at, replaces=found.receipt)
    return content_of(order, facts, next_sequence(year))


def _gifts(found: Found, at: dt.datetime) -> list[Gift]:
    receipt = found.receipt
    return gifts_to_certify(
        found.donor.id,
        receipt.tax_year,
        paris_date(at),
        instead_of=receipt.id,
        only=gifts_meant(receipt),
    )


def leave_as_it_is(receipt_id: int, *, reason: str, by: int, at: dt.datetime) -> None:
    """The receipt stands although something differs; it comes up again when more does.

    Raises MustNotStand.
    """
    with transaction() as session:
        receipt = session.get_one(Receipt, receipt_id, with_for_update={"of": Receipt})
        found = corrections.look_at(receipt, paris_date(at))
        if not may_be_left(found.causes, overstated=found.overstated):
            raise MustNotStand(receipt.number)
        if not found.causes:
            return
        mark = difference_mark(found.causes, found.differences)
        session.add(
            DifferenceLeft(receipt_id=receipt.id, difference=mark, reason=reason, at=at, by_id=by)
        )
        audit.record("receipt.left", f"receipt:{receipt.number}", note=reason, actor_id=by)
        session.flush()


def note_posted(receipt_id: int, *, by: int) -> None:
    """The letter that tells a donor her receipt was cancelled is in the post; twice changes nothing."""
    at = current_app.extensions["clock"].now()
    with transaction() as session:
        notice = session.get_one(CancelNotice, receipt_id, with_for_update={"of": CancelNotice})
        if notice.posted_at is not None or notice.mail_id is not None:
            return
        notice.posted_at, notice.posted_by = at, by
        number = notice.receipt.number
        audit.record("receipt.notice_posted", f"receipt:{number}", actor_id=by)


def notice_came_back(letter: OutboxMail) -> None:
    """The mail about a cancelled receipt came back: it is to be posted (in the open transaction)."""
    chosen = sa.update(CancelNotice).where(CancelNotice.mail_id == letter.id)
    db.session.execute(chosen.values(mail_id=None))
