"""Which version of a rule holds on which day. Pure: versions in, periods out.

A version holds from its first day until the first day of the next one, so that two can neither
overlap nor leave a day without a rule. Of several versions that begin on the same day the one
written last holds.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID


class NothingHolds(LookupError):
    """No version of this rule holds on that day."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a rule says from a day on, and where that comes from.

    ``number`` counts the versions people wrote; 0 is the one the portal comes with. ``value`` is
    a JSON object: amounts in minor units, rates and decimals as text.
    """

    code: str
    since: dt.date
    value: Mapping[str, Any]
    source: str
    number: int = 0
    reason: str = ""
    public_id: UUID | None = None
    made_at: dt.datetime | None = None
    made_by: int | None = None
    withdrawn_at: dt.datetime | None = None
    withdrawn_by: int | None = None
    withdrawn_reason: str = ""

    @property
    def shipped(self) -> bool:
        """Whether the portal comes with it: nobody wrote it."""
        return self.number == 0


@dataclass(frozen=True, slots=True)
class Period:
    """A version and the days it holds: from ``since`` on, up to ``until``, which is no longer its."""

    version: Version
    until: dt.date | None

    @property
    def since(self) -> dt.date:
        """The first day."""
        return self.version.since

    @property
    def last_day(self) -> dt.date | None:
        """The last day, or None while no other version follows."""
        return None if self.until is None else self.until - dt.timedelta(days=1)

    def holds_on(self, on: dt.date) -> bool:
        """Whether this is the rule of that day."""
        return self.since <= on and (self.until is None or on < self.until)


def periods(versions: Iterable[Version]) -> tuple[Period, ...]:
    """The periods of one rule in the order of their days; withdrawn versions hold never."""
    holding: dict[dt.date, Version] = {}
    for version in sorted(versions, key=lambda each: each.number):
        if version.withdrawn_at is None:
            holding[version.since] = version
    days: list[dt.date | None] = [*sorted(holding), None]
    return tuple(
        Period(holding[since], until)
        for since, until in itertools.pairwise(days)
        if since is not None
    )


def on_day(of_rule: Iterable[Period], on: dt.date) -> Period:
    """The period that day lies in; raises NothingHolds."""
    for period in of_rule:
        if period.holds_on(on):
            return period
    raise NothingHolds(f"nothing holds on {on.isoformat()}")
