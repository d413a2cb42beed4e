"""Rows that name rows of other tables: is the one they name there, and is it good?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

from portal.core.i18n_markers import N_
from portal.core.tables.results import Fault
from portal.core.tables.spec import Reference, Table
from portal.core.tables.table_rows import ReadRow
from portal.core.tables.wording import say


@dataclass
class Ledger:
    """Which references exist so far: in the database, in good rows, in faulty ones.

    Tables are entered after those they lean on, so that a faulty row carries along those that
    lean on it, and those that lean on these.
    """

    known: Mapping[str, Set[str]]
    unreadable: set[str] = field(default_factory=set)
    good: dict[str, set[str]] = field(default_factory=dict)
    faulty: dict[str, dict[str, int]] = field(default_factory=dict)

    def enter(self, table: Table, rows: Iterable[ReadRow]) -> None:
        """Notes the rows of a table under the reference that names them."""
        good = self.good.setdefault(table.name, set())
        faulty = self.faulty.setdefault(table.name, {})
        for row in rows:
            ref = row.values.get(table.key[0])
            if isinstance(ref, str) and row.faults:
                faulty.setdefault(ref, row.line)
            elif isinstance(ref, str):
                good.add(ref)

    def has(self, table: str, ref: str) -> bool:
        """Whether a row may lean on that one."""
        return ref in self.known.get(table, ()) or ref in self.good.get(table, ())


def check_references(row: ReadRow, table: Table, ledger: Ledger) -> Iterator[Fault]:
    """The faults of a row's references."""
    for reference in table.references:
        ref = row.values.get(reference.column)
        if isinstance(ref, str) and not any(ledger.has(name, ref) for name in reference.tables):
            yield _why_missing(row, reference, ref, ledger)


def _why_missing(row: ReadRow, reference: Reference, ref: str, ledger: Ledger) -> Fault:
    for name in reference.tables:
        if line := ledger.faulty.get(name, {}).get(ref):
            words = N_("depends on a faulty row: %(table)s, line %(line)s")
            return row.fault(reference.column, say(words, table=name, line=line), (name, line))
    for name in reference.tables:
        if name in ledger.unreadable:
            words = N_("depends on the table %(table)s, which could not be read")
            return row.fault(reference.column, say(words, table=name), (name, 1))
    words = N_("is not known, neither in %(tables)s of this delivery nor in the portal")
    return row.fault(reference.column, say(words, tables=", ".join(reference.tables)))
