"""Cheques: the control of a pile, the day that counts, what the bank may do with each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.core.money import Money, total


class ChequeError(ValueError):
    """Something that cannot be done with this cheque."""


class WrongDay(ChequeError):
    """A letter cannot have come tomorrow, nor more than a year ago."""


OLDEST_DAYS = 366
"""A cheque can be cashed for a year and eight days from its date (code monétaire, art. L131-59)."""


@dataclass(frozen=True, slots=True)
class Control:
    """What was counted by hand beside what was entered; both must be the same."""

    announced_count: int
    announced: Money
    entered_count: int
    entered: Money

    @property
    def fits(self) -> bool:
        return self.missing_count == 0 and not self.missing

    @property
    def missing_count(self) -> int:
        """Cheques still to enter; below zero when there are too many."""
        return self.announced_count - self.entered_count

    @property
    def missing(self) -> Money:
        """The sum still to enter; below zero when it is too much."""
        return self.announced - self.entered


def control(announced_count: int, announced: Money, entered: Sequence[Money]) -> Control:
    """The control of a pile in which these cheques were entered."""
    return Control(announced_count, announced, len(entered), total(list(entered)))


def arrival_day(on: date, today: date) -> date:
    """The day a cheque came, when it is one that can be.

    It decides the tax year, whenever the cheque is banked (BOI-IR-RICI-250-20, § 20).

    :raises WrongDay:
    """
    if not 0 <= (today - on).days <= OLDEST_DAYS:
        raise WrongDay(f"{on.isoformat()} seen from {today.isoformat()}")
    return on


class YearEdge(StrEnum):
    """Why the year of a cheque deserves a second look."""

    NONE = "none"
    CAME_LAST_YEAR = "came_last_year"
    CAME_THIS_YEAR = "came_this_year"


def year_edge(arrived_on: date, today: date) -> YearEdge:
    """What to say at the turn of the year.

    A cheque that came in December and is entered in January counts for the old year. One that
    came in the first half of January counts for the new one, although it was written in December.
    """
    if arrived_on.year < today.year:
        return YearEdge.CAME_LAST_YEAR
    early = arrived_on.month == 1 and arrived_on.day <= 15
    return YearEdge.CAME_THIS_YEAR if early and today.month == 1 else YearEdge.NONE


def plain_number(number: str) -> str:
    """A cheque's number as it is compared: its digits and letters, without leading zeros."""
    return re.sub(r"[^0-9A-Z]", "", number.upper()).lstrip("0")


def same_bank(one: str, other: str) -> bool:
    """Whether two names may be the same bank; one that is not known may be any."""
    first, second = (re.sub(r"[^0-9a-z]", "", name.casefold()) for name in (one, other))
    return not first or not second or first in second or second in first


def same_cheque(number: str, bank: str, other_number: str, other_bank: str) -> bool:
    """Whether two records may be one piece of paper: the same number of the same bank."""
    plain = plain_number(number)
    return bool(plain) and plain == plain_number(other_number) and same_bank(bank, other_bank)
