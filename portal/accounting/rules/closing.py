"""Closed periods: on which day a late fact is booked, and how its entry says so.

A closed period gets no entry any more. What is learned of it afterwards is booked on the first day
that is open, keeps the date of its voucher and names the day it belongs to: nothing is lost, and
nothing that was reported changes (docs/adr/0013-late-facts-in-closed-periods.md).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from portal.accounting.rules.draft import Draft

YEAR_END: Final = "dedicated:"
"""What the sources of year-end entries begin with: they may enter closed months of an open year."""

REOPENING_WITHIN: Final = timedelta(days=7)
"""How long a request to open a period waits for a second person."""

_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Span:
    """Days that are closed, first and last included; ``year``: year-end entries too."""

    first_on: date
    last_on: date
    year: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of the books."""

    year: int
    month: int

    @classmethod
    def of(cls, on: date) -> Month:
        return cls(on.year, on.month)

    @property
    def first_on(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_on(self) -> date:
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def next(self) -> Month:
        return Month.of(self.last_on + timedelta(days=1))


def months_between(first: Month, last: Month) -> list[Month]:
    """The months from one to the other, both included; none when they run backwards."""
    found: list[Month] = []
    while first <= last:
        found.append(first)
        first = first.next
    return found


def months_of(year: int) -> list[Month]:
    """The twelve months of a year."""
    return [Month(year, month) for month in range(1, _MONTHS + 1)]


def first_open_day(on: date, closed: Iterable[Span]) -> date:
    """That day when it is open, else the first one after it that is."""
    spans = sorted(closed, key=lambda span: span.first_on)
    moved = True
    while moved:
        moved = False
        for span in spans:
            if span.first_on <= on <= span.last_on:
                on, moved = span.last_on + timedelta(days=1), True
    return on


def late_mark(on: date) -> str:
    """What the label of a late entry ends with: the day the fact belongs to."""
    return f" (du {on:%d/%m/%Y})"


def moved_to(draft: Draft, on: date) -> Draft:
    """The entry of a late fact, on an open day; its voucher keeps its date."""
    return replace(draft, on=on, label=draft.label + late_mark(draft.on))


def as_wanted(label: str, fact_on: date | None) -> str:
    """The label as the fact gives it, without the mark of a late entry."""
    return label if fact_on is None else label.removesuffix(late_mark(fact_on))
