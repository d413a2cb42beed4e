"""Closed periods for tests: closed as the accountant closes them, after looking at what is open."""

from __future__ import annotations

from datetime import date

from portal.accounting.models import ClosedPeriod
from portal.accounting.queries.closing import months_missing, still_open
from portal.accounting.rules.closing import Month
from portal.accounting.services import closing
from tests.factories.people import make_account


def close_through(year: int, month: int, *, by: int | None = None) -> list[ClosedPeriod]:
    """Every open month up to that one is closed."""
    last = Month(year, month)
    closer = by if by is not None else make_account().id
    seen = still_open(last.last_on).seen
    return closing.close_months(last, seen=seen, note="", by=closer)


def close_whole_year(year: int, *, by: int | None = None) -> ClosedPeriod:
    """The year's months that are open, then the year."""
    closer = by if by is not None else make_account().id
    if months_missing(year):
        close_through(year, 12, by=closer)
    seen = still_open(date(year, 12, 31)).seen
    return closing.close_year(year, seen=seen, note="", by=closer)
