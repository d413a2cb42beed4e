"""The civil day in Paris decides the tax year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from portal.core.clock import FrozenClock, SystemClock, paris_date


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2025, 12, 31, 22, 59, 59, tzinfo=UTC), date(2025, 12, 31)),
        (datetime(2025, 12, 31, 23, 0, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2026, 1, 1, 0, 0, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2025, 12, 31, 23, 30, tzinfo=timezone(timedelta(hours=-5))), date(2026, 1, 1)),
        (datetime(2026, 1, 1, 4, 0, tzinfo=timezone(timedelta(hours=7))), date(2025, 12, 31)),
        (datetime(2026, 7, 13, 21, 59, tzinfo=UTC), date(2026, 7, 13)),
        (datetime(2026, 7, 13, 22, 0, tzinfo=UTC), date(2026, 7, 14)),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2024, 2, 29, 22, 59, tzinfo=UTC), date(2024, 2, 29)),
    ],
)
def test_an_instant_has_its_day_in_paris(instant: datetime, day: date) -> None:
    assert paris_date(instant) == day


def test_the_clocks_tell_aware_instants() -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert FrozenClock(noon).now() == noon
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(seconds=5)
