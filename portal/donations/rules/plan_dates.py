"""The days of a plan: when it is debited, until when it may pause, where a debit may be moved."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
LONGEST_PAUSE: Final = 6
DEBIT_DAYS: Final = range(1, 29)
"""Days every month has."""
NOT_SOONER: Final = timedelta(days=3)
"""A debit that moves is not taken from one day to the next."""


@dataclass(frozen=True, slots=True)
class PauseChoice:
    """So many months without a debit: until when, how many fall away, when the next one is."""

    months: int
    until: date
    skipped: int
    next_debit_on: date


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the 31st becomes the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def debit_days(first: date, interval: str) -> Iterator[date]:
    """The days a plan is debited from ``first`` on; a 31st is the last day of a shorter month."""
    step = MONTHS[interval]
    number = 0
    while True:
        yield months_later(first, step * number)
        number += 1


def next_debit(first: date, interval: str, until: date | None) -> date:
    """The first debit on or after ``until``, the day a pause ends."""
    if until is None:
        return first
    return next(day for day in debit_days(first, interval) if day >= until)


def pause_choices(next_debit_on: date, interval: str, today: date) -> list[PauseChoice]:
    """The pauses of one to six months that let at least one debit fall away."""
    choices: list[PauseChoice] = []
    for months in range(1, LONGEST_PAUSE + 1):
        until = months_later(today, months)
        if next_debit(next_debit_on, interval, until) == until:
            until += timedelta(days=1)  # a debit on the last day falls into the pause
        after = next_debit(next_debit_on, interval, until)
        skipped = _between(next_debit_on, after, interval)
        if skipped and (not choices or interval == "month" or skipped > choices[-1].skipped):
            choices.append(PauseChoice(months, until, skipped, after))
    return choices


def moved_debit(next_debit_on: date, day: int, today: date) -> date:
    """The day nearest to the planned debit that is that day of a month, three days ahead at least.

    :raises ValueError: for a day not every month has.
    """
    if day not in DEBIT_DAYS:
        raise ValueError(f"{day} is no day of every month")
    earliest = today + NOT_SOONER
    months = (months_later(next_debit_on, shift) for shift in (-1, 0, 1, 2))
    possible = [each.replace(day=day) for each in months if each.replace(day=day) >= earliest]
    return min(possible, key=lambda each: (abs(each - next_debit_on), -each.toordinal()))


def _between(first: date, after: date, interval: str) -> int:
    step = MONTHS[interval]
    months = (after.year - first.year) * 12 + after.month - first.month
    return months // step
