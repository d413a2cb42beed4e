"""The receipts of a year are sent: asked for once, done some at a time, seen while it is under way."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from portal.core import audit
from portal.core.db import db, transaction
from portal.receipts.models import Channel, Receipt, Sending, SendingState
from portal.receipts.queries.deliveries import undelivered
from portal.receipts.queries.sendings import open_sending
from portal.receipts.services.delivering import deliver

AT_ONCE = 50
TRIES = 3
"""How often the same step may fail before a person is asked to look."""
GO = (Channel.MAIL, Channel.ACCOUNT)


class NothingToSend(Exception):
    """No receipt of the year waits to be mailed or placed in an account."""


def ask_for_delivery(year: int, *, by: int | None, at: dt.datetime) -> tuple[Sending, bool]:
    """The sending of a year's receipts, and whether it begins now: while one is under way nobody
    begins a second. Raises NothingToSend.
    """
    with transaction() as session:
        if under_way := open_sending(year):
            return under_way, False
        due = len(undelivered(year, *GO))
        if not due:
            raise NothingToSend(year)
        new = insert(Sending).values(
            year=year,
            state=SendingState.RUNNING,
            asked_by=by,
            total=due,
            done=0,
            attempts=0,
            created_at=at,
            moved_at=at,
            problem="",
        )
        asked = session.scalar(
            new.on_conflict_do_nothing(
                index_elements=["year"], index_where=sa.text("state = 'running'")
            ).returning(Sending.id)
        )
        if asked is not None:
            audit.record(
                "receipts.notices_asked", f"receipts:{year}", after={"due": due}, actor_id=by
            )
        sending = open_sending(year) if asked is None else session.get_one(Sending, asked)
        assert sending is not None
        return sending, asked is not None


def deliver_some(sending_id: int, at: dt.datetime) -> int:
    """Send the next receipts of a sending; how many. When none is left it is done."""
    with transaction() as session:
        sending = session.get_one(Sending, sending_id, with_for_update=True, populate_existing=True)
        if sending.state is not SendingState.RUNNING:
            return 0
        due = undelivered(sending.year, *GO, at_most=AT_ONCE)
        for receipt in session.scalars(sa.select(Receipt).where(Receipt.id.in_(due))).all():
            deliver(receipt, at, by=sending.asked_by, sending=sending.id)
        sending.done += len(due)
        sending.total = max(sending.total, sending.done)
        sending.moved_at, sending.attempts, sending.problem = at, 0, ""
        if not due:
            sending.state, sending.finished_at = SendingState.DONE, at
        return len(due)


def sending_failed(sending_id: int, problem: str, at: dt.datetime) -> bool:
    """A step could not be done; whether that was once too often, and the sending has stopped."""
    with transaction():
        sending = db.session.get_one(
            Sending, sending_id, with_for_update=True, populate_existing=True
        )
        if sending.state is not SendingState.RUNNING:
            return True
        sending.attempts += 1
        sending.problem = problem
        if sending.attempts >= TRIES:
            sending.state, sending.finished_at = SendingState.FAILED, at
        return sending.state is SendingState.FAILED
