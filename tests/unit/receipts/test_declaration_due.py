"""The yearly declaration is due on the second working day after 1 May (CGI art. 222 bis)."""

from __future__ import annotations

from datetime import date

import pytest

from portal.receipts.rules.declaration import declaration_due_on, is_working_day


@pytest.mark.parametrize(
    ("year", "due_on", "because"),
    [
        (2023, date(2024, 5, 3), "1 May 2024 is a Wednesday: Thursday, Friday"),
        (2025, date(2026, 5, 5), "a Friday: Monday, Tuesday"),
        (2026, date(2027, 5, 4), "a Saturday: Monday, Tuesday"),
        (2027, date(2028, 5, 3), "a Monday: Tuesday, Wednesday"),
        (2034, date(2035, 5, 4), "Ascension is on Thursday 3 May: Wednesday, Friday"),
    ],
)
def test_the_day_it_is_due(year: int, due_on: date, because: str) -> None:
    assert declaration_due_on(year) == due_on, because


@pytest.mark.parametrize(
    "holiday", [date(2027, 5, 6), date(2027, 5, 17), date(2027, 3, 29), date(2026, 5, 8)]
)
def test_nobody_works_on_public_holidays(holiday: date) -> None:
    assert not is_working_day(holiday)
