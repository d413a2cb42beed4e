"""Rows out of an XLSX workbook: typed cells become the text a CSV would hold."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import zip_longest
from typing import Any, TypeAlias

import openpyxl
from openpyxl.cell.read_only import EMPTY_CELL, EmptyCell, ReadOnlyCell
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from portal.core.i18n_markers import N_
from portal.core.tables.archives import check_archive
from portal.core.tables.cells import clean
from portal.core.tables.limits import at_most_rows
from portal.core.tables.results import RawRow
from portal.core.tables.wording import Sentence, TableUnreadable, say

_Cell: TypeAlias = ReadOnlyCell | EmptyCell
MOST_COLUMNS = 100
LAST_SHEET_ROW = 1_048_576
_WHOLE_BELOW = 1e15
_FORMULA = (b"<f>", b"<f ", b"<f/", b":f>", b":f ")
_CHUNK = 1 << 20


@contextmanager
def _damage_is_said() -> Iterator[None]:
    """Whatever a damaged workbook makes the library raise becomes one sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except TableUnreadable:
        raise
    except Exception as error:
        problem = say(N_("this is not a workbook, or it is damaged"))
        raise TableUnreadable(problem) from error


def sheet_names(data: bytes) -> tuple[str, ...]:
    """The names of the sheets that hold cells; raises TableUnreadable."""
    check_archive(data)
    with _damage_is_said():
        book = _opened(data, values=True)
        return tuple(sheet.title for sheet in book.worksheets)


def sheet_rows(data: bytes, name: str) -> list[RawRow]:
    """The rows of one sheet, blank ones left out; raises TableUnreadable.

    A formula gives the value last computed; a formula that was never computed is a trouble of
    its cell, and so is a cell that shows an error.
    """
    check_archive(data)
    with _damage_is_said():
        sheet = _opened(data, values=True)[name]
        formulas: ReadOnlyWorksheet | None = None
        if _has_formulas(data):
            formulas = _opened(data, values=False)[name]
        return at_most_rows(_rows(sheet, formulas))


def _opened(data: bytes, *, values: bool) -> Any:
    return openpyxl.load_workbook(
        io.BytesIO(data), read_only=True, data_only=values, keep_links=False
    )


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/")]
        return any(_mentions_formula(archive, name) for name in sheets)


def _mentions_formula(archive: zipfile.ZipFile, name: str) -> bool:
    tail = b""
    with archive.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            window = tail + chunk
            if any(mark in window for mark in _FORMULA):
                return True
            tail = chunk[-2:]
    return False


def _rows(sheet: Any, formulas: Any) -> Iterator[RawRow]:
    previous: object = None
    both = zip_longest(_cells(sheet), _cells(formulas) if formulas else (), fillvalue=())
    for line, (cells, written) in enumerate(both, 1):
        if line > LAST_SHEET_ROW:
            raise TableUnreadable(say(N_("the sheet has more rows than a sheet can have")), line)
        if cells is not previous:  # rows the sheet leaves out come as one and the same row
            yield _row(line, cells, written)
        previous = cells


def _cells(sheet: Any) -> Iterator[tuple[_Cell, ...]]:
    sheet.reset_dimensions()
    rows: Iterator[tuple[_Cell, ...]] = sheet.iter_rows(max_col=MOST_COLUMNS + 1)
    return rows


def _row(line: int, cells: tuple[_Cell, ...], written: tuple[_Cell, ...]) -> RawRow:
    texts: list[str] = []
    troubles: dict[int, Sentence] = {}
    for place, cell in enumerate(cells):
        if cell is EMPTY_CELL:
            continue
        text, trouble = _text(cell.value), _trouble(cell, written, place)
        if text or trouble:
            texts += [""] * (place - len(texts)) + [text]
        if trouble:
            troubles[place] = trouble
    if len(texts) > MOST_COLUMNS:
        problem = say(N_("the sheet has more than %(most)s columns"), most=MOST_COLUMNS)
        raise TableUnreadable(problem, line)
    return RawRow(line, texts, troubles)


def _trouble(cell: _Cell, written: tuple[_Cell, ...], place: int) -> Sentence | None:
    if cell.data_type == "e":
        return say(N_("the cell shows an error"))
    computed = cell.value is not None or cell.data_type == "str"
    if not computed and place < len(written) and written[place].data_type == "f":
        return say(N_("the cell holds a formula that was never computed: save it in Excel first"))
    return None


def _text(value: object) -> str:
    """A typed cell as a CSV would hold it: 3.0 is ``3``, a date is ISO, true is ``yes``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return clean(str(value))


def _number(value: float) -> str:
    """As Excel shows it: fifteen significant digits, so 0.1 + 0.2 is 0.3."""
    if value.is_integer() and abs(value) < _WHOLE_BELOW:
        return str(int(value))
    return format(value, ".15g")
