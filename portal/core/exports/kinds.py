"""What can be taken out of the house: each feature says its kinds of file, the page shows them all.

A feature registers its kinds in its ``wiring``. A kind is one or more sheets of typed columns, and is
written as CSV or XLSX; or it writes itself (the FEC, an archive of papers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from portal.core.money import Money
from portal.core.roles import Role
from portal.core.spreadsheets import Column, Row

Progress = Callable[[int, int], None]
"""``told(done, total)``: how many rows (or papers) are written, of how many."""


class ExportRefused(Exception):
    """The file cannot be made; ``reasons`` say why, in words."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class UnknownKind(LookupError):
    """There is no file of that kind, or not in that format."""


@dataclass(frozen=True, slots=True)
class Sums:
    """How many rows a sheet has, and what the columns of amounts named here come to."""

    rows: int
    amounts: Mapping[str, Money] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of an export. ``rows`` reads it anew at each call, a row at a time.

    ``sums`` asks the database without reading the rows: what the preview announces, and what the
    written rows must come to.
    """

    name: str
    columns: Sequence[Column]
    rows: Callable[[], Iterable[Row]]
    sums: Callable[[], Sums]


@dataclass(frozen=True, slots=True)
class Written:
    """What a kind that writes itself wrote: of each part its name, rows and sums."""

    contents: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class ExportKind:
    """A kind of file, by tax or financial year.

    ``label`` and ``about`` are English msgids. ``sheets(year)`` may raise ExportRefused. ``text(year)``
    explains the file in French and goes with it. ``write(year, file_format, target, progress)`` writes it
    when it is more than its sheets. ``stored``: the bytes are kept; else the file is made again out of
    papers that are kept, by ``again(year, contents, target)`` as it was then, and compared. ``warnings`` are said before it is made. ``stem(year)`` is the
    file's name without its ending, in French (docs/rules/exports.md): whoever opens it may not know the portal.
    """

    code: str
    label: str
    about: str
    icon: str
    sheets: Callable[[int], Sequence[Sheet]]
    years: Callable[[], Sequence[int]]
    roles: frozenset[Role] = frozenset({Role.ACCOUNTANT})
    formats: tuple[str, ...] = ("csv", "xlsx")
    order: int = 50
    stem: Callable[[int], str] | None = None
    text: Callable[[int], str] | None = None
    write: Callable[[int, str, IO[bytes], Progress], Written] | None = None
    again: Callable[[int, Sequence[Mapping[str, Any]], IO[bytes]], None] | None = None
    stored: bool = True
    warnings: Callable[[int], Sequence[str]] | None = None

    def name_of(self, year: int) -> str:
        """The file's name without its ending."""
        return self.stem(year) if self.stem else f"{self.code}-{year}"


_KINDS: dict[str, ExportKind] = {}


def register_export(*kinds: ExportKind) -> None:
    """Add kinds, or replace those of the same code."""
    for kind in kinds:
        _KINDS[kind.code] = kind


def export_kinds(roles: frozenset[Role] | None = None) -> list[ExportKind]:
    """The kinds these roles may take (all without roles), in their order."""
    known = sorted(_KINDS.values(), key=lambda kind: (kind.order, kind.code))
    if roles is None or Role.ADMINISTRATOR in roles:
        return known
    return [kind for kind in known if kind.roles & roles]


def kind_of(code: str, file_format: str | None = None) -> ExportKind:
    """The kind of that code.

    :raises UnknownKind: also when it is not written in ``file_format``.
    """
    kind = _KINDS.get(code)
    if kind is None or (file_format is not None and file_format not in kind.formats):
        raise UnknownKind(f"there is no {code} {file_format or ''}".strip())
    return kind
