"""The days on which euros move between banks: not on week-ends, nor on the six days TARGET is closed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

SEPA_DEBIT_TAKES: Final = 5
"""Bank days from the donor's consent until the money of a direct debit is on the provider's balance."""
_FIXED: Final = frozenset({(1, 1), (5, 1), (12, 25), (12, 26)})


def easter(year: int) -> date:
    """Easter Sunday of that year (Gregorian computus, Meeus)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    leap, rest = divmod(century, 4)
    moon = (19 * golden + century - leap - (8 * century + 13) // 25 + 15) % 30
    quarter, left = divmod(of_century, 4)
    weekday = (32 + 2 * rest + 2 * quarter - moon - left) % 7
    shift = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def is_bank_day(on: date) -> bool:
    """Whether banks settle euros on that day (European Central Bank, TARGET calendar since 2002)."""
    sunday = easter(on.year)
    closed = (on.month, on.day) in _FIXED or on in (
        sunday - timedelta(days=2),
        sunday + timedelta(days=1),
    )
    return on.weekday() < 5 and not closed


def bank_days_after(on: date, days: int) -> date:
    """The bank day that many bank days after that day."""
    while days:
        on += timedelta(days=1)
        days -= is_bank_day(on)
    return on
