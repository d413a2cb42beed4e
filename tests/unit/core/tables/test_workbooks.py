"""Workbooks: typed cells, sheets, formulas, and archives made to hurt."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from portal.core.tables.workbooks import sheet_rows
from tests.unit.core.tables.toy import delivered, places, values, workbook

HEADER = ["person_ref", "name", "born_on", "here", "amount"]


def _people(*rows: list[Any]) -> bytes:
    return workbook({"people": [HEADER, *rows]})


def _part(content: bytes, name: str, change: tuple[bytes, bytes]) -> bytes:
    """The workbook with something replaced in one of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.namelist():
            data = old.read(entry)
            if entry == name:
                assert change[0] in data
                data = data.replace(*change)
            new.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (3.0, "3"),
        (47.5, "47.5"),
        (0.1 + 0.2, "0.3"),
        (7329829320, "7329829320"),
        (True, "yes"),
        (False, "no"),
        (date(2025, 3, 4), "2025-03-04"),
        (datetime(2025, 3, 4), "2025-03-04"),  # noqa: DTZ001 - a cell has no zone
        (datetime(2025, 3, 4, 10, 30), "2025-03-04 10:30:00"),  # noqa: DTZ001
        (" Anna\u00a0", "Anna"),
        (None, ""),
    ],
)
def test_a_typed_cell_reads_as_a_csv_would_say_it(cell: object, text: str) -> None:
    rows = sheet_rows(workbook({"s": [["before", cell, "after"]]}), "s")

    assert rows[0].cells == ["before", text, "after"]


def test_typed_cells_become_values() -> None:
    checked = delivered({"people.xlsx": _people(["P1", "Anna", date(2010, 1, 2), True, 47.5])})

    assert checked.sound
    assert values(checked, "born_on") == [date(2010, 1, 2)]
    assert values(checked, "here") == [True]


def test_a_row_is_known_by_its_place_in_the_sheet() -> None:
    checked = delivered({"people.xlsx": _people([], ["P1", "Anna"], [None, None], ["P2", None])})

    assert places(checked) == [("people", 5, "name")]


def test_one_workbook_may_hold_every_table() -> None:
    content = workbook(
        {
            "Read me": [["hello"]],
            "PEOPLE": [HEADER, ["P1", "Anna"]],
            "visits ": [["visit_ref", "person_ref"], ["V1", "P1"]],
        }
    )

    checked = delivered({"delivery 2026.xlsx": content})

    assert checked.sound
    assert {name: table.total for name, table in checked.tables.items()} == {
        "people": 1,
        "visits": 1,
    }


def test_the_only_sheet_may_have_any_name_but_another_tables() -> None:
    assert delivered({"people.xlsx": workbook({"Feuil1": [HEADER, ["P1", "Anna"]]})}).sound

    checked = delivered({"people.xlsx": workbook({"visits": [HEADER, ["P1", "Anna"]]})})
    assert "no sheet is called people; the workbook has: visits" in str(checked.faults[0].problem)


def test_several_sheets_of_which_none_is_the_table_are_refused() -> None:
    checked = delivered({"people.xlsx": workbook({"a": [HEADER], "b": [HEADER]})})

    assert "no sheet is called people; the workbook has: a, b" in str(checked.faults[0].problem)


def test_a_formula_never_computed_is_a_fault() -> None:
    checked = delivered({"people.xlsx": _people(["P1", "Anna"], ["P2", '="An"&"na"'])})

    assert places(checked) == [("people", 3, "name")]
    assert "formula" in str(checked.faults[0].problem)


@pytest.mark.parametrize(("cached", "name"), [(b"Anna", "Anna"), (b"", None)])
def test_a_formula_gives_the_value_last_computed(cached: bytes, name: str | None) -> None:
    content = workbook({"people": [["person_ref", "name", "note"], ["P1", "x", '="a"']]})
    computed = b'<c r="C2" t="str"><f>"a"</f><v>' + cached + b"</v></c>"
    content = _part(
        content, "xl/worksheets/sheet1.xml", (b'<c r="C2"><f>"a"</f><v></v></c>', computed)
    )

    checked = delivered({"people.xlsx": content})

    assert checked.sound
    assert values(checked, "note") == [name]


def test_a_cell_that_shows_an_error_is_a_fault() -> None:
    checked = delivered({"people.xlsx": _people(["P1", "#N/A"])})

    assert places(checked) == [("people", 2, "name")]
    assert checked.faults[0].value == "#N/A"


def test_a_bomb_is_not_opened() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as entry:
            for _ in range(24):
                entry.write(b" " * 1024 * 1024)

    checked = delivered({"people.xlsx": out.getvalue()})

    assert "far larger inside" in str(checked.faults[0].problem)


def test_an_archive_of_thousands_of_parts_is_not_opened() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(2_100):
            archive.writestr(f"xl/{number}.xml", "")

    assert "far larger inside" in str(delivered({"people.xlsx": out.getvalue()}).faults[0].problem)


def test_xml_that_multiplies_itself_is_refused() -> None:
    laughs = (
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet '
    )
    content = _part(_people(["P1", "x"]), "xl/worksheets/sheet1.xml", (b"<worksheet ", laughs))

    assert "damaged" in str(delivered({"people.xlsx": content}).faults[0].problem)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"content.xml": "", "mimetype": "application/vnd.oasis"}, "OpenDocument"),
        ({"people.csv": "person_ref,name"}, "an archive"),
        ({"xl/workbook.xml": "not xml"}, "damaged"),
    ],
)
def test_other_archives_are_told_apart(names: dict[str, str], words: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in names.items():
            archive.writestr(name, content)

    (fault,) = delivered({"people.xlsx": out.getvalue()}).faults
    assert words in str(fault.problem)


def test_a_row_far_below_does_not_fill_the_memory() -> None:
    content = _part(
        _people(["P1", "x"]), "xl/worksheets/sheet1.xml", (b'r="2"', b'r="99999999999"')
    )
    content = _part(content, "xl/worksheets/sheet1.xml", (b'r="A2"', b'r="A99999999999"'))

    assert len(delivered({"people.xlsx": content}).faults) == 1


def test_a_sheet_with_hundreds_of_columns_is_refused() -> None:
    content = workbook({"people": [[*HEADER, *map(str, range(200))], ["P1", "x"]]})

    assert "more than 100 columns" in str(delivered({"people.xlsx": content}).faults[0].problem)


def test_a_sheet_that_lies_about_its_size_is_read_as_it_is() -> None:
    content = _part(
        _people(["P1", "Anna"]),
        "xl/worksheets/sheet1.xml",
        (b'<dimension ref="A1:E2"/>', b'<dimension ref="A1:XFD1048576"/>'),
    )

    assert delivered({"people.xlsx": content}).tables["people"].total == 1


def test_hidden_sheets_and_odd_styles_do_no_harm() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "people"
    for row in (HEADER, ["P1", "Anna", date(2010, 1, 2)]):
        sheet.append(row)
    sheet["C2"].number_format = "yyyy-mm"
    book.create_sheet("hidden").sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)

    assert delivered({"people.xlsx": stream.getvalue()}).sound
