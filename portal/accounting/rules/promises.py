"""What was promised month after month and what came: standing orders, recognised and compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from portal.core.money import Money

RHYTHMS: Final = (1, 3, 6, 12)
_TIMES: Final = {1: 3, 3: 3, 6: 2, 12: 2}
"""How many transfers make a standing order, by the months between them."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A standing order as its transfers show it."""

    every_months: int
    started_on: date
    last_on: date


def rhythm_of(days: Iterable[date]) -> Rhythm | None:
    """The rhythm of transfers of one sum from one account; None while they have none.

    The last ones must follow each other by the same number of months, give or take the days banks
    close: the middle of the month they were due in decides.
    """
    ordered = sorted(set(days))
    for every in RHYTHMS:
        wanted = _TIMES[every]
        run = _run(ordered, every)
        if len(run) >= wanted:
            return Rhythm(every, run[0], run[-1])
    return None


def _run(days: Sequence[date], every: int) -> list[date]:
    """The latest transfers that keep that distance, the oldest first."""
    run: list[date] = []
    for day in reversed(days):
        if not run or months_between(day, run[-1]) == every:
            run.append(day)
        else:
            break
    return run[::-1]


def months_between(earlier: date, later: date) -> int:
    """Months from one to the other, rounded to the nearest: 30 January to 2 March is one."""
    days = (later - earlier).days
    return round(days / 30.44)


class Concern(StrEnum):
    """What a month shows of a sponsor."""

    NO_MONEY = "no_money"
    OTHER_AMOUNT = "other_amount"
    NO_PROMISE = "no_promise"
    AFTER_END = "after_end"


@dataclass(frozen=True, slots=True)
class Promise:
    """What somebody said she would transfer, from a day to a day. ``amount`` is for one rhythm.

    ``last_on`` is the latest transfer known, by which a quarterly order is expected or not.
    """

    donor_id: int
    amount: Money
    since: date
    every_months: int = 1
    ended_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the monthly report."""

    concern: Concern
    donor_id: int
    promised: Money
    received: Money
    ended_on: date | None = None


def differences(
    month: date, promises: Sequence[Promise], received: Sequence[tuple[int, Money]]
) -> list[Difference]:
    """What a whole month brought beside what was promised for it.

    ``month`` is its first day; ``received`` are the transfers for sponsorships, by donor.
    """
    came: dict[int, Money] = {}
    for donor_id, amount in received:
        came[donor_id] = came.get(donor_id, Money(0)) + amount
    by_donor: dict[int, list[Promise]] = {}
    for promise in promises:
        by_donor.setdefault(promise.donor_id, []).append(promise)
    found = []
    for donor_id in sorted({*came, *by_donor}):
        difference = _difference(month, donor_id, by_donor.get(donor_id, []), came)
        if difference is not None:
            found.append(difference)
    return found


def _difference(
    month: date, donor_id: int, promises: Sequence[Promise], came: dict[int, Money]
) -> Difference | None:
    got, nothing = came.get(donor_id, Money(0)), Money(0)
    touching = [each for each in promises if _touches(each, month)]
    if not touching:
        return _without_promise(donor_id, got, promises) if got else None
    if not all(_fills(each, month) for each in touching):
        return None  # begun or ended within the month: whatever came may be right
    due = [each for each in touching if _due_in(each, month)]
    promised = sum((each.amount for each in due), nothing)
    if got == promised:
        return None
    concern = Concern.OTHER_AMOUNT if got else Concern.NO_MONEY
    return Difference(concern, donor_id, promised, got)


def _without_promise(donor_id: int, got: Money, promises: Sequence[Promise]) -> Difference:
    ended = max((each.ended_on for each in promises if each.ended_on), default=None)
    concern = Concern.NO_PROMISE if ended is None else Concern.AFTER_END
    return Difference(concern, donor_id, Money(0), got, ended)


def _touches(promise: Promise, month: date) -> bool:
    return promise.since < _next(month) and (promise.ended_on is None or promise.ended_on >= month)


def _fills(promise: Promise, month: date) -> bool:
    return promise.since <= month and (promise.ended_on is None or promise.ended_on >= _next(month))


def _due_in(promise: Promise, month: date) -> bool:
    start = promise.last_on or promise.since
    apart = (month.year - start.year) * 12 + month.month - start.month
    return apart % promise.every_months == 0


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
