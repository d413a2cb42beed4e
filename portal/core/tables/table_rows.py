"""The rows of one table: each value read, each row's values compared, no key used twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.core.i18n_markers import N_
from portal.core.tables.columns import Column, Reader
from portal.core.tables.header import Header
from portal.core.tables.results import UNREADABLE, Fault, RawRow, RawTable, shown
from portal.core.tables.spec import Table
from portal.core.tables.wording import Sentence, ValueRefused, say

LONGEST_CELL = 32_767


@dataclass(slots=True)
class ReadRow:
    """A row being checked; values that were refused are absent."""

    table: str
    line: int
    texts: Mapping[str, str]
    values: dict[str, object] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(
        self, column: str, problem: Sentence, depends_on: tuple[str, int] | None = None
    ) -> Fault:
        """A fault of this row, showing what stands in the column."""
        value = shown(self.texts.get(column, ""))
        return Fault(self.table, self.line, column, value, problem, depends_on)


def read_rows(raw: RawTable, table: Table, header: Header, today: date) -> list[ReadRow]:
    """Every row with its values and its own faults."""
    upright = [row.cells for row in raw.rows if not _shape_trouble(row, header)]
    readers = {
        column.name: column.kind.reader(_filled(upright, header.places[column.name]), today)
        for column in table.columns
        if column.name in header.places
    }
    rows = [_read_row(row, table, header, readers) for row in raw.rows]
    _refuse_repeated_keys(rows, table)
    return rows


def _filled(rows: Iterable[list[str]], place: int) -> list[str]:
    return [cells[place] for cells in rows if place < len(cells) and cells[place]]


def _shape_trouble(row: RawRow, header: Header) -> Sentence | None:
    if -1 in row.troubles:
        return row.troubles[-1]
    if any(row.cells[header.width :]):
        return say(
            N_("has %(cells)s cells where the header has %(columns)s"),
            cells=len(row.cells),
            columns=header.width,
        )
    return None


def _read_row(raw: RawRow, table: Table, header: Header, readers: Mapping[str, Reader]) -> ReadRow:
    if trouble := _shape_trouble(raw, header):
        return _misshapen(raw, table, header, readers, trouble)
    texts = {
        name: raw.cells[at] if at < len(raw.cells) else "" for name, at in header.places.items()
    }
    row = ReadRow(table.name, raw.line, texts)
    for column in table.columns:
        trouble = raw.troubles.get(header.places.get(column.name, -1))
        _read_value(row, column, readers, trouble)
    _compare_values(row, table)
    return row


def _misshapen(
    raw: RawRow,
    table: Table,
    header: Header,
    readers: Mapping[str, Reader],
    trouble: Sentence,
) -> ReadRow:
    """Only what names the row is read, so that those who lean on it can say so."""
    texts = {
        name: raw.cells[at]
        for name in table.key
        if (at := header.places[name]) < len(raw.cells) and raw.cells[at]
    }
    row = ReadRow(table.name, raw.line, texts)
    for column in table.columns:
        if column.name in texts:
            _read_value(row, column, readers, None)
    value = shown(" | ".join(raw.cells))
    row.faults = [Fault(table.name, raw.line, "", value, trouble)]
    return row


def _read_value(
    row: ReadRow, column: Column, readers: Mapping[str, Reader], trouble: Sentence | None
) -> None:
    text = row.texts.get(column.name, "")
    trouble = trouble or _cell_trouble(text)
    if not trouble and not text and not column.required:
        row.values[column.name] = None
        return
    try:
        if trouble:
            raise ValueRefused(trouble)
        if not text:
            raise ValueRefused(say(N_("is empty, but must be filled")))
        row.values[column.name] = readers[column.name](text)
    except ValueRefused as refusal:
        row.faults.append(row.fault(column.name, refusal.problem))


def _cell_trouble(text: str) -> Sentence | None:
    if UNREADABLE.search(text):
        return say(
            N_("holds a character that cannot be read: the file's encoding is mixed or damaged")
        )
    if len(text) > LONGEST_CELL:
        return say(N_("is longer than %(longest)s characters"), longest=LONGEST_CELL)
    return None


def _compare_values(row: ReadRow, table: Table) -> None:
    for rule in table.rules:
        if breach := rule(row.values):
            row.faults.append(row.fault(breach.column, breach.problem))


def _refuse_repeated_keys(rows: Iterable[ReadRow], table: Table) -> None:
    first: dict[tuple[object, ...], int] = {}
    for row in rows:
        if not all(name in row.values for name in table.key):
            continue
        key = tuple(row.values[name] for name in table.key)
        line = first.setdefault(key, row.line)
        if line != row.line:
            words = N_("names the same record (%(key)s) as line %(line)s")
            problem = say(words, key=", ".join(table.key), line=line)
            row.faults.append(row.fault(table.key[0], problem))
