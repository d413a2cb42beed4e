"""Rules between the columns of one row, made to measure by each table."""

from __future__ import annotations

from typing import Any

from portal.core.i18n_markers import N_
from portal.core.tables.spec import Breach, Rule, Values
from portal.core.tables.wording import say


def not_before(later: str, earlier: str) -> Rule:
    """The day in ``later`` does not come before the day in ``earlier``."""

    def check(values: Values) -> Breach | None:
        end: Any = values.get(later)
        start: Any = values.get(earlier)
        if end is None or start is None or end >= start:
            return None
        words = N_("is before %(column)s (%(value)s)")
        return Breach(later, say(words, column=earlier, value=start))

    return check


def at_most(part: str, whole: str) -> Rule:
    """The number in ``part`` does not exceed the number in ``whole``."""

    def check(values: Values) -> Breach | None:
        less: Any = values.get(part)
        more: Any = values.get(whole)
        if less is None or more is None or less <= more:
            return None
        words = N_("is more than %(column)s (%(value)s)")
        return Breach(part, say(words, column=whole, value=more))

    return check
