"""Time, handed in: instants in UTC, the civil day in Paris (which decides the tax year)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


class Clock(Protocol):
    """Who asks what time it is asks one of these."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FrozenClock:
    """A clock that stands still until it is moved; for tests and demonstrations."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant


def paris_date(instant: datetime) -> date:
    """The civil day in Paris of an instant (CGI art. 12: income tax follows the civil year)."""
    return instant.astimezone(PARIS).date()
