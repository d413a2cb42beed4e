"""From a delivery to good rows and faults: header, values, rows, keys, references."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date
from graphlib import TopologicalSorter

from portal.core.tables.header import read_header
from portal.core.tables.references import Ledger, check_references
from portal.core.tables.results import (
    Batch,
    Checked,
    CheckedTable,
    Fault,
    Notice,
    RawTable,
    Row,
    by_place,
)
from portal.core.tables.spec import Table
from portal.core.tables.table_rows import ReadRow, read_rows


def check(
    batch: Batch,
    tables: Sequence[Table],
    known: Mapping[str, Set[str]],
    today: date,
) -> Checked:
    """Checks a delivery against the tables' descriptions.

    ``known`` holds, by table, the references the database already has. A row that leans on a
    faulty row of the delivery, not already known, is faulty too and says on which one it leans.
    """
    faults: list[Fault] = list(batch.faults)
    notices: list[Notice] = list(batch.notices)
    ledger = Ledger(known, set(batch.unreadable))
    checked: dict[str, CheckedTable] = {}
    for table in in_writing_order(tables):
        if raw := batch.tables.get(table.name):
            checked[table.name] = _check_table(raw, table, today, ledger, faults, notices)
    order = [table.name for table in tables]
    return Checked(checked, by_place(faults, order), tuple(notices))


def in_writing_order(tables: Sequence[Table]) -> list[Table]:
    """The tables with those that others refer to first."""
    by_name = {table.name: table for table in tables}
    leans = {
        table.name: [n for r in table.references for n in r.tables if n in by_name]
        for table in tables
    }
    return [by_name[name] for name in TopologicalSorter(leans).static_order()]


def _check_table(
    raw: RawTable,
    table: Table,
    today: date,
    ledger: Ledger,
    faults: list[Fault],
    notices: list[Notice],
) -> CheckedTable:
    header = read_header(raw, table)
    faults.extend(header.faults)
    notices.extend(header.notices)
    if header.faults:
        ledger.unreadable.add(table.name)
        return CheckedTable(table.name, (), frozenset(row.line for row in raw.rows))
    rows = read_rows(raw, table, header, today)
    for row in rows:
        row.faults.extend(check_references(row, table, ledger))
        faults.extend(row.faults)
    ledger.enter(table, rows)
    return _sorted_out(table, rows)


def _sorted_out(table: Table, rows: list[ReadRow]) -> CheckedTable:
    good = tuple(Row(row.line, row.values) for row in rows if not row.faults)
    return CheckedTable(table.name, good, frozenset(row.line for row in rows if row.faults))
