"""Rows out of delimited text: `,` `;` or TAB, quotes, line breaks in quotes, any line end.

Written for files that people touched: spaces around quotes are allowed, and a quotation mark
that is never closed spoils its own row only. The standard library's reader would either swallow
the rest of the file or stop there.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator

from portal.core.i18n_markers import N_
from portal.core.tables.cells import clean, header_name
from portal.core.tables.results import RawRow
from portal.core.tables.wording import Sentence, TableUnreadable, say

SEPARATORS = (",", ";", "\t")
MOST_LINES_IN_A_ROW = 100
MOST_BROKEN_ROWS = 200
_QUOTED = re.compile('[ \u00a0]*+"((?:[^"]|"")*+)"[ \u00a0]*+')
_OPENING = re.compile('[ \u00a0]*+"')
_SEP_LINE = re.compile(r"\ufeff?sep=([,;\t])\s*", re.IGNORECASE)


class _QuoteOpen(Exception):
    """A quoted cell goes on in the next line."""


class _QuoteBroken(Exception):
    """A quoted cell never ends, or something follows its end."""


def rows_of(text: str, known: Collection[str]) -> Iterator[RawRow]:
    """The rows of a delimited text, blank ones too, the header first.

    ``known`` are the table's columns: the separator is the one that finds most of them in the
    header. Raises TableUnreadable when quotes are broken all over the file.
    """
    lines = list(io.StringIO(text, newline=""))
    separator = None
    start = 0
    if lines and (told := _SEP_LINE.fullmatch(lines[0])):
        separator, start = told[1], 1
    separator = separator or _separator_of(lines, known)
    return _rows(lines, start, separator)


def _separator_of(lines: list[str], known: Collection[str]) -> str:
    start = next((place for place, line in enumerate(lines) if line.strip(" \t\r\n,;")), 0)

    def worth(separator: str) -> tuple[int, int]:
        row = next(_rows(lines, start, separator), RawRow(1, []))
        return sum(header_name(cell) in known for cell in row.cells), len(row.cells)

    return max(SEPARATORS, key=worth)


def _rows(lines: list[str], start: int, separator: str) -> Iterator[RawRow]:
    place, broken = start, 0
    while place < len(lines):
        line = place + 1
        try:
            cells, place = _row_at(lines, place, separator)
            yield RawRow(line, cells)
        except _QuoteBroken:
            broken += 1
            if broken > MOST_BROKEN_ROWS:
                raise TableUnreadable(_too_many_broken(), line) from None
            yield RawRow(line, [clean(lines[place])], {-1: _broken_quote()})
            place += 1


def _broken_quote() -> Sentence:
    return say(
        N_(
            'has a quotation mark (") that is not closed, or that stands inside a quoted value '
            "without being doubled"
        )
    )


def _too_many_broken() -> Sentence:
    return say(
        N_("has broken quotation marks in more than %(most)s rows; reading stopped here"),
        most=MOST_BROKEN_ROWS,
    )


def _row_at(lines: list[str], place: int, separator: str) -> tuple[list[str], int]:
    """The cells of the row that begins there, and where the next one begins."""
    bare = lines[place].rstrip("\r\n")
    if '"' not in bare:
        return [clean(cell) for cell in bare.split(separator)], place + 1
    row = lines[place]
    for following in range(place + 1, place + 1 + MOST_LINES_IN_A_ROW):
        try:
            return _cells(row.rstrip("\r\n"), separator), following
        except _QuoteOpen:
            if following == len(lines):
                break
            row += lines[following]
    raise _QuoteBroken


def _cells(row: str, separator: str) -> list[str]:
    """The cells of one row, quotes undone; raises when a quote is open or broken."""
    cells, place = [], 0
    while True:
        cell, place = _cell_at(row, place, separator)
        cells.append(clean(cell))
        if place >= len(row):
            return cells
        place += 1
        if place == len(row):
            return [*cells, ""]


def _cell_at(row: str, place: int, separator: str) -> tuple[str, int]:
    """The cell that begins there, and the place of the separator (or the end) behind it."""
    if quoted := _QUOTED.match(row, place):
        if quoted.end() < len(row) and row[quoted.end()] != separator:
            raise _QuoteBroken
        value = quoted[1].replace('""', '"').replace("\r\n", "\n").replace("\r", "\n")
        return value, quoted.end()
    if _OPENING.match(row, place):
        raise _QuoteOpen
    end = row.find(separator, place)
    end = len(row) if end < 0 else end
    return row[place:end], end
