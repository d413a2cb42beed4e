"""What happened to the money of a gift, told by every feature that knows of it.

Receipts and books stand above gifts and are not known here: each registers a teller, and the page of
a gift puts what they tell in the order of time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from portal.core.clock import paris_date

PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, in the reader's words; of a day alone when ``at`` is a date.

    ``noted_at``: when it was written down, which tells its place among the others of that day.
    """

    at: dt.datetime | dt.date
    title: str
    body: str = ""
    reference: str = ""
    icon: str = "coins"
    tone: str = ""
    url: str = ""
    noted_at: dt.datetime | None = None

    @property
    def of_a_day(self) -> bool:
        """Whether only its day is known."""
        return not isinstance(self.at, dt.datetime)

    @property
    def order(self) -> dt.datetime:
        """Where it stands in time; what has only a day stands where it was noted on it, or at noon."""
        if isinstance(self.at, dt.datetime):
            return self.at
        if self.noted_at is not None and paris_date(self.noted_at) == self.at:
            return self.noted_at
        return dt.datetime.combine(self.at, dt.time(12), PARIS)


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that states the gift: its number and where it is shown.

    ``correction``: where it is corrected, when what is kept of its gifts is no longer what it says.
    """

    number: str
    url: str
    correction: str = ""


Teller = Callable[[int], Iterable[Happening]]
Finder = Callable[[int], Paper | None]
_TELLERS: list[Teller] = []
_FINDERS: list[Finder] = []


def register_teller(teller: Teller) -> None:
    """``teller(gift_id)`` tells what a feature knows of the gift's money."""
    if teller not in _TELLERS:
        _TELLERS.append(teller)


def register_paper(finder: Finder) -> None:
    """``finder(gift_id)`` gives the paper that states the gift and stands, if any."""
    if finder not in _FINDERS:
        _FINDERS.append(finder)


def told_of(gift_id: int) -> list[Happening]:
    """Everything that happened, the newest first."""
    found = [happening for tell in _TELLERS for happening in tell(gift_id)]
    return sorted(found, key=lambda each: each.order)[::-1]


def paper_of(gift_id: int) -> Paper | None:
    """The paper that states the gift, when one stands."""
    return next((paper for find in _FINDERS if (paper := find(gift_id))), None)
