"""The days of a plan and the ladder of mails, decided without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.donations.rules.plan_dates import (
    MONTHS,
    debit_days,
    months_later,
    moved_debit,
    next_debit,
    pause_choices,
)
from portal.donations.rules.plan_ladder import (
    LADDER,
    Failing,
    NoticeKind,
    call_by,
    card_ends_soon,
    due,
    step,
    upcoming_is_due,
)

TODAY = date(2026, 11, 22)
LATER = datetime(2026, 11, 29, 9, tzinfo=UTC)
DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    ("first", "interval", "expected"),
    [
        (date(2027, 1, 31), "month", [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]),
        (date(2028, 1, 31), "month", [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31)]),
        (date(2026, 11, 30), "quarter", [date(2026, 11, 30), date(2027, 2, 28), date(2027, 5, 30)]),
        (date(2028, 2, 29), "year", [date(2028, 2, 29), date(2029, 2, 28), date(2030, 2, 28)]),
    ],
)
def test_the_last_day_of_a_month_stays_the_last(
    first: date, interval: str, expected: list[date]
) -> None:
    assert list(islice(debit_days(first, interval), 3)) == expected


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (None, date(2026, 12, 5)),
        (date(2026, 12, 5), date(2026, 12, 5)),
        (date(2026, 12, 6), date(2027, 1, 5)),
        (date(2027, 3, 1), date(2027, 3, 5)),
    ],
)
def test_the_first_debit_after_a_pause(until: date | None, expected: date) -> None:
    assert next_debit(date(2026, 12, 5), "month", until) == expected


def test_a_monthly_gift_may_pause_one_to_six_months() -> None:
    choices = pause_choices(date(2026, 12, 5), "month", TODAY)
    assert [each.skipped for each in choices] == [1, 2, 3, 4, 5, 6]
    assert choices[0].until == date(2026, 12, 22)
    assert choices[0].next_debit_on == date(2027, 1, 5)


def test_a_debit_on_the_last_day_of_a_pause_falls_away() -> None:
    (first, *_more) = pause_choices(date(2026, 12, 22), "month", TODAY)
    assert (first.months, first.skipped) == (1, 1)
    assert (first.until, first.next_debit_on) == (date(2026, 12, 23), date(2027, 1, 22))


def test_a_quarterly_gift_is_offered_only_pauses_that_differ() -> None:
    choices = pause_choices(date(2026, 12, 5), "quarter", TODAY)
    assert [(each.months, each.skipped) for each in choices] == [(1, 1), (4, 2)]


def test_a_yearly_gift_far_away_has_nothing_to_pause() -> None:
    assert pause_choices(date(2027, 9, 5), "year", TODAY) == []


@given(today=DAYS, ahead=st.integers(0, 400), interval=st.sampled_from(sorted(MONTHS)))
def test_a_pause_never_takes_a_debit_before_its_end(today: date, ahead: int, interval: str) -> None:
    planned = today + timedelta(days=ahead)
    for choice in pause_choices(planned, interval, today):
        assert choice.next_debit_on >= choice.until > today
        assert choice.skipped >= 1
        exactly = months_later(today, choice.months)
        assert choice.until - exactly in (timedelta(0), timedelta(days=1))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (5, date(2026, 12, 5)),
        (10, date(2026, 12, 10)),
        (28, date(2026, 11, 28)),
        (1, date(2026, 12, 1)),
        (22, date(2026, 12, 22)),
    ],
)
def test_a_debit_moves_to_the_nearest_such_day(day: int, expected: date) -> None:
    assert moved_debit(date(2026, 12, 5), day, TODAY) == expected


@pytest.mark.parametrize("day", [0, 29, 31])
def test_a_day_some_months_lack_is_refused(day: int) -> None:
    with pytest.raises(ValueError, match="no day of every month"):
        moved_debit(date(2026, 12, 5), day, TODAY)


@given(today=DAYS, ahead=st.integers(0, 400), day=st.integers(1, 28))
def test_a_moved_debit_is_near_and_never_sooner_than_three_days(
    today: date, ahead: int, day: int
) -> None:
    planned = today + timedelta(days=ahead)
    moved = moved_debit(planned, day, today)
    assert moved.day == day
    assert moved >= today + timedelta(days=3)
    assert abs(moved - planned) <= timedelta(days=35)


@pytest.mark.parametrize(
    ("attempts", "again", "asks", "expected"),
    [
        (1, True, False, NoticeKind.DEBIT_FAILED),
        (1, True, True, NoticeKind.AUTHENTICATION),
        (1, False, True, NoticeKind.AUTHENTICATION),
        (1, False, False, NoticeKind.LAST_NOTICE),
        (2, True, False, NoticeKind.FAILED_AGAIN),
        (2, True, True, NoticeKind.FAILED_AGAIN),
        (3, True, False, NoticeKind.LAST_NOTICE),
        (4, False, True, NoticeKind.LAST_NOTICE),
    ],
)
def test_which_mail_a_debit_calls_for(
    attempts: int, again: bool, asks: bool, expected: NoticeKind
) -> None:
    assert step(Failing(attempts, LATER if again else None, asks)) is expected


@given(
    attempts=st.integers(1, 9),
    again=st.booleans(),
    asks=st.booleans(),
    sent=st.sets(st.sampled_from(LADDER)),
)
def test_a_step_is_never_repeated_and_never_goes_back(
    attempts: int, again: bool, asks: bool, sent: set[NoticeKind]
) -> None:
    wanted = due(Failing(attempts, LATER if again else None, asks), sent)
    if wanted is not None:
        assert all(LADDER.index(kind) < LADDER.index(wanted) for kind in sent)


@pytest.mark.parametrize(
    ("attempts", "again", "expected"),
    [
        (1, LATER, None),
        (2, LATER, date(2026, 11, 27)),
        (2, datetime(2026, 11, 25, 9, tzinfo=UTC), date(2026, 11, 24)),
        (2, datetime(2026, 11, 22, 9, tzinfo=UTC), TODAY),
        (3, LATER, date(2026, 11, 24)),
        (1, None, date(2026, 11, 24)),
    ],
)
def test_a_person_calls_before_the_next_try(
    attempts: int, again: datetime | None, expected: date | None
) -> None:
    assert call_by(Failing(attempts, again), TODAY) == expected


@pytest.mark.parametrize(
    ("expires", "soon"),
    [
        (date(2026, 10, 31), False),
        (date(2026, 11, 30), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 31), False),
    ],
)
def test_a_card_ends_soon_this_month_or_the_next(expires: date, soon: bool) -> None:
    assert card_ends_soon(expires, TODAY) is soon


def test_a_direct_debit_is_announced_when_it_is_new_or_another_sum() -> None:
    assert upcoming_is_due("4700:EUR:pm_1", None)
    assert not upcoming_is_due("4700:EUR:pm_1", "4700:EUR:pm_1")
    assert upcoming_is_due("6000:EUR:pm_1", "4700:EUR:pm_1")
