"""How far the sending of a year's receipts is: written, left the house, refused by a mail server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from portal.core.db import db
from portal.core.mail import MailState, OutboxMail
from portal.receipts.models import PostBatch, Receipt, ReceiptDelivery, Sending, SendingState

QUIET_FOR = dt.timedelta(minutes=2)
SHOWN = 20


def open_sending(year: int) -> Sending | None:
    """The sending of a year that is under way."""
    return db.session.scalar(
        sa.select(Sending)
        .where(Sending.year == year, Sending.state == SendingState.RUNNING)
        .execution_options(populate_existing=True)
    )


def last_sending(year: int) -> Sending | None:
    """The newest sending of a year, under way or over."""
    newest = sa.select(Sending).where(Sending.year == year).order_by(Sending.id.desc())
    return db.session.scalar(newest.limit(1))


@dataclass(frozen=True, slots=True)
class SendingStanding:
    """Where a sending stands, ready to be shown.

    Of its receipts: ``mailed`` have left by mail, ``placed`` stand in an account, ``waiting`` are in
    the outbox, ``refused`` no mail server has taken yet, ``bounced`` came back. ``failures``: the
    first of the refused and bounced, to be named.
    """

    sending: Sending
    mailed: int
    placed: int
    waiting: int
    refused: int
    bounced: int
    failures: Sequence[ReceiptDelivery]
    quiet: bool

    @property
    def is_running(self) -> bool:
        return self.sending.state is SendingState.RUNNING

    @property
    def has_stopped(self) -> bool:
        """A step failed too often; ``sending.problem`` says what."""
        return self.sending.state is SendingState.FAILED

    @property
    def under_way(self) -> bool:
        """Something may still be seen to move."""
        return self.is_running or (self.waiting > 0 and not self.has_stopped)

    @property
    def gone(self) -> int:
        """The receipts this sending is through with."""
        return self.mailed + self.placed + self.bounced


def standing_of_sending(sending: Sending, now: dt.datetime) -> SendingStanding:
    """Where a sending stands."""
    by_state = _by_state(sending.id)
    return SendingStanding(
        sending,
        by_state.get(MailState.SENT, 0),
        by_state.get(None, 0),
        by_state.get(MailState.WAITING, 0),
        by_state.get(MailState.FAILED, 0),
        by_state.get(MailState.BOUNCED, 0),
        _failures(sending.id),
        sending.state is SendingState.RUNNING and now - sending.moved_at > QUIET_FOR,
    )


def _by_state(sending_id: int) -> dict[MailState | None, int]:
    """How many receipts of a sending are where; under None those that went without a mail."""
    rows = db.session.execute(
        sa.select(OutboxMail.state, sa.func.count())
        .select_from(ReceiptDelivery)
        .outerjoin(ReceiptDelivery.mail)
        .where(ReceiptDelivery.sending_id == sending_id)
        .group_by(OutboxMail.state)
    )
    return {row[0]: int(row[1]) for row in rows}


def _failures(sending_id: int) -> Sequence[ReceiptDelivery]:
    wanted = (
        sa.select(ReceiptDelivery)
        .join(ReceiptDelivery.mail)
        .join(ReceiptDelivery.receipt)
        .join(Receipt.donor)
        .options(
            contains_eager(ReceiptDelivery.mail),
            contains_eager(ReceiptDelivery.receipt).contains_eager(Receipt.donor),
        )
        .where(
            ReceiptDelivery.sending_id == sending_id,
            OutboxMail.state.in_((MailState.FAILED, MailState.BOUNCED)),
        )
        .order_by(ReceiptDelivery.id)
    )
    return db.session.scalars(wanted.limit(SHOWN)).all()


def is_quiet_batch(batch: PostBatch, now: dt.datetime) -> bool:
    """Whether the printing of a batch has not been seen to get on for some minutes."""
    return now - (batch.moved_at or batch.created_at) > QUIET_FOR
