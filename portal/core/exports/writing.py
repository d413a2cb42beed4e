"""A kind of export as the bytes of a file: its sheets as CSV, several of them in a ZIP, or as XLSX."""

from __future__ import annotations

import zipfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import IO, Any, Final

from flask_babel import gettext as _

from portal.core.exports.kinds import ExportKind, ExportRefused, Progress, Sheet, Sums
from portal.core.money import Money
from portal.core.spreadsheets import Cell, Column, Row, Table, csv_chunks, write_workbook

MEDIA: Final[Mapping[str, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
READ_ME: Final = "LISEZMOI.txt"
PREVIEWED: Final = 20
_TRIES: Final = 3
_TELL_EVERY: Final = 2_000
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a sheet, and how much there is of it in all."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    sums: Sums


def preview(kind: ExportKind, year: int) -> list[Preview]:
    """The first rows of each sheet, with its count and sums.

    :raises ExportRefused: when the file cannot be made.
    """
    return [
        Preview(sheet.name, sheet.columns, _first(sheet.rows()), sheet.sums())
        for sheet in kind.sheets(year)
    ]


def _first(rows: Iterable[Row]) -> list[Row]:
    reading = iter(rows)
    first = list(islice(reading, PREVIEWED))
    if isinstance(reading, Generator):
        reading.close()
    return first


def file_of(kind: ExportKind, year: int, file_format: str) -> tuple[str, str]:
    """The file's name and media type."""
    ending = "zip" if file_format == "csv" and kind.text else file_format
    return f"{kind.name_of(year)}.{ending}", MEDIA[ending]


def write(
    kind: ExportKind, year: int, file_format: str, target: IO[bytes], told: Progress
) -> list[dict[str, Any]]:
    """Write the file; gives what is in it, sheet by sheet: name, rows, sums in cents.

    Nothing in the bytes tells when they were made: the same rows give the same file.

    :raises ExportRefused: also when the rows do not come to the sums the database gives.
    """
    if kind.write is not None:
        return [dict(part) for part in kind.write(year, file_format, target, told).contents]
    read = [_read(sheet) for sheet in kind.sheets(year)]
    passing = _Passing(sum(len(each.rows) for each in read), told)
    tables = [
        Table(each.sheet.name, each.sheet.columns, passing.through(each.rows)) for each in read
    ]
    note = kind.text(year) if kind.text else ""
    if file_format == "xlsx":
        target.write(write_workbook(kind.name_of(year), tables, note))
    elif note:
        _write_zip(target, year, tables, note)
    else:
        for chunk in csv_chunks(tables[0].columns, tables[0].rows):
            target.write(chunk)
    return [told_of(each.sheet.name, each.sums) for each in read]


def told_of(name: str, sums: Sums) -> dict[str, Any]:
    """A part of an export as it is kept: its name, its rows, its sums in cents of euro."""
    amounts = {column: amount.minor for column, amount in sums.amounts.items()}
    return {"name": name, "rows": sums.rows, "sums": amounts}


@dataclass(frozen=True, slots=True)
class _Read:
    sheet: Sheet
    rows: Sequence[Row]
    sums: Sums


def _read(sheet: Sheet) -> _Read:
    """The rows, once they come to what the database says: something may be booked in between."""
    for _try in range(_TRIES):
        wanted, rows = sheet.sums(), list(sheet.rows())
        found = sums_of(sheet.columns, rows, wanted.amounts)
        if found == wanted:
            return _Read(sheet, rows, wanted)
    raise ExportRefused(
        _("The rows of “%(name)s” do not come to the sums of the database.", name=sheet.name)
    )


def sums_of(columns: Sequence[Column], rows: Iterable[Row], names: Iterable[str]) -> Sums:
    """What the rows come to in euros, column by column."""
    places = {column.name: place for place, column in enumerate(columns)}
    sums = dict.fromkeys(names, 0)
    count = 0
    for row in rows:
        count += 1
        for name in sums:
            sums[name] += _cents(row[places[name]])
    return Sums(count, {name: Money(minor) for name, minor in sums.items()})


def _cents(cell: Cell) -> int:
    if cell is None:
        return 0
    if isinstance(cell, Money):
        return cell.minor if cell.currency == "EUR" else 0
    if isinstance(cell, Decimal):
        return Money.from_decimal(cell).minor
    raise TypeError(f"{type(cell).__name__} is not an amount")


class _Passing:
    """Counts the rows that are written, and tells now and then."""

    def __init__(self, total: int, told: Progress) -> None:
        self.done, self.total, self.told = 0, total, told

    def through(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            if self.done % _TELL_EVERY == 0:
                self.told(self.done, self.total)
            self.done += 1
            yield row


def _write_zip(target: IO[bytes], year: int, tables: Sequence[Table], note: str) -> None:
    with zipfile.ZipFile(target, "w") as bundle:
        read_me = _BOM + "\r\n".join(note.splitlines()).encode() + b"\r\n"
        bundle.writestr(member(READ_ME, year), read_me)
        for table in tables:
            data = b"".join(csv_chunks(table.columns, table.rows))
            bundle.writestr(member(f"{table.title}.csv", year), data)


def member(name: str, year: int) -> zipfile.ZipInfo:
    """A member of an archive, dated on the last day of the year: the same bytes each time."""
    info = zipfile.ZipInfo(name, (year, 12, 31, 0, 0, 0))
    info.external_attr = 0o644 << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    return info
