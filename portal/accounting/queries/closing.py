"""Which periods are closed, which come next, and what is still open in one about to be closed."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounting.models import (
    BankAccount,
    BankLine,
    BankStatement,
    ClosedPeriod,
    Entry,
    EntryLine,
    PeriodKind,
    Reopening,
)
from portal.accounting.queries.bank_facts import waits
from portal.accounting.queries.recorded import kept_results, last_check
from portal.accounting.rules import chart
from portal.accounting.rules.closing import YEAR_END, Month, months_between, months_of
from portal.core.checks import CheckResult, run_checks
from portal.core.db import db
from portal.core.money import Money
from portal.donations.models import Gift

MUST_HOLD: Final = frozenset(
    {
        "entries_balance",
        "debit_equals_credit",
        "numbers_without_gaps",
        "gifts_booked_once",
        "closed_periods_unchanged",
    }
)
"""Checks without which nothing is closed. They are made at the closing itself; of the others, what the
last check of the books found is shown, and named in what was open."""

_OPEN_ACCOUNTS: Final = (
    chart.INTERNAL_TRANSFERS,
    chart.CASH_IN_TRANSIT,
    chart.CHEQUES_IN_HAND,
    chart.SUSPENSE,
    chart.OTHER_DEBTORS,
)
"""What stands here is on its way, in hand, disputed or unexplained: an account that empties itself."""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something a closing leaves open: how many, how much; ``detail`` names it."""

    code: str
    count: int = 0
    minor: int = 0
    detail: str = ""

    @property
    def amount(self) -> Money:
        return Money(self.minor)

    @property
    def plain(self) -> dict[str, Any]:
        return {"code": self.code, "count": self.count, "minor": self.minor, "detail": self.detail}


@dataclass(frozen=True, slots=True)
class StillOpen:
    """What is open up to a day. ``blocking``: checks without which nothing is closed, made now;
    ``checked_at``: when the others were, None when they never were."""

    items: Sequence[OpenItem]
    blocking: Sequence[CheckResult]
    checked_at: datetime | None = None

    @property
    def seen(self) -> str:
        """A mark of the list: whoever closes sends back the mark of what she saw."""
        told = json.dumps([item.plain for item in self.items], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def still_open(until: date) -> StillOpen:
    """What is not settled up to that day, and which checks fail now."""
    blocking = [check for check in run_checks(MUST_HOLD) if not check.ok]
    last = last_check()
    others = [
        kept.label for kept in kept_results(last) if not kept.ok and kept.name not in MUST_HOLD
    ]
    labels = [check.label for check in blocking] + others
    items = left_open(until) + [OpenItem("check", 1, 0, label) for label in labels]
    return StillOpen(items, blocking, last.at if last else None)


def left_open(until: date) -> list[OpenItem]:
    """What is not settled up to that day, the checks left out."""
    return [*_lines(until), *_accounts(until), *_rates(until), *_statements(until)]


def _lines(until: date) -> Iterator[OpenItem]:
    chosen: Any = sa.select(
        sa.func.count(), sa.func.coalesce(sa.func.sum(BankLine.amount_minor), 0)
    )
    chosen = chosen.select_from(BankLine).where(waits(), BankLine.booked_on <= until)
    count, minor = db.session.execute(chosen).one()
    if count:
        yield OpenItem("lines", int(count), int(minor))


def _accounts(until: date) -> Iterator[OpenItem]:
    net = sa.func.sum(EntryLine.debit_minor - EntryLine.credit_minor)
    fact_day = sa.func.coalesce(Entry.fact_on, Entry.date)
    chosen: Any = sa.select(EntryLine.account, net).join(Entry, Entry.id == EntryLine.entry_id)
    chosen = chosen.where(EntryLine.account.in_(_OPEN_ACCOUNTS), fact_day <= until)
    chosen = chosen.group_by(EntryLine.account).having(net != 0)
    for account, minor in db.session.execute(chosen.order_by(EntryLine.account)):
        yield OpenItem("account", 1, int(minor), account)


def _rates(until: date) -> Iterator[OpenItem]:
    chosen: Any = sa.select(sa.func.count()).select_from(Gift)
    chosen = chosen.where(Gift.tax_on <= until, Gift.currency != "EUR", Gift.euro_minor.is_(None))
    chosen = chosen.where(Gift.state.in_(("settled", "partially_refunded", "refunded", "disputed")))
    if count := db.session.scalar(chosen):
        yield OpenItem("rates", int(count))


def _statements(until: date) -> Iterator[OpenItem]:
    last = sa.func.max(BankStatement.closed_on)
    chosen: Any = sa.select(BankAccount, last).outerjoin(BankStatement).group_by(BankAccount.id)
    for account, closed_on in db.session.execute(chosen.order_by(BankAccount.id)):
        if closed_on is None or closed_on < until:
            yield OpenItem("statements", 1, 0, account.shown)


def first_month() -> Month | None:
    """The month of the oldest entry: closing begins there."""
    oldest = db.session.scalar(sa.select(sa.func.min(Entry.date)))
    return None if oldest is None else Month.of(oldest)


def closed(kind: PeriodKind) -> Sequence[ClosedPeriod]:
    """The periods of that kind that are closed now, oldest first."""
    chosen = sa.select(ClosedPeriod).where(ClosedPeriod.live, ClosedPeriod.kind == kind)
    return db.session.scalars(chosen.order_by(ClosedPeriod.first_on)).all()


def closed_months() -> set[Month]:
    """The months that are closed now."""
    return {Month.of(period.first_on) for period in closed(PeriodKind.MONTH)}


def closed_years() -> set[int]:
    """The years that are closed now."""
    return {period.first_on.year for period in closed(PeriodKind.YEAR)}


def months_to_close(through: Month) -> list[Month]:
    """The open months from the first entry to that month: they close together."""
    first = first_month()
    done = closed_months()
    return [] if first is None else [m for m in months_between(first, through) if m not in done]


def months_missing(year: int) -> list[Month]:
    """The months of the year that are not closed yet; none before the books begin counts."""
    first, done = first_month(), closed_months()
    wanted = [month for month in months_of(year) if first is None or month >= first]
    return [month for month in wanted if month not in done]


@dataclass(frozen=True, slots=True)
class PeriodState:
    """A month or a year on the page: what it holds, whether it is closed, who asks to open it."""

    month: Month | None
    entries: int
    debit: Money
    period: ClosedPeriod | None
    asked: Reopening | None


def calendar(year: int, now: datetime) -> list[PeriodState]:
    """The twelve months of a year, without the entries of its end (:func:`year_end`)."""
    month = sa.extract("month", Entry.date)
    rows = db.session.execute(
        _held(month, year).where(~Entry.source.startswith(YEAR_END)).group_by(month)
    )
    held = {int(row[0]): (int(row[1]), int(row[2])) for row in rows}
    periods = {Month.of(p.first_on): p for p in closed(PeriodKind.MONTH)}
    asked = {request.period_id: request for request in reopenings_waiting(now)}
    return [_state(each, held.get(each.month, (0, 0)), periods, asked) for each in months_of(year)]


def year_end(year: int) -> tuple[int, Money]:
    """The entries of dedicated funds, which a closed December does not hold: how many, what they move."""
    counted = _held(Entry.year, year).where(Entry.source.startswith(YEAR_END)).group_by(Entry.year)
    row = db.session.execute(counted).one_or_none()
    return (0, Money(0)) if row is None else (int(row[1]), Money(int(row[2])))


def _held(by: Any, year: int) -> Any:
    sums: Any = sa.select(
        by, sa.func.count(Entry.id.distinct()), sa.func.sum(EntryLine.debit_minor)
    )
    return sums.join(EntryLine, EntryLine.entry_id == Entry.id).where(Entry.year == year)


def _state(
    month: Month,
    held: tuple[int, int],
    periods: dict[Month, ClosedPeriod],
    asked: dict[int, Reopening],
) -> PeriodState:
    period = periods.get(month)
    request = asked.get(period.id) if period is not None else None
    return PeriodState(month, held[0], Money(held[1]), period, request)


def year_closed(year: int) -> ClosedPeriod | None:
    """The closing of the year that holds now."""
    return db.session.scalar(
        sa.select(ClosedPeriod).where(
            ClosedPeriod.live,
            ClosedPeriod.kind == PeriodKind.YEAR,
            ClosedPeriod.first_on == date(year, 1, 1),
        )
    )


def reopenings_waiting(now: datetime) -> Sequence[Reopening]:
    """Requests to open a period that wait for a second person, the oldest first."""
    chosen = sa.select(Reopening).options(joinedload(Reopening.period))
    chosen = chosen.where(Reopening.decided_at.is_(None), Reopening.expires_at > now)
    return db.session.scalars(chosen.order_by(Reopening.id)).all()


def period_by_public_id(public_id: uuid.UUID) -> ClosedPeriod | None:
    """That closing."""
    return db.session.scalar(sa.select(ClosedPeriod).where(ClosedPeriod.public_id == public_id))


def reopening_by_public_id(public_id: uuid.UUID) -> Reopening | None:
    """That request."""
    return db.session.scalar(sa.select(Reopening).where(Reopening.public_id == public_id))
