"""What comes out of reading and checking tables: rows, faults, notices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from portal.core.tables.wording import Sentence

UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd-\uffff]")
"""Control characters, bytes that belong to no letter, and the mark of a lost letter."""

_SHOWN = 200


def shown(value: str) -> str:
    """A value fit for a screen or a terminal: unreadable characters as codes, cut at 200."""
    plain = UNREADABLE.sub(_as_code, value)
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"


def _as_code(found: re.Match[str]) -> str:
    place = ord(found[0])
    return f"\\x{place & 0xFF if 0xDC80 <= place <= 0xDCFF else place:02x}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that keeps a row, or a whole table, from being imported.

    ``line`` is the physical line in the file or the row in the sheet, the header being line 1;
    a fault of the whole file stands at line 1 with an empty column. ``depends_on`` is set when
    the row itself is right and only leans on a faulty one: that one's table and line.
    """

    table: str
    line: int
    column: str
    value: str
    problem: Sentence
    depends_on: tuple[str, int] | None = None

    def as_json(self) -> dict[str, object]:
        """The fault as `--json` prints it, in English."""
        return {
            "table": self.table,
            "line": self.line,
            "column": self.column,
            "value": self.value,
            "problem": self.problem.text(),
        }


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth knowing that stops nothing (an unknown column, an unknown file)."""

    table: str
    message: Sentence


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as it stands in the file: its cells as text, and what went wrong in taking it out.

    ``troubles`` maps a cell's place (from 0) to its trouble; the place -1 is the row as a whole.
    """

    line: int
    cells: list[str]
    troubles: Mapping[int, Sentence] = field(default_factory=dict, hash=False)

    @property
    def blank(self) -> bool:
        return not self.troubles and not any(self.cells)


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as it stands in a file or sheet, before its values are understood."""

    name: str
    source: str
    header: RawRow
    rows: list[RawRow]


@dataclass(frozen=True)
class Batch:
    """What was delivered: the tables that could be taken out, and what could not."""

    tables: Mapping[str, RawTable]
    unreadable: frozenset[str]
    faults: tuple[Fault, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row whose every value is understood.

    Values are ``date`` (a month is its first day), ``Decimal``, ``int``, ``bool``, ``str`` (or
    the code's own enum), a tuple of words, or None where the cell is empty or the column absent.
    """

    line: int
    values: Mapping[str, object] = field(hash=False)


@dataclass(frozen=True, slots=True)
class CheckedTable:
    """A table after the check: its good rows, and the lines of those that are not."""

    name: str
    rows: tuple[Row, ...]
    faulty: frozenset[int]

    @property
    def total(self) -> int:
        """How many rows the file holds, blank ones aside."""
        return len(self.rows) + len(self.faulty)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a delivery is worth. ``tables`` come in the order in which to write them."""

    tables: Mapping[str, CheckedTable]
    faults: tuple[Fault, ...]
    notices: tuple[Notice, ...]

    @property
    def sound(self) -> bool:
        """Whether everything may be imported as it is."""
        return not self.faults

    def without_bad(self) -> dict[str, tuple[Row, ...]]:
        """The rows that may be imported once the faulty and their dependents are left out."""
        return {name: table.rows for name, table in self.tables.items()}


def by_place(faults: Iterable[Fault], order: Iterable[str]) -> tuple[Fault, ...]:
    """Faults in the order of the tables, then of the lines."""
    places = {name: place for place, name in enumerate(order)}
    return tuple(sorted(faults, key=lambda f: (places.get(f.table, -1), f.line)))
