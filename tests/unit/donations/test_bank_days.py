"""The days on which euros move."""

from __future__ import annotations

from datetime import date

import pytest

from portal.donations.rules.bank_days import bank_days_after, easter, is_bank_day


@pytest.mark.parametrize(
    "sunday", [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28)]
)
def test_easter_is_found(sunday: date) -> None:
    assert easter(sunday.year) == sunday


@pytest.mark.parametrize(
    ("words", "on", "open_"),
    [
        ("a Monday", date(2026, 11, 23), True),
        ("a Saturday", date(2026, 11, 21), False),
        ("New Year", date(2027, 1, 1), False),
        ("Good Friday", date(2026, 4, 3), False),
        ("Easter Monday", date(2026, 4, 6), False),
        ("Labour Day", date(2026, 5, 1), False),
        ("the day after Christmas", date(2025, 12, 26), False),
        (
            "the 14th of July, when French offices are closed and TARGET is not",
            date(2026, 7, 14),
            True,
        ),
    ],
)
def test_a_day_is_one_on_which_banks_settle_or_not(words: str, on: date, open_: bool) -> None:
    assert is_bank_day(on) is open_, words


def test_five_bank_days_leave_out_week_ends_and_christmas() -> None:
    assert bank_days_after(date(2026, 11, 22), 5) == date(2026, 11, 27)
    assert bank_days_after(date(2026, 12, 23), 5) == date(2026, 12, 31)
