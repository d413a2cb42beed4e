"""What a restricted fund carries and uses at the end of a year (ANC 2018-06, art. 132-1 to 132-4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounting.rules.dedicated import FundYear, postings_of_year
from portal.core.money import Money

EUROS = st.integers(0, 10_000_00)


def fund(opening: int, received: int, spent: int) -> FundYear:
    return FundYear("food", Money(opening), Money(received), Money(spent))


@pytest.mark.parametrize(
    ("words", "year", "used", "carried", "closing", "beyond"),
    [
        ("nothing spent: all is carried", fund(0, 500, 0), 0, 500, 500, 0),
        ("all spent in the year", fund(0, 500, 500), 0, 0, 0, 0),
        ("earlier money is spent first", fund(300, 500, 200), 200, 500, 600, 0),
        ("earlier money, then the year's", fund(300, 500, 400), 300, 400, 400, 0),
        ("more spent than the fund has", fund(300, 500, 900), 300, 0, 0, 100),
        ("more went back than came", fund(300, -50, 0), 50, 0, 250, 0),
        ("more went back than the fund has", fund(20, -50, 0), 20, 0, 0, 30),
        ("nothing came, something was spent", fund(300, 0, 120), 120, 0, 180, 0),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_used_and_carried(
    words: str, year: FundYear, used: int, carried: int, closing: int, beyond: int
) -> None:
    del words
    found = (year.used, year.carried, year.closing, year.beyond)
    assert found == (Money(used), Money(carried), Money(closing), Money(beyond))


@given(EUROS, st.integers(-10_000_00, 10_000_00), EUROS)
def test_no_cent_is_lost(opening: int, received: int, spent: int) -> None:
    year = fund(opening, received, spent)

    assert year.closing == year.opening + year.received - year.spent + year.beyond
    assert min(year.closing, year.beyond) == Money(0)


def test_entries_that_are_true_are_left_alone_and_others_made_anew() -> None:
    first = list(postings_of_year(2025, [fund(300, 500, 400)], {}))
    booked = {posting.source: posting.draft for posting in first}
    assert list(booked) == ["dedicated:2025:food:carried", "dedicated:2025:food:used"]
    assert [(x.account, x.debit) for x in booked["dedicated:2025:food:used"].lines] == [
        ("196000", Money(300)),
        ("789600", Money(0)),
    ]

    assert list(postings_of_year(2025, [fund(300, 500, 400)], booked)) == []
    again = list(postings_of_year(2025, [fund(300, 500, 450)], booked))
    assert [posting.source for posting in again] == [
        "dedicated:2025:food:carried:undone",
        "dedicated:2025:food:carried:2",
    ]
