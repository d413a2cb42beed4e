"""Posting and closing never cross: whoever closes waits for who is posting, and the other way round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from portal.accounting.queries.closed import closed_spans
from portal.accounting.rules.closing import YEAR_END, Span, first_open_day, moved_to
from portal.accounting.rules.sources import Posting
from portal.core.db import db

BOOKS: Final = 721150
"""The lock of the database; its trigger ``wait_for_closing`` takes it too, for whoever writes in SQL."""


def share_the_books() -> None:
    """Nobody closes a period until this transaction ends; others may post beside it."""
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(BOOKS)))


def take_the_books() -> None:
    """Nobody posts or closes until this transaction ends; waits for those who do."""
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(BOOKS)))


def in_open_periods(postings: Sequence[Posting]) -> list[Posting]:
    """The postings, those of closed periods moved to the first open day (docs/rules/closing.md).

    No period closes before the open transaction ends.
    """
    share_the_books()
    closed = closed_spans()
    return [_open(posting, closed) for posting in postings] if closed else list(postings)


def _open(posting: Posting, closed: Sequence[Span]) -> Posting:
    draft = posting.draft
    year_end = posting.source.startswith(YEAR_END)
    on = first_open_day(draft.on, [span for span in closed if span.year or not year_end])
    if on == draft.on:
        return posting
    return Posting(posting.source, moved_to(draft, on), posting.gift_id, fact_on=draft.on)
