"""Which version of a rule holds on which day."""

from __future__ import annotations

import datetime as dt
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.dated_rules.timeline import NothingHolds, Version, on_day, periods

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
SHIPPED = Version("general", date(2020, 1, 1), {"rate": "0.66"}, "CGI art. 200")
WRITTEN = Version("general", date(2027, 1, 1), {"rate": "0.60"}, "a law of 2026", number=1)
CORRECTED = Version("general", date(2027, 1, 1), {"rate": "0.62"}, "its correction", number=2)


@pytest.mark.parametrize(
    ("on", "rate"),
    [
        (date(2020, 1, 1), "0.66"),
        (date(2026, 12, 31), "0.66"),
        (date(2027, 1, 1), "0.60"),
        (date(2099, 1, 1), "0.60"),
    ],
    ids=["its first day", "its last day", "the next one's first day", "while none follows"],
)
def test_a_version_holds_until_the_next_one_begins(on: date, rate: str) -> None:
    of_rule = periods([WRITTEN, SHIPPED])
    assert on_day(of_rule, on).version.value["rate"] == rate
    assert of_rule[0].last_day == date(2026, 12, 31)


def test_before_the_first_day_nothing_holds() -> None:
    with pytest.raises(NothingHolds):
        on_day(periods([SHIPPED]), date(2019, 12, 31))


def test_of_two_from_the_same_day_the_one_written_last_holds() -> None:
    held = on_day(periods([SHIPPED, CORRECTED, WRITTEN]), date(2027, 1, 1))
    assert held.version is CORRECTED


def test_a_version_taken_back_never_holds_and_leaves_no_hole() -> None:
    gone = Version(
        "general", date(2027, 1, 1), {"rate": "0"}, "no law", number=1,
        withdrawn_at=NOW, withdrawn_by=1, withdrawn_reason="the law did not pass",
    )  # fmt: skip
    (only,) = periods([SHIPPED, gone])
    assert only.version is SHIPPED
    assert only.until is None


@given(st.lists(st.dates(date(2000, 1, 1), date(2100, 1, 1)), min_size=1, max_size=12), st.dates())
def test_whatever_is_written_no_two_hold_on_a_day_and_no_day_is_left_out(
    days: list[date], on: date
) -> None:
    versions = [Version("x", day, {}, "s", number=n) for n, day in enumerate(days)]
    holding = [period for period in periods(versions) if period.holds_on(on)]
    assert len(holding) == (1 if on >= min(days) else 0)
