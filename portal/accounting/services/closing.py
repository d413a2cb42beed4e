"""Closing months and years, and opening them again by two people (docs/rules/closing.md)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import IntegrityError

from portal.accounting.models import ClosedPeriod, PeriodKind, Reopening
from portal.accounting.queries import closing as reads
from portal.accounting.queries.closing import OpenItem, StillOpen, left_open, still_open
from portal.accounting.queries.funds import booked_at_year_end, fund_years
from portal.accounting.queries.snapshots import snapshot
from portal.accounting.rules.closing import REOPENING_WITHIN, Month
from portal.accounting.rules.dedicated import postings_of_year
from portal.accounting.services.locking import take_the_books
from portal.accounting.services.posting import validate
from portal.accounting.services.reopening_mails import tell_who_may_agree
from portal.core import audit
from portal.core.clock import paris_date
from portal.core.db import db, transaction, violated
from portal.core.i18n_markers import N_

NOT_OVER = N_("This period is not over yet.")
NOTHING_TO_CLOSE = N_("Everything up to that month is closed already, or nothing is booked yet.")
BOOKS_DO_NOT_HOLD = N_("The books do not hold together: nothing is closed before that is mended.")
SOMETHING_CHANGED = N_("What is open has changed meanwhile. Look at the list again, then close.")
MONTHS_FIRST = N_("Close every month of the year first.")
YEAR_BEFORE_FIRST = N_(
    "Close the year before first: its dedicated funds are carried into this one."
)
CLOSED_ALREADY = N_("This year is closed already.")
OPEN_ALREADY = N_("This period is open already.")
YEAR_FIRST = N_("The year of this month is closed: ask to open the year first.")
LATER_YEAR_FIRST = N_("A later year is closed: ask to open that one first.")
ASKED_ALREADY = N_("Somebody asks for this already; another person must decide.")
ANOTHER_PERSON = N_("Another person than the one who asks must agree.")
NO_LONGER_WAITS = N_("This request was decided already, or it has expired.")
REASON_NEEDED = N_("Write why the period must be opened.")


class ClosingRefused(Exception):
    """It cannot be closed or opened; ``reason`` is an English msgid for the reader."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ClosedAlready(ClosingRefused):
    """What was to be closed is closed."""


def close_months(through: Month, *, seen: str, note: str, by: int) -> list[ClosedPeriod]:
    """Close every open month up to that one. ``seen``: the mark of the list of what is open.

    :raises ClosingRefused: when it is not over, nothing is left to close, the books do not hold
        or the list changed meanwhile.
    """
    _over(through.last_on)
    with transaction():
        take_the_books()  # first: nothing is posted between the look and the closing
        months = reads.months_to_close(through)
        if not months:
            raise ClosedAlready(NOTHING_TO_CLOSE)
        items = _looked_at(through.last_on, seen)
        return [
            _close(
                PeriodKind.MONTH,
                each.first_on,
                each.last_on,
                items.items if each == through else left_open(each.last_on),
                note,
                by,
            )
            for each in months
        ]


def close_year(year: int, *, seen: str, note: str, by: int) -> ClosedPeriod:
    """Post the year's dedicated funds and close it.

    :raises ClosingRefused: as :func:`close_months`, when a month of the year is open, or an
        earlier year is.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    _over(last)
    with transaction():
        take_the_books()
        _may_close_year(year)
        items = _looked_at(last, seen)
        postings = postings_of_year(year, fund_years(year), booked_at_year_end(year))
        validate(postings, _now())
        return _close(PeriodKind.YEAR, first, last, items.items, note, by)


def _may_close_year(year: int) -> None:
    done, first = reads.closed_years(), reads.first_month()
    if year in done:
        raise ClosedAlready(CLOSED_ALREADY)
    if first is None or first.year > year:
        raise ClosingRefused(NOTHING_TO_CLOSE)
    if reads.months_missing(year):
        raise ClosingRefused(MONTHS_FIRST)
    if any(earlier not in done for earlier in range(first.year, year)):
        raise ClosingRefused(YEAR_BEFORE_FIRST)


def _over(last: date) -> None:
    if paris_date(_now()) <= last:
        raise ClosingRefused(NOT_OVER)


def _looked_at(until: date, seen: str) -> StillOpen:
    items = still_open(until)
    if items.blocking:
        raise ClosingRefused(BOOKS_DO_NOT_HOLD)
    if items.seen != seen:
        raise ClosingRefused(SOMETHING_CHANGED)
    return items


def _close(
    kind: PeriodKind, first: date, last: date, items: Sequence[OpenItem], note: str, by: int
) -> ClosedPeriod:
    holds = snapshot(first, last, kind)
    period = ClosedPeriod(
        kind=kind,
        first_on=first,
        last_on=last,
        closed_at=_now(),
        closed_by=by,
        note=note,
        entries=holds.entries,
        debit_minor=holds.debit.minor,
        last_numbers=holds.last_numbers,
        sha256=holds.sha256,
        open_items=[item.plain for item in items],
    )
    db.session.add(period)
    db.session.flush()
    told = {
        "kind": str(kind),
        "first_on": first,
        "last_on": last,
        "entries": holds.entries,
        "debit_minor": holds.debit.minor,
        "sha256": holds.sha256,
    }
    audit.record("books.closed", f"books:{first.year}", after=told, note=note, actor_id=by)
    return period


def ask_to_reopen(period_id: int, *, reason: str, by: int) -> Reopening:
    """Ask that a closed period be opened; another person decides within seven days.

    :raises ClosingRefused: when it is open, a later closing stands in the way, or somebody asks already.
    """
    if not reason.strip():
        raise ClosingRefused(REASON_NEEDED)
    try:
        with transaction() as session:
            period = _locked(period_id)
            _may_open(period)
            _forget_expired(period)
            request = Reopening(
                period_id=period.id,
                reason=reason,
                asked_at=_now(),
                asked_by=by,
                expires_at=_now() + REOPENING_WITHIN,
            )
            session.add(request)
            session.flush()
            _told("books.reopening_asked", period, by, reason)
            tell_who_may_agree(request)
            return request
    except IntegrityError as error:
        if violated(error) == "uq_reopening_waiting":
            raise ClosingRefused(ASKED_ALREADY) from error
        raise


def agree_to_reopen(reopening_id: int, *, by: int) -> ClosedPeriod:
    """A second person agrees: the period is open from now on.

    :raises ClosingRefused: for the person who asked, and when the request no longer waits.
    """
    with transaction() as session:
        take_the_books()
        request = _waiting(reopening_id)
        if request.asked_by == by:
            raise ClosingRefused(ANOTHER_PERSON)
        period = _locked(request.period_id)
        _may_open(period)
        _decide(request, agreed=True, by=by)
        session.flush()
        period.live, period.reopened_at = False, _now()
        session.flush()
        _told("books.reopened", period, by, request.reason)
        return period


def refuse_to_reopen(reopening_id: int, *, by: int) -> None:
    """It stays closed: another person refuses, or who asked takes it back.

    :raises ClosingRefused: when the request no longer waits.
    """
    with transaction():
        request = _waiting(reopening_id)
        _decide(request, agreed=False, by=by)
        _told("books.reopening_refused", request.period, by, request.reason)


def _may_open(period: ClosedPeriod) -> None:
    if not period.live:
        raise ClosingRefused(OPEN_ALREADY)
    years = reads.closed_years()
    if period.kind is PeriodKind.MONTH and period.first_on.year in years:
        raise ClosingRefused(YEAR_FIRST)
    if any(year > period.first_on.year for year in years):
        raise ClosingRefused(LATER_YEAR_FIRST)


def _locked(period_id: int) -> ClosedPeriod:
    return db.session.get_one(ClosedPeriod, period_id, with_for_update=True, populate_existing=True)


def _waiting(reopening_id: int) -> Reopening:
    request = db.session.get_one(
        Reopening, reopening_id, with_for_update={"of": Reopening}, populate_existing=True
    )
    if request.decided_at is not None or request.expires_at <= _now():
        raise ClosingRefused(NO_LONGER_WAITS)
    return request


def _decide(request: Reopening, *, agreed: bool, by: int) -> None:
    request.decided_at, request.decided_by, request.agreed = _now(), by, agreed


def _forget_expired(period: ClosedPeriod) -> None:
    """A request nobody decided in time makes room for another: it counts as taken back."""
    waiting = sa.select(Reopening).where(
        Reopening.period_id == period.id, Reopening.decided_at.is_(None)
    )
    for request in db.session.scalars(waiting):
        if request.expires_at <= _now():
            _decide(request, agreed=False, by=request.asked_by)
    db.session.flush()


def _told(act: str, period: ClosedPeriod, by: int, reason: str) -> None:
    told = {"kind": str(period.kind), "first_on": period.first_on, "last_on": period.last_on}
    audit.record(act, f"books:{period.first_on.year}", after=told, note=reason, actor_id=by)


def _now() -> datetime:
    now: datetime = current_app.extensions["clock"].now()
    return now
