"""The first line of a table: which column stands where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from portal.core.i18n_markers import N_
from portal.core.tables.cells import header_name
from portal.core.tables.results import Fault, Notice, RawTable, shown
from portal.core.tables.spec import Table
from portal.core.tables.wording import Sentence, say


@dataclass(frozen=True, slots=True)
class Header:
    """Where each known column stands, and what is wrong with the line."""

    places: Mapping[str, int]
    width: int
    faults: tuple[Fault, ...]
    notices: tuple[Notice, ...]


def read_header(raw: RawTable, table: Table) -> Header:
    """Matches the header with the table's columns, in any order and any capitals."""
    names = [header_name(cell) for cell in raw.header.cells]
    places = {name: at for at, name in enumerate(names) if name in table.column_names}
    faults = _faults(raw, table, names)
    return Header(places, len(names), faults, () if faults else _notices(raw, table, names))


def _faults(raw: RawTable, table: Table, names: list[str]) -> tuple[Fault, ...]:
    def fault(column: str, problem: Sentence, value: str = "") -> Fault:
        return Fault(table.name, raw.header.line, column, shown(value), problem)

    if not table.column_names.intersection(names):
        words = N_("this line must name the columns, and names none of this table's: %(columns)s")
        expected = ", ".join(column.name for column in table.columns)
        return (fault("", say(words, columns=expected), ", ".join(raw.header.cells)),)
    broken = [fault("", trouble) for place, trouble in raw.header.troubles.items() if place < 0]
    missing = [
        fault(column.name, say(N_("the column is required and is missing")))
        for column in table.columns
        if column.required and column.name not in names
    ]
    twice = [
        fault(name, say(N_("the column is named more than once")), name)
        for name, times in Counter(names).items()
        if times > 1 and name in table.column_names
    ]
    return (*broken, *missing, *twice)


def _notices(raw: RawTable, table: Table, names: list[str]) -> tuple[Notice, ...]:
    unknown = [
        shown(cell)
        for cell, name in zip(raw.header.cells, names, strict=True)
        if name and name not in table.column_names
    ]
    unnamed = [at + 1 for at, name in enumerate(names) if not name and _filled(raw, at)]
    notices = []
    if unknown:
        words = N_("columns unknown here were not read: %(columns)s")
        notices.append(Notice(table.name, say(words, columns=", ".join(unknown))))
    if unnamed:
        words = N_("columns without a name were not read: number %(numbers)s")
        notices.append(Notice(table.name, say(words, numbers=", ".join(map(str, unnamed)))))
    return tuple(notices)


def _filled(raw: RawTable, place: int) -> bool:
    return any(place < len(row.cells) and row.cells[place] for row in raw.rows)
