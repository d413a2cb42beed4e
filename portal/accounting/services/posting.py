"""Posting: an entry gets its number, its day of validation, and never changes again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from portal.accounting.models import Entry, EntryLine, JournalCounter
from portal.accounting.rules.booking import Posting
from portal.accounting.rules.draft import Draft
from portal.accounting.rules.journals import entry_number
from portal.accounting.services.locking import in_open_periods
from portal.core.clock import paris_date
from portal.core.db import db, transaction

AT_ONCE: Final = 5_000

_Key = tuple[str, int]


def post(draft: Draft, source: str, now: datetime, gift_id: int | None = None) -> bool:
    """Validate one entry; False when that fact was booked before. See :func:`post_many`."""
    return post_many([Posting(source, draft, gift_id)], now) == 1


def post_many(postings: Iterable[Posting], now: datetime) -> int:
    """Validate entries in one transaction; see :func:`validate`."""
    with transaction():
        return validate(postings, now)


def validate(postings: Iterable[Posting], now: datetime) -> int:
    """Number and write entries in the open transaction; gives how many were new.

    Each is numbered in its journal and year, in the order given, from a counter locked until
    the transaction ends: no gap, also when it is undone (LPF art. A47 A-1). Validated on the
    day of ``now`` in Paris. A source that is booked already is left out. What belongs to a closed
    period is booked on the first open day (docs/rules/closing.md): posting never fails for that.
    """
    told = {posting.source: posting for posting in postings}
    if not told:
        return 0
    by_source = {posting.source: posting for posting in in_open_periods(list(told.values()))}
    journals: defaultdict[_Key, list[Posting]] = defaultdict(list)
    for posting in by_source.values():
        journals[_key(posting.draft)].append(posting)
    counters = _locked(sorted(journals))
    known = _booked(list(by_source))
    rows: list[dict[str, Any]] = []
    for key, wanted in sorted(journals.items()):
        new = [posting for posting in wanted if posting.source not in known]
        rows += _numbered(key, counters[key], new, paris_date(now))
    _insert(rows, by_source)
    return len(rows)


def _key(draft: Draft) -> _Key:
    return draft.journal.value, draft.on.year


def _locked(keys: Sequence[_Key]) -> dict[_Key, JournalCounter]:
    """The counters, made when missing, locked in one order so that nobody waits in a circle."""
    made = insert(JournalCounter).values([{"journal": j, "year": y} for j, y in keys])
    db.session.execute(made.on_conflict_do_nothing())
    pair = sa.tuple_(JournalCounter.journal, JournalCounter.year)
    chosen = sa.select(JournalCounter).where(pair.in_(keys))
    chosen = chosen.order_by(JournalCounter.journal, JournalCounter.year).with_for_update()
    found = db.session.scalars(chosen.execution_options(populate_existing=True))
    return {(counter.journal, counter.year): counter for counter in found}


def _booked(sources: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(sources), AT_ONCE):
        part = sources[start : start + AT_ONCE]
        found.update(db.session.scalars(sa.select(Entry.source).where(Entry.source.in_(part))))
    return found


def _numbered(
    key: _Key, counter: JournalCounter, postings: list[Posting], today: date
) -> list[dict[str, Any]]:
    if not postings:
        return []
    journal, year = key
    day = max(today, _last_validated(counter) or today)
    first = counter.last + 1
    counter.last += len(postings)
    return [
        {
            "journal": journal,
            "year": year,
            "sequence": sequence,
            "number": entry_number(journal, year, sequence),
            "date": posting.draft.on,
            "fact_on": posting.fact_on,
            "piece_ref": posting.draft.piece_ref,
            "piece_date": posting.draft.piece_on,
            "label": posting.draft.label,
            "validated_on": day,
            "source": posting.source,
            "gift_id": posting.gift_id,
        }
        for sequence, posting in enumerate(postings, start=first)
    ]


def _last_validated(counter: JournalCounter) -> date | None:
    """A clock that was set back must not break the order of validation."""
    return db.session.scalar(
        sa.select(Entry.validated_on).where(
            Entry.journal == counter.journal,
            Entry.year == counter.year,
            Entry.sequence == counter.last,
        )
    )


def _insert(rows: list[dict[str, Any]], by_source: dict[str, Posting]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        made = sa.insert(Entry).returning(Entry.id, Entry.source)
        ids = db.session.execute(made, part)
        lines = [
            {
                "entry_id": entry_id,
                "position": position,
                "account": line.account,
                "aux": "",
                "debit_minor": line.debit.minor,
                "credit_minor": line.credit.minor,
                "tag": line.analytic,
                "foreign_minor": line.foreign.minor if line.foreign else None,
                "foreign_currency": line.foreign.currency if line.foreign else None,
            }
            for entry_id, source in ids
            for position, line in enumerate(by_source[source].draft.lines, start=1)
        ]
        if lines:
            db.session.execute(sa.insert(EntryLine), lines)
    db.session.flush()
