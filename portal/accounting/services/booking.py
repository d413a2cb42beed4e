"""Gifts into the books, in the transaction that settles them.

What happens to gifts is noted while the transaction runs and booked when it commits: the numbers
are taken last and the counters are locked for as short as can be, for one gift as for forty
thousand of a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask import current_app
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from portal.accounting.queries.gift_records import booked_of, gift_records
from portal.accounting.rules.booking import Posting, postings_due
from portal.accounting.services.posting import AT_ONCE, validate
from portal.accounting.services.strays import leaving_suspense
from portal.core.clock import paris_date
from portal.core.db import db, transaction

_NOTED = "gifts_to_book"


@dataclass
class Notes:
    """What happened to gifts in this transaction and is not in the books yet."""

    gifts: set[int] = field(default_factory=set)
    corrected: set[int] = field(default_factory=set)


def note(gift_ids: Iterable[int], *, corrected: bool = False) -> None:
    """Book these gifts when the transaction commits; nothing when it is undone."""
    told = list(gift_ids)
    notes: Notes = db.session.info.setdefault(_NOTED, Notes())
    notes.gifts.update(told)
    if corrected:
        notes.corrected.update(told)


def book_gifts(gift_ids: Iterable[int], now: datetime) -> int:
    """Bring the books to what these gifts are now; gives how many entries were posted.

    Harmless when it is done twice.

    :raises EntryError: when a gift cannot be booked.
    """
    with transaction():
        return _book(gift_ids, now, Notes())


def _book(gift_ids: Iterable[int], now: datetime, notes: Notes) -> int:
    ids = sorted(set(gift_ids))
    due: list[Posting] = []
    for start in range(0, len(ids), AT_ONCE):
        due += _due(ids[start : start + AT_ONCE], now, notes)
    due += leaving_suspense(ids)
    due.sort(key=lambda posting: (posting.draft.on, posting.gift_id or 0))
    return validate(due, now)


def _due(gift_ids: Sequence[int], now: datetime, notes: Notes) -> list[Posting]:
    records = gift_records(gift_ids, lock=True)
    booked = booked_of(gift_ids)
    due: list[Posting] = []
    for record in records:
        told = replace(record, corrected=record.gift_id in notes.corrected)
        due += postings_due(told, booked[record.gift_id], paris_date(now))
    return due


def book_what_was_noted(session: Session) -> None:
    """Before the commit: everything noted goes into the books (savepoints are no commits)."""
    if session.in_nested_transaction() or _NOTED not in session.info:
        return
    session.flush()
    notes: Notes = session.info.pop(_NOTED)
    _book(notes.gifts, current_app.extensions["clock"].now(), notes)


def forget_what_was_noted(session: Session, previous: SessionTransaction) -> None:
    """After a rollback nothing happened. A savepoint's is none: booking looks at the rows again."""
    if not previous.nested:
        session.info.pop(_NOTED, None)


def listen() -> None:
    """Book at each commit of the portal's sessions; said once."""
    if not event.contains(db.session, "before_commit", book_what_was_noted):
        event.listen(db.session, "before_commit", book_what_was_noted)
        event.listen(db.session, "after_soft_rollback", forget_what_was_noted)
