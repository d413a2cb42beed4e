"""The yearly declaration of gifts: what it counts and until when it is due (CGI art. 222 bis).

Sum and number of the receipts issued for gifts received in the civil year before. An organisation whose
financial year is the civil year declares by the second working day after 1 May.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from portal.core.money import Money
from portal.donations.rules.bank_days import easter

_WORKING_DAYS: Final = 2
_FIXED_HOLIDAYS: Final = frozenset(
    {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
)
_AFTER_EASTER: Final = (1, 39, 50)
"""Easter Monday, Ascension, Whit Monday (code du travail, art. L3133-1)."""


@dataclass(frozen=True, slots=True)
class ArticleSum:
    """The receipts of one legal basis (``200``, ``238 bis``): how many, and what they certify."""

    article: str
    receipts: int
    amount: Money


@dataclass(frozen=True, slots=True)
class DeclaredFigures:
    """What a year's declaration states; ``by_article`` is for information, by article."""

    year: int
    by_article: tuple[ArticleSum, ...]

    @property
    def receipts(self) -> int:
        return sum(each.receipts for each in self.by_article)

    @property
    def amount(self) -> Money:
        return Money(sum(each.amount.minor for each in self.by_article))


def is_working_day(on: date) -> bool:
    """Whether offices work on that day in France: Monday to Friday, no public holiday."""
    moving = {easter(on.year) + timedelta(days=days) for days in _AFTER_EASTER}
    return on.weekday() < 5 and (on.month, on.day) not in _FIXED_HOLIDAYS and on not in moving


def declaration_due_on(year: int) -> date:
    """The last day to declare the gifts of a civil year: the second working day after 1 May of the
    next (CGI art. 222 bis)."""
    on, left = date(year + 1, 5, 1), _WORKING_DAYS
    while left:
        on += timedelta(days=1)
        left -= is_working_day(on)
    return on
