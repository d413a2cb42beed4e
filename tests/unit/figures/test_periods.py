"""The time a figure speaks of."""

from __future__ import annotations

from datetime import date

import pytest

from portal.programmes.figures.periods import Period, twelve_months_start


@pytest.mark.parametrize(
    ("as_of", "start", "why"),
    [
        (date(2026, 11, 22), date(2025, 11, 23), "the day after the same day a year before"),
        (date(2025, 2, 28), date(2024, 2, 29), "a leap day that begins the year counts"),
        (date(2024, 2, 29), date(2023, 3, 1), "a leap day has no day a year before"),
        (date(2026, 12, 31), date(2026, 1, 1), "the civil year"),
    ],
)
def test_twelve_months_begin(as_of: date, start: date, why: str) -> None:
    assert twelve_months_start(as_of) == start, why


@pytest.mark.parametrize(
    ("period", "written"),
    [
        (Period.UNTIL, "../2026-11-22"),
        (Period.ON, "2026-11-22"),
        (Period.TWELVE_MONTHS, "2025-11-23/2026-11-22"),
    ],
)
def test_a_period_is_written_as_iso_dates(period: Period, written: str) -> None:
    assert period.written(date(2026, 11, 22)) == written
