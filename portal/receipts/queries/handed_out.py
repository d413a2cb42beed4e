"""Since when a donor holds a receipt: what she takes after that is a duplicate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from portal.core.audit import AuditEntry
from portal.core.db import db
from portal.core.mail import MailState, OutboxMail
from portal.receipts.models import (
    Channel,
    DeliveryState,
    Receipt,
    ReceiptDelivery,
    ReceiptDuplicate,
)

TAKEN = "receipt.taken"


def handed_out(receipts: Sequence[Receipt]) -> dict[int, dt.datetime]:
    """The instant each of these receipts first reached its donor's hands, by id; a receipt she has
    not got yet is left out.

    It did when she took it in her account or by the link of a mail, when it was enclosed in a mail,
    printed to be posted, or handed out as a duplicate. A link that was never used hands out nothing.
    """
    first: dict[int, dt.datetime] = {}
    ids = [receipt.id for receipt in receipts]
    for receipt_id, at in (*_delivered(ids), *_duplicates(ids), *_taken(receipts)):
        first[receipt_id] = min(at, first.get(receipt_id, at))
    return first


def _delivered(ids: Iterable[int]) -> Iterable[tuple[int, dt.datetime]]:
    row = ReceiptDelivery
    enclosed = sa.and_(OutboxMail.attachment_id.is_not(None), OutboxMail.state == MailState.SENT)
    posted = sa.and_(row.channel == Channel.POST, row.state == DeliveryState.PRINTED)
    when = sa.case((sa.or_(enclosed, posted), row.at), else_=row.opened_at)
    found = sa.select(row.receipt_id, when).outerjoin(OutboxMail, OutboxMail.id == row.mail_id)
    return [
        (receipt_id, at)
        for receipt_id, at in db.session.execute(found.where(row.receipt_id.in_(ids)))
        if at is not None
    ]


def _duplicates(ids: Iterable[int]) -> Iterable[tuple[int, dt.datetime]]:
    row = ReceiptDuplicate
    found = sa.select(row.receipt_id, sa.func.min(row.at)).where(row.receipt_id.in_(ids))
    return [(known, at) for known, at in db.session.execute(found.group_by(row.receipt_id))]


def _taken(receipts: Sequence[Receipt]) -> Iterable[tuple[int, dt.datetime]]:
    subjects = {f"receipt:{receipt.number}": receipt.id for receipt in receipts}
    acts = sa.select(AuditEntry.subject, AuditEntry.at).where(
        AuditEntry.subject.in_(subjects), AuditEntry.action == TAKEN
    )
    return [(subjects[subject], at) for subject, at in db.session.execute(acts)]
