"""Two small tables, people and their visits, and short ways to deliver them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

import openpyxl

from portal.core.tables import Checked, check, read_files
from portal.core.tables.columns import Amount, Code, Column, Ref, Text, YesNo
from portal.core.tables.dates import Day
from portal.core.tables.rules import not_before
from portal.core.tables.spec import Reference, Table

TODAY = date(2026, 11, 22)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


PEOPLE = Table(
    name="people",
    key=("person_ref",),
    columns=(
        Column("person_ref", Ref(), required=True),
        Column("name", Text(), required=True),
        Column("friend_ref", Ref()),
        Column("born_on", Day(past=True)),
        Column("colour", Code(Colour)),
        Column("here", YesNo()),
        Column("amount", Amount()),
        Column("note", Text(1_000, lines=True)),
    ),
)
VISITS = Table(
    name="visits",
    key=("visit_ref",),
    columns=(
        Column("visit_ref", Ref(), required=True),
        Column("person_ref", Ref(), required=True),
        Column("start_on", Day()),
        Column("end_on", Day()),
    ),
    references=(Reference("person_ref", ("people",)),),
    rules=(not_before("end_on", "start_on"),),
)
GIFTS = Table(
    name="presents",
    key=("visit_ref", "what"),
    columns=(
        Column("visit_ref", Ref(), required=True),
        Column("what", Text(), required=True),
    ),
    references=(Reference("visit_ref", ("visits",)),),
)
TABLES = (PEOPLE, VISITS, GIFTS)


def delivered(
    files: Mapping[str, str | bytes], known: Mapping[str, set[str]] | None = None
) -> Checked:
    """What is found in these files; text is written as UTF-8."""
    contents = {n: c.encode() if isinstance(c, str) else c for n, c in files.items()}
    return check(read_files(contents, TABLES), TABLES, known or {}, TODAY)


def people(content: str | bytes) -> Checked:
    """What is found in this file of people."""
    return delivered({"people.csv": content})


def places(checked: Checked) -> list[tuple[str, int, str]]:
    """Where the faults are: table, line, column."""
    return [(fault.table, fault.line, fault.column) for fault in checked.faults]


def values(checked: Checked, column: str, table: str = "people") -> list[object]:
    """A column's values in the good rows."""
    return [row.values[column] for row in checked.tables[table].rows]


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """An XLSX with these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
