"""Days and months: `YYYY-MM-DD`, and `DD/MM/YYYY` where a whole column can mean nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from portal.core.i18n_markers import N_
from portal.core.tables.columns import Reader
from portal.core.tables.wording import Sentence, ValueRefused, say

FIRST_YEAR = 1900
LAST_YEAR = 2100
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})(?:-01)?")


def why_not_day_first(column: Iterable[str]) -> Sentence | None:
    """Why the slashed dates of this column cannot be read day first; None when they can.

    They can when every date of the column is slashed, one of them has a day above 12 (or day and
    month are the same in all of them, so that both readings agree), and none has a day above 12
    where the month should stand. Values that are no dates prove nothing.
    """
    proven, agreeing = False, True
    for text in column:
        if _ISO.fullmatch(text):
            return say(
                N_("is written DD/MM/YYYY in a column that also has dates written YYYY-MM-DD")
            )
        if slashed := _SLASHED.fullmatch(text):
            first, second = int(slashed[1]), int(slashed[2])
            if first <= 12 < second <= 31:
                return say(
                    N_(
                        "is ambiguous: the dates of this column cannot all be DD/MM/YYYY; "
                        "write YYYY-MM-DD"
                    )
                )
            proven = proven or second <= 12 < first <= 31
            agreeing = agreeing and first == second
    if proven or agreeing:
        return None
    return say(
        N_(
            "is ambiguous: nothing in this column says which number is the day and which the "
            "month; write YYYY-MM-DD"
        )
    )


def _real_day(year: str, month: str, day: str) -> date:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        raise ValueRefused(say(N_("is not a day of the calendar"))) from None
    _check_year(found.year)
    return found


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueRefused(
            say(
                N_("is not between the years %(first)s and %(last)s"),
                first=FIRST_YEAR,
                last=LAST_YEAR,
            )
        )


def _refuse_future(day: date, today: date) -> None:
    if day > today:
        raise ValueRefused(say(N_("is in the future (today is %(today)s)"), today=today))


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar; ``past`` when it cannot lie after today."""

    past: bool = False

    def reader(self, column: Sequence[str], today: date, /) -> Reader:
        """Reads one date, day first only if the whole column proves it."""
        objection = why_not_day_first(column)

        def read(text: str) -> date:
            day = _day_of(text, objection)
            if self.past:
                _refuse_future(day, today)
            return day

        return read


def _day_of(text: str, objection: Sentence | None) -> date:
    if iso := _ISO.fullmatch(text):
        return _real_day(iso[1], iso[2], iso[3])
    if slashed := _SLASHED.fullmatch(text):
        if objection:
            raise ValueRefused(objection)
        return _real_day(slashed[3], slashed[2], slashed[1])
    raise ValueRefused(say(N_("is not a date written YYYY-MM-DD")))


@dataclass(frozen=True, slots=True)
class Month:
    """A month, `YYYY-MM` (or its first day, as spreadsheets turn it); gives its first day."""

    past: bool = False

    def reader(self, _column: Sequence[str], today: date, /) -> Reader:
        """Reads one month; the current one counts as past."""

        def read(text: str) -> date:
            found = _MONTH.fullmatch(text)
            if not found or not 1 <= int(found[2]) <= 12:
                raise ValueRefused(say(N_("is not a month written YYYY-MM")))
            _check_year(int(found[1]))
            month = date(int(found[1]), int(found[2]), 1)
            if self.past:
                _refuse_future(month, today)
            return month

        return read
