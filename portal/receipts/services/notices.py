"""Telling donors that their receipt is ready: once each, when the accountant says so."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.dialects.postgresql import insert

from portal.core import audit, mail
from portal.core.db import db, transaction
from portal.receipts.models import Receipt, ReceiptNotice
from portal.receipts.queries.runs import notices_of, unannounced
from portal.receipts.services.addresses import receipts_address

AT_ONCE = 50


def ask_for_notices(year: int, *, by: int | None) -> int:
    """Write down that the accountant wants the donors of a year told; how many that will be."""
    due = notices_of(year).due
    with transaction():
        audit.record("receipts.notices_asked", f"receipts:{year}", after={"due": due}, actor_id=by)
    return due


def announce_some(year: int, at: dt.datetime) -> int:
    """Write to the next donors who were not told; how many. Nobody is written to twice."""
    with transaction():
        receipts = db.session.scalars(unannounced(year).limit(AT_ONCE)).all()
        for receipt in receipts:
            _announce(receipt, at)
        return len(receipts)


def _announce(receipt: Receipt, at: dt.datetime) -> None:
    once = insert(ReceiptNotice).values(receipt_id=receipt.id, created_at=at)
    told = db.session.scalar(once.on_conflict_do_nothing().returning(ReceiptNotice.receipt_id))
    if told is None:
        return
    donor = receipt.donor
    mail.post(
        "receipts/mail/ready",
        to=donor.email,
        language=donor.language,
        key=f"receipt-ready:{receipt.public_id}",
        name=donor.name,
        receipt=receipt,
        link=receipts_address(donor),
    )
