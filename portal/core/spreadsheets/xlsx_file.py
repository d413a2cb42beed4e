"""XLSX with typed cells; the same rows give the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, cast
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from portal.core.spreadsheets.columns import (
    Column,
    Kind,
    Ready,
    Row,
    SpreadsheetError,
    ready_rows,
)
from portal.core.spreadsheets.text import looks_like_formula, printable

MAX_ROWS: Final = 1_048_575
NOTE: Final = "Lisez-moi"
_MAX_TEXT: Final = 32_767
_MAX_DIGITS: Final = 15
_FIRST_DAY: Final = date(1900, 3, 1)
_WIDTHS: Final[dict[Kind, int]] = {
    "text": 28,
    "date": 12,
    "datetime": 20,
    "amount": 14,
    "integer": 12,
    "year": 12,
    "yes_no": 8,
}
_FORMATS: Final[dict[Kind, str]] = {
    "date": "dd/mm/yyyy",
    "datetime": "dd/mm/yyyy hh:mm:ss",
    "amount": "#,##0.00",
    "integer": "0",
    "year": "0",
}
_NOT_IN_A_TITLE: Final = re.compile(r"[\[\]:*?/\\]")
_SAME_DAY: Final = (1980, 1, 1, 0, 0, 0)
_CORE: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    "<cp:coreProperties "
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<dc:title>{title}</dc:title><dc:creator>Sourire</dc:creator>"
    '<dcterms:created xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:modified>'
    "</cp:coreProperties>"
)


class TooManyRows(SpreadsheetError):
    """More rows than a sheet holds (1 048 575 under the header)."""


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet of a workbook: its title, its columns, the rows below them."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Row]


def write_xlsx(title: str, columns: Sequence[Column], rows: Iterable[Row]) -> bytes:
    """A workbook of one sheet named ``title``; see :func:`write_workbook`."""
    return write_workbook(title, [Table(title, columns, rows)])


def write_workbook(title: str, tables: Sequence[Table], note: str = "") -> bytes:
    """A workbook of several sheets: bold headers that stay in view, typed cells.

    Text is always text, whatever it looks like; what Excel cannot hold as a number or a day
    (over 15 digits, before March 1900) is written as text, and a text over 32 767 characters
    is cut with « … ». Nothing in the file tells when it was made. ``note`` explains the workbook on
    a sheet of its own, the first, a line a row.

    :raises WrongRow: :raises WrongCell: :raises TooManyRows:
    """
    book = Workbook(write_only=True)
    try:
        if note:
            _note(cast(Worksheet, book.create_sheet(NOTE)), note)
        for table in tables:
            sheet = cast(Worksheet, book.create_sheet(_sheet_title(table.title)))
            _fill(sheet, table.columns, table.rows)
    except BaseException:
        book.save(io.BytesIO())  # closes the sheets and removes their temporary files
        raise
    raw = io.BytesIO()
    book.save(raw)
    return _without_time(raw.getvalue(), title)


def _note(sheet: Worksheet, note: str) -> None:
    sheet.column_dimensions["A"].width = 110
    for line in note.splitlines():
        cell = _text_cell(sheet, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append([cell])


def _fill(sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Row]) -> None:
    _lay_out(sheet, columns)
    sheet.append([_header(sheet, column.name) for column in columns])
    for number, row in enumerate(ready_rows(columns, rows), start=1):
        if number > MAX_ROWS:
            raise TooManyRows(f"more than {MAX_ROWS} rows")
        sheet.append(
            [_cell(sheet, value, column) for column, value in zip(columns, row, strict=True)]
        )


def _sheet_title(title: str) -> str:
    clean = _NOT_IN_A_TITLE.sub(" ", " ".join(printable(title).split())).strip(" '")
    return clean[:31].rstrip(" '") or "Export"


def _lay_out(sheet: Worksheet, columns: Sequence[Column]) -> None:
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, start=1):
        width = max(_WIDTHS[column.kind], min(len(column.name) + 3, 60))
        sheet.column_dimensions[get_column_letter(place)].width = width


def _header(sheet: Worksheet, name: str) -> SheetCell:
    cell = _text_cell(sheet, name)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Worksheet, value: Ready, column: Column) -> SheetCell | None:
    if value is None or (isinstance(value, str) and not printable(value)):
        return None
    if isinstance(value, str) or not _held_by_excel(value):
        return _text_cell(sheet, str(value))
    cell = WriteOnlyCell(sheet)
    cell.value = value
    cell.number_format = _FORMATS[column.kind]
    return cell


def _held_by_excel(value: int | Decimal | date | datetime) -> bool:
    if isinstance(value, datetime):
        return value.date() >= _FIRST_DAY
    if isinstance(value, date):
        return value >= _FIRST_DAY
    digits = Decimal(value).as_tuple().digits
    return len(digits) <= _MAX_DIGITS


def _text_cell(sheet: Worksheet, text: str) -> SheetCell:
    clean = printable(text)
    if len(clean) > _MAX_TEXT:
        clean = clean[: _MAX_TEXT - 1] + "…"
    cell = WriteOnlyCell(sheet, value=clean)
    cell.data_type = "s"
    if looks_like_formula(clean):
        cell.quotePrefix = True
    return cell


def _without_time(workbook: bytes, title: str) -> bytes:
    """The same archive, its members stamped with one fixed day and its properties fixed."""
    core = _CORE.format(title=escape(printable(title))).encode()
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as made,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as fixed,
    ):
        for name in made.namelist():
            member = zipfile.ZipInfo(name, _SAME_DAY)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            fixed.writestr(member, core if name == "docProps/core.xml" else made.read(name))
    return result.getvalue()
