"""When a plan is due: the same day of the month as it began, or the month's last."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta


def period_end(anchor: int, interval: str, interval_count: int, periods: int) -> int:
    """The Unix time at which the plan's n-th period ends, counted from its anchor."""
    start = datetime.fromtimestamp(anchor, UTC)
    steps = interval_count * periods
    if interval == "day":
        return int((start + timedelta(days=steps)).timestamp())
    if interval == "week":
        return int((start + timedelta(weeks=steps)).timestamp())
    months = steps * (12 if interval == "year" else 1)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return int(start.replace(year=year, month=month + 1, day=min(start.day, last)).timestamp())
