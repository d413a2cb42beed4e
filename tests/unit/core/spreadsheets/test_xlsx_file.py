"""XLSX: typed cells, no formula ever, the same bytes for the same rows."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal.core.money import Money
from portal.core.spreadsheets import Column, Row, TooManyRows, WrongCell, write_xlsx, xlsx_file

COLUMNS = [
    Column("Donateur"),
    Column("Reçu le", "date"),
    Column("Enregistré", "datetime"),
    Column("Montant", "amount"),
    Column("Dons", "integer"),
    Column("Reçu fiscal", "yes_no"),
]
ROW: Row = [
    "Élodie",
    date(2026, 1, 5),
    datetime(2026, 6, 30, 22, 30, 15, tzinfo=UTC),
    Money(-123_450),
    7,
    False,
]


def sheet_of(data: bytes) -> Any:
    return load_workbook(io.BytesIO(data)).active


def one_text(text: str) -> Any:
    return sheet_of(write_xlsx("Notes", [Column("Note"), Column("Fin")], [[text, "fin"]]))["A2"]


def test_every_cell_has_its_type() -> None:
    sheet = sheet_of(write_xlsx("Dons 2026", COLUMNS, [ROW]))
    cells = sheet[2]

    assert [cell.value for cell in cells] == [
        "Élodie",
        datetime(2026, 1, 5),  # noqa: DTZ001
        datetime(2026, 7, 1, 0, 30, 15),  # noqa: DTZ001
        -1234.5,
        7,
        "non",
    ]
    assert [cell.data_type for cell in cells] == ["s", "d", "d", "n", "n", "s"]
    assert cells[3].number_format == "#,##0.00"
    assert cells[1].number_format == "dd/mm/yyyy"


def test_the_header_is_bold_and_stays_in_view() -> None:
    sheet = sheet_of(write_xlsx("Dons 2026", COLUMNS, [ROW]))

    assert sheet.title == "Dons 2026"
    assert sheet.freeze_panes == "A2"
    assert all(cell.font.b for cell in sheet[1])
    assert sheet.column_dimensions["A"].width == 28


def test_the_same_rows_give_the_same_bytes_a_year_later() -> None:
    with time_machine.travel(datetime(2026, 1, 5, 9, 0, tzinfo=UTC)):
        first = write_xlsx("Dons", COLUMNS, [ROW])
    with time_machine.travel(datetime(2027, 3, 1, 17, 30, tzinfo=UTC)):
        again = write_xlsx("Dons", COLUMNS, [ROW])

    assert again == first


def test_nothing_in_the_file_tells_when_it_was_made() -> None:
    with zipfile.ZipFile(io.BytesIO(write_xlsx("Dons", COLUMNS, [ROW]))) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        properties = archive.read("docProps/core.xml").decode()

    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", properties)) == {"2000-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@A1", "＝1", "#N/A", "=", "{=1}", "1", "TRUE"]
)
def test_text_is_text_whatever_it_looks_like(text: str) -> None:
    cell = one_text(text)

    assert (cell.data_type, cell.value) == ("s", text)


def test_text_that_might_run_keeps_its_quote_when_edited() -> None:
    assert one_text("=1+1").quotePrefix
    assert not one_text("Zoé").quotePrefix


def test_a_header_is_no_way_in_either() -> None:
    assert sheet_of(write_xlsx("Notes", [Column("=1+1")], []))["A1"].data_type == "s"


def test_characters_a_sheet_cannot_hold_are_left_out() -> None:
    assert one_text("a\x00b\x0bc\ud800d\uffffe").value == "abcde"


def test_a_very_long_text_is_cut_and_says_so() -> None:
    value = one_text("é" * 40_000).value

    assert len(value) == 32_767
    assert value.endswith("é…")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30) | st.text(alphabet="=+-@\t＝＋－＠#a1", min_size=1, max_size=5))
def test_no_text_comes_back_as_a_formula(text: str) -> None:
    data = write_xlsx(text, [Column("Note"), Column("Fin")], [[text, "fin"]])
    sheet = sheet_of(data)

    assert sheet["A2"].value is None or sheet["A2"].data_type == "s"
    assert sheet["B2"].value == "fin"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@settings(max_examples=40, deadline=None)
@given(st.integers(-(10**13), 10**13))
def test_amounts_come_back_to_the_cent(minor: int) -> None:
    cell = sheet_of(write_xlsx("Dons", [Column("Montant", "amount")], [[Money(minor)]]))["A2"]

    assert round(Decimal(str(cell.value)), 2) == Money(minor).decimal


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        ("integer", 1234567890123456789, "1234567890123456789"),
        ("date", date(1850, 2, 3), "1850-02-03"),
        ("amount", Decimal("99999999999999999.99"), "99999999999999999.99"),
    ],
)
def test_what_excel_would_distort_is_written_as_text(kind: Any, value: Any, written: str) -> None:
    cell = sheet_of(write_xlsx("Dons", [Column("Valeur", kind)], [[value]]))["A2"]

    assert (cell.data_type, cell.value) == ("s", written)


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Dons: 2026/2027 [tous]", "Dons  2026 2027  tous"),
        ("", "Export"),
        ("x" * 40, "x" * 31),
        ("'Dons'", "Dons"),
    ],
)
def test_the_sheet_s_name_is_one_excel_takes(title: str, named: str) -> None:
    assert sheet_of(write_xlsx(title, [Column("Note")], [])).title == named


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "MAX_ROWS", 2)

    with pytest.raises(TooManyRows):
        write_xlsx("Dons", [Column("Note")], [["a"], ["b"], ["c"]])


def test_a_value_of_the_wrong_kind_is_refused_with_its_place() -> None:
    with pytest.raises(WrongCell, match="row 1, column 'Montant'"):
        write_xlsx("Dons", [Column("Montant", "amount")], [[47]])


def test_an_export_that_fails_leaves_no_file_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with pytest.raises(WrongCell):
        write_xlsx("Dons", [Column("Note")], [["un"], [2]])

    assert list(tmp_path.iterdir()) == []
