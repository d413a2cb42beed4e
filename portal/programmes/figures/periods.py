"""The time a figure speaks of."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from flask_babel import gettext as _

from portal.core import i18n


class Period(StrEnum):
    """Up to a day since the beginning, on that day, or in the twelve months that end with it."""

    UNTIL = "until"
    ON = "on"
    TWELVE_MONTHS = "twelve_months"

    def written(self, as_of: date) -> str:
        """The period for machines, as ISO 8601 dates: ``../2026-11-22``, ``2026-11-22``, ``a/b``."""
        if self is Period.UNTIL:
            return f"../{as_of}"
        if self is Period.ON:
            return str(as_of)
        return f"{twelve_months_start(as_of)}/{as_of}"

    def said(self, as_of: date) -> str:
        """The period in the reader's language."""
        day = i18n.day(as_of)
        if self is Period.UNTIL:
            return str(_("since the beginning, until %(day)s", day=day))
        if self is Period.ON:
            return str(_("on %(day)s", day=day))
        return str(_("in the twelve months to %(day)s", day=day))


def twelve_months_start(as_of: date) -> date:
    """The first of the twelve months' days: the day after the same day a year before."""
    year = max(date.min.year, as_of.year - 1)
    try:
        return as_of.replace(year=year) + timedelta(days=1)
    except ValueError:  # 29 February
        return date(year, 3, 1)
