"""A delivery: the files of a folder or of a form, and the tables found in them.

A table is a file of its name (`children.csv`, `Children.XLSX`) or a sheet of its name in any
workbook. Never raises for what the files are: every trouble is a fault, in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO, TypeAlias

from portal.core.i18n_markers import N_
from portal.core.tables.archives import is_workbook, refuse_foreign
from portal.core.tables.delimited import rows_of
from portal.core.tables.encoding import decode
from portal.core.tables.limits import MAX_FILE_BYTES, at_most_rows, too_large
from portal.core.tables.results import Batch, Fault, Notice, RawRow, RawTable, by_place, shown
from portal.core.tables.spec import Table
from portal.core.tables.wording import Sentence, TableUnreadable, say
from portal.core.tables.workbooks import sheet_names, sheet_rows

Content: TypeAlias = bytes | BinaryIO
_DELIMITED = frozenset({".csv", ".tsv", ".txt"})
_WORKBOOKS = frozenset({".xlsx", ".xlsm"})
_READ_WHEN_NAMED = _DELIMITED | {".xls", ".ods"}
_BEGINNING = 2_000
_ZEROS_IN = 20
_NOISE = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    read: Callable[[], bytes]

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem.strip().casefold()

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix.strip().casefold()


def read_folder(folder: Path, tables: Sequence[Table]) -> Batch:
    """The tables found in a folder (its subfolders are not looked into)."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return _refused(say(N_("there is no folder %(folder)s"), folder=shown(str(folder))))
    return _Reading(tables).take(_File(path.name, _reader_of(path)) for path in entries)


def read_files(files: Mapping[str, Content], tables: Sequence[Table]) -> Batch:
    """The tables found in files handed over by name: bytes, or streams open for reading."""
    return _Reading(tables).take(
        _File(PurePosixPath(name.replace("\\", "/")).name, _content_of(content))
        for name, content in files.items()
    )


def _reader_of(path: Path) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                raise too_large()
            return path.read_bytes()
        except OSError:
            raise TableUnreadable(say(N_("the file cannot be opened"))) from None

    return read


def _content_of(content: Content) -> Callable[[], bytes]:
    def read() -> bytes:
        data = content if isinstance(content, bytes) else content.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise too_large()
        return data

    return read


def _refused(problem: Sentence) -> Batch:
    return Batch({}, frozenset(), (Fault("", 1, "", "", problem),), ())


@dataclass
class _Reading:
    """One delivery being read."""

    specs: Sequence[Table]
    found: dict[str, RawTable] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_name = {table.name: table for table in self.specs}

    def take(self, files: Iterable[_File]) -> Batch:
        for file in files:
            if not file.name.startswith((".", "~$")) and file.name.casefold() not in _NOISE:
                self._take_file(file)
        if not self.found and not self.faults:
            return self._nothing_found()
        faults = by_place(self.faults, self.by_name)
        return Batch(self.found, frozenset(self.unreadable), faults, tuple(self.notices))

    def _nothing_found(self) -> Batch:
        words = N_("no table was found: files or sheets must be called %(names)s")
        refused = _refused(say(words, names=", ".join(self.by_name)))
        return Batch({}, frozenset(), refused.faults, tuple(self.notices))

    def _take_file(self, file: _File) -> None:
        named = file.stem in self.by_name
        try:
            if file.suffix in _WORKBOOKS or (named and file.suffix in _READ_WHEN_NAMED):
                self._take_content(file, file.read())
            else:
                self._unknown(file)
        except TableUnreadable as error:
            self._lost(file.stem, error, file.name)

    def _unknown(self, file: _File) -> None:
        words = N_("the file %(file)s is no table known here and was not read")
        self.notices.append(Notice("", say(words, file=shown(file.name))))

    def _take_content(self, file: _File, data: bytes) -> None:
        if is_workbook(data):
            self._take_sheets(file, data)
        elif file.suffix not in _DELIMITED:
            refuse_foreign(data)
            raise TableUnreadable(say(N_("this is not a workbook, or it is damaged")))
        else:
            refuse_foreign(data)
            self._take_table(file.stem, file.name, _rows_of_text(data, self.by_name[file.stem]))

    def _take_sheets(self, file: _File, data: bytes) -> None:
        names = sheet_names(data)
        wanted = {name.strip().casefold(): name for name in names}
        tables = [table for table in wanted if table in self.by_name]
        if file.stem in self.by_name and file.stem not in tables:
            if len(names) != 1 or tables:
                raise TableUnreadable(_wrong_sheets(file.stem, names))
            wanted, tables = {file.stem: names[0]}, [file.stem]
        if not tables:
            self._unknown(file)
        for table in tables:
            try:
                self._take_table(table, file.name, sheet_rows(data, wanted[table]))
            except TableUnreadable as error:
                self._lost(table, error, file.name)

    def _take_table(self, name: str, source: str, rows: Iterable[RawRow]) -> None:
        if name in self.found or name in self.unreadable:
            self.found.pop(name, None)
            words = N_("the table was delivered twice; the second time in %(file)s")
            raise TableUnreadable(say(words, file=shown(source)))
        taken = at_most_rows(rows)
        if not taken:
            raise TableUnreadable(say(N_("the file or sheet is empty")))
        self.found[name] = RawTable(name, source, taken[0], taken[1:])

    def _lost(self, table: str, error: TableUnreadable, source: str) -> None:
        self.unreadable.add(table)
        self.faults.append(Fault(table, error.line, "", shown(source), error.problem))


def _rows_of_text(data: bytes, table: Table) -> Iterable[RawRow]:
    """The rows of a delimited file; raises TableUnreadable when it is no text."""
    text = decode(data)
    beginning = text[:_BEGINNING]
    if beginning.count("\0") * _ZEROS_IN > len(beginning):
        raise TableUnreadable(
            say(N_("this is not a text file; save the table as CSV (UTF-8) or XLSX"))
        )
    return rows_of(text, table.column_names)


def _wrong_sheets(table: str, names: Sequence[str]) -> Sentence:
    words = N_("no sheet is called %(table)s; the workbook has: %(names)s")
    return say(words, table=table, names=", ".join(shown(name) for name in names))
