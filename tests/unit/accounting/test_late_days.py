"""On which day a fact of a closed period is booked."""

from __future__ import annotations

from datetime import date

import pytest

from portal.accounting.rules.closing import (
    Month,
    Span,
    as_wanted,
    first_open_day,
    late_mark,
    months_between,
    moved_to,
)
from portal.accounting.rules.draft import Draft, credit, debit
from portal.accounting.rules.journals import Journal
from portal.core.money import Money

JANUARY = Span(date(2026, 1, 1), date(2026, 1, 31))
FEBRUARY = Span(date(2026, 2, 1), date(2026, 2, 28))
APRIL = Span(date(2026, 4, 1), date(2026, 4, 30))
YEAR = Span(date(2025, 1, 1), date(2025, 12, 31), year=True)


@pytest.mark.parametrize(
    ("words", "on", "closed", "wanted"),
    [
        ("nothing is closed", date(2026, 1, 5), [], date(2026, 1, 5)),
        ("its month is open", date(2026, 3, 5), [JANUARY, FEBRUARY], date(2026, 3, 5)),
        ("the next month is open", date(2026, 1, 31), [JANUARY], date(2026, 2, 1)),
        ("the next is closed too", date(2026, 1, 5), [FEBRUARY, JANUARY], date(2026, 3, 1)),
        ("one between is open again", date(2026, 1, 5), [JANUARY, APRIL], date(2026, 2, 1)),
        ("its year is closed", date(2025, 6, 1), [JANUARY, YEAR], date(2026, 2, 1)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_first_open_day(words: str, on: date, closed: list[Span], wanted: date) -> None:
    del words
    assert first_open_day(on, closed) == wanted


def test_a_moved_entry_names_its_day_and_keeps_its_voucher() -> None:
    on = date(2026, 1, 20)
    lines = (debit("512100", Money(5)), credit("754110", Money(5)))
    draft = Draft(Journal.BANK, on, "B1", on, "Don D1", lines)

    moved = moved_to(draft, date(2026, 3, 1))

    assert (moved.on, moved.piece_on) == (date(2026, 3, 1), on)
    assert moved.label == "Don D1" + late_mark(on) == "Don D1 (du 20/01/2026)"
    assert as_wanted(moved.label, on) == "Don D1"
    assert as_wanted("Don D1 (du 20/01/2026)", None) == "Don D1 (du 20/01/2026)"


def test_months_run_over_the_end_of_a_year() -> None:
    found = months_between(Month(2025, 11), Month(2026, 2))

    assert [(each.year, each.month) for each in found] == [
        (2025, 11),
        (2025, 12),
        (2026, 1),
        (2026, 2),
    ]
    assert Month(2028, 2).last_on == date(2028, 2, 29)
    assert months_between(Month(2026, 2), Month(2026, 1)) == []
