"""How much a delivery may hold; beyond it, a sentence instead of a machine on its knees."""

from __future__ import annotations

from collections.abc import Iterable

from portal.core.i18n_markers import N_
from portal.core.tables.results import RawRow
from portal.core.tables.wording import TableUnreadable, say

MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_ROWS = 500_000


def too_large() -> TableUnreadable:
    """What is said of a file beyond MAX_FILE_BYTES."""
    most = MAX_FILE_BYTES // (1024 * 1024)
    return TableUnreadable(say(N_("the file is larger than %(most)s MB"), most=most))


def at_most_rows(rows: Iterable[RawRow]) -> list[RawRow]:
    """The header and the rows that are not blank; raises TableUnreadable beyond MAX_ROWS rows."""
    taken = []
    for row in rows:
        if row.blank:
            continue
        taken.append(row)
        if len(taken) > MAX_ROWS + 1:
            words = N_("the table has more than %(most)s rows")
            raise TableUnreadable(say(words, most=MAX_ROWS), row.line)
    return taken
