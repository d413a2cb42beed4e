"""Days and months, and when `DD/MM/YYYY` can mean nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from portal.core.tables.dates import Day, Month
from portal.core.tables.wording import ValueRefused
from tests.unit.core.tables.toy import TODAY


@pytest.mark.parametrize(
    ("said", "column", "refused"),
    [
        ("ISO", ["2025-03-04", "2024-12-31"], []),
        ("day first, proven by one", ["04/03/2025", "25/03/2025"], []),
        ("day first, single digits", ["4/3/2025", "25/3/2025"], []),
        ("nothing proves the order", ["04/03/2025", "05/06/2025"], [0, 1]),
        ("one value, which proves itself", ["25/12/2024"], []),
        ("one value, which could be two days", ["05/12/2024"], [0]),
        ("both orders occur", ["25/03/2025", "03/25/2025", "01/02/2025"], [0, 1, 2]),
        ("month first throughout", ["03/25/2025", "03/26/2025"], [0, 1]),
        ("ISO and day first mixed", ["2025-03-04", "25/03/2025"], [1]),
        ("words prove nothing", ["25/03/2025", "unknown", "01/02/2025"], [1]),
        ("an impossible day first", ["25/03/2025", "31/02/2025"], [1]),
        ("an impossible day proves nothing", ["45/03/2025", "01/02/2025"], [0, 1]),
        ("a day of February", ["2025-02-30", "2024-02-29", "2025-02-29"], [0, 2]),
        ("other marks", ["2025/03/04", "04-03-2025", "04.03.2025", "20250304"], [0, 1, 2, 3]),
        ("short years", ["25/03/25", "25-03-25"], [0, 1]),
        ("an instant", ["2025-03-04 10:30:00", "2025-03-04T00:00:00"], [0, 1]),
        ("the edges of time", ["1899-12-31", "1900-01-01", "2100-12-31", "2101-01-01"], [0, 3]),
        ("Khmer figures", ["២០២៥-០៣-០៤"], [0]),
        ("a number of days", ["45000"], [0]),
    ],
)
def test_a_column_of_days(said: str, column: list[str], refused: list[int]) -> None:
    read = Day().reader(column, TODAY)
    faulty = []
    for place, text in enumerate(column):
        try:
            read(text)
        except ValueRefused:
            faulty.append(place)

    assert faulty == refused, said


def test_day_first_is_read_day_first() -> None:
    read = Day().reader(["04/03/2025", "25/03/2025"], TODAY)

    assert read("04/03/2025") == date(2025, 3, 4)


def test_the_refusal_says_that_the_order_is_ambiguous() -> None:
    read = Day().reader(["04/03/2025"], TODAY)

    with pytest.raises(ValueRefused, match="ambiguous"):
        read("04/03/2025")


@pytest.mark.parametrize(
    ("text", "past", "good"),
    [
        ("2026-11-22", True, True),
        ("2026-11-23", True, False),
        ("2026-11-23", False, True),
    ],
)
def test_a_day_of_the_past_is_today_at_the_latest(text: str, past: bool, good: bool) -> None:
    read = Day(past=past).reader([text], TODAY)
    if good:
        assert read(text) == date.fromisoformat(text)
    else:
        with pytest.raises(ValueRefused, match="future"):
            read(text)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-08", date(2026, 8, 1)),
        ("2026-08-01", date(2026, 8, 1)),
        ("2026-11", date(2026, 11, 1)),
        ("2026-12", None),
        ("2026-13", None),
        ("2026-00", None),
        ("2026-8", None),
        ("08/2026", None),
        ("2026-08-02", None),
        ("1899-12", None),
        ("August", None),
    ],
)
def test_a_month(text: str, month: date | None) -> None:
    read = Month(past=True).reader([text], TODAY)
    if month:
        assert read(text) == month
    else:
        with pytest.raises(ValueRefused):
            read(text)
