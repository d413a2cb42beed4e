"""The ten tables, whatever form a sound delivery has."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from itertools import product

import openpyxl
import pytest

from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.field_tables import PURPOSES, purpose_of
from portal.programmes.codes import ChildStatus, Programme, Sex, Site
from tests.unit.field_tables.small_delivery import (
    ALL,
    Delivery,
    as_csv,
    as_files,
    checked,
    delivery,
)

EXPECTED = checked(as_files(delivery())).without_bad()


def test_a_sound_delivery_has_no_fault_and_no_notice() -> None:
    found = checked(as_files(delivery()))

    assert found.sound
    assert not found.notices
    assert {name: table.total for name, table in found.tables.items()} == {
        name: len(rows) for name, rows in delivery().items()
    }


def test_values_have_the_types_of_their_columns() -> None:
    child = EXPECTED["children"][0].values
    assert (child["sex"], child["site"], child["status"]) == (
        Sex.M,
        Site.PHNOM_PENH,
        ChildStatus.IN_CARE,
    )
    assert (child["born_on"], child["sponsorable"], child["need"]) == (date(2018, 10, 30), True, 3)
    assert EXPECTED["children"][2].values["family_ref"] is None

    gift = EXPECTED["gifts"][0].values
    assert (gift["amount_eur"], gift["mode"]) == (Decimal("500.00"), GiftMode.CHEQUE)
    assert EXPECTED["attendance"][0].values["month"] == date(2026, 8, 1)
    assert EXPECTED["schools"][0].values["works"] == "roof;latrines"
    assert EXPECTED["services"][1].values["quantity"] == Decimal("12.5")


@pytest.mark.parametrize(
    ("encoding", "separator", "line_end"),
    list(product(("utf-8", "utf-8-sig", "utf-16"), ",;\t", ("\n", "\r\n", "\r"))),
)
def test_every_form_of_text_gives_the_same_records(
    encoding: str, separator: str, line_end: str
) -> None:
    files = {
        f"{name}.csv": as_csv(rows, separator, line_end).encode(encoding)
        for name, rows in delivery().items()
    }

    assert checked(files).without_bad() == EXPECTED


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_windows_1252_gives_the_same_records(separator: str) -> None:
    tables = delivery()
    for child in tables["children"]:
        child["name_km"] = ""
    files = {f"{n}.csv": as_csv(rows, separator).encode("cp1252") for n, rows in tables.items()}

    assert checked(files).without_bad() == checked(as_files(tables)).without_bad()


def _workbook(tables: Delivery) -> bytes:
    """One sheet a table, cells typed as a spreadsheet would."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in tables.items():
        sheet = book.create_sheet(name.upper())
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append([_typed(column, text) for column, text in row.items()])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _typed(column: str, text: str) -> object:
    if not text:
        return None
    if text in ("yes", "no"):
        return text == "yes"
    if column.endswith(("_on", "since")) or column == "on":
        return date.fromisoformat(text)
    if column == "month":
        return date.fromisoformat(f"{text}-01")
    try:
        return float(text)
    except ValueError:
        return text


def test_a_workbook_with_typed_cells_gives_the_same_records() -> None:
    found = checked({"field.xlsx": _workbook(delivery())})

    assert found.sound
    for name, rows in EXPECTED.items():
        assert [row.values for row in found.tables[name].rows] == [row.values for row in rows]


def test_day_first_dates_in_whole_columns_give_the_same_records() -> None:
    tables = delivery()
    for rows, column in ((tables["children"], "born_on"), (tables["gifts"], "received_on")):
        for row in rows:
            row[column] = date.fromisoformat(row[column]).strftime("%d/%m/%Y")

    assert checked(as_files(tables)).without_bad() == EXPECTED


def test_decimal_commas_give_the_same_records() -> None:
    tables = delivery()
    for row in tables["gifts"]:
        row["amount_eur"] = row["amount_eur"].replace(".", ",")

    assert checked(as_files(tables)).without_bad() == EXPECTED


def test_columns_backwards_and_in_capitals_give_the_same_records() -> None:
    files = {
        f"{name.upper()}.CSV": as_csv(
            [{column.upper(): row[column] for column in reversed(row)} for row in rows]
        ).encode()
        for name, rows in delivery().items()
    }

    assert checked(files).without_bad() == EXPECTED


def test_a_delivery_need_not_hold_every_table_nor_every_column() -> None:
    found = checked({"families.csv": b"family_ref,site\nF1,siem_reap\n"})

    assert found.sound
    assert found.tables["families"].rows[0].values["livelihood"] is None


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_purpose_is_taken_apart(purpose: str) -> None:
    kind, programme = purpose_of(purpose)

    assert (kind is PurposeKind.PROGRAMME) == isinstance(programme, Programme)
    assert purpose == (f"{kind}:{programme}" if programme else kind)


def test_the_ten_tables_are_described_with_what_names_their_rows() -> None:
    assert {table.name: table.key for table in ALL} == {
        "families": ("family_ref",),
        "children": ("child_ref",),
        "enrolments": ("child_ref", "programme", "activity", "start_on"),
        "attendance": ("child_ref", "month"),
        "services": ("ref", "kind", "on"),
        "consents": ("child_ref", "scope", "granted_on"),
        "flip": ("parent_ref",),
        "schools": ("school_ref",),
        "donors": ("donor_ref",),
        "gifts": ("gift_ref",),
    }
