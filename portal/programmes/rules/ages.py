"""Ages and school years."""

from __future__ import annotations

from datetime import date

SCHOOL_YEAR_STARTS = 9  # Cambodian classes begin between September and November, and end in August


def age_on(born_on: date, on: date) -> int:
    """Whole years lived on that day; somebody born on 29 February ages on 1 March."""
    not_yet = (on.month, on.day) < (born_on.month, born_on.day)
    return max(0, on.year - born_on.year - not_yet)


def school_year_of(on: date) -> int:
    """The year in which the school year of that day began: 2025 for May 2026."""
    return on.year if on.month >= SCHOOL_YEAR_STARTS else on.year - 1


def school_year_end(year: int) -> date:
    """The last day of the school year that began in ``year``."""
    return date(year + 1, 8, 31)
