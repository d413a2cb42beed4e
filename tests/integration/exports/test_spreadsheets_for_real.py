"""Every XLSX is opened as a spreadsheet would: typed cells, and nothing that runs."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from flask import Flask
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from portal.accounting.services import bank
from portal.accounting.services.exports import make_fec
from portal.config import Settings
from portal.core import exports
from portal.core.exports import ExportState, Sheet
from portal.donations.codes import GiftMode
from tests.factories.bank import bring_in, line_of, to_donor
from tests.factories.books import booked_gift, online_gift, refund
from tests.factories.closing import close_through, close_whole_year
from tests.factories.people import make_account, make_donor
from tests.factories.receipts import make_receipt
from tests.factories.statements import IBAN, OTHER_IBAN, Wire
from tests.fec_checker import check_fec

RUNS = "=HYPERLINK(CONCAT(A1);A2)"
YEAR = 2025


@pytest.fixture
def year(app: Flask) -> None:
    """Gifts of every mode by somebody whose name would run as a formula; a receipt; a refund."""
    donor = make_donor(last_name=RUNS, first_name="+1")
    for mode in GiftMode:
        no_money = mode in (GiftMode.IN_KIND, GiftMode.WAIVED_EXPENSES)
        giver = make_donor(last_name=RUNS) if no_money else donor
        booked_gift(mode=mode, on=dt.date(YEAR, 6, 1), donor=giver, cheque_number="-2+3")
    refund(online_gift(on=dt.date(YEAR, 7, 14), donor=donor), 1_700, dt.date(YEAR, 8, 1))
    make_receipt(donor, year=YEAR)


@pytest.mark.parametrize(
    "codes",
    [
        ("journal", "ledger", "balance", "statements", "funds"),
        ("auditor", "gifts", "register", "declaration", "payouts"),
    ],
)
def test_cells_are_typed_and_nothing_runs(year: None, codes: tuple[str, ...]) -> None:
    for code in codes:
        kind = exports.kind_of(code)
        export = exports.make_now(kind, YEAR, "xlsx")
        assert export.state is ExportState.MADE
        with exports.hand_out(export, by=None) as content:
            book = load_workbook(io.BytesIO(content.read()))
        for sheet in kind.sheets(YEAR):
            _as_the_columns_say(book[sheet.name], sheet)
        assert export.filename == f"{kind.name_of(YEAR)}.xlsx"


def _as_the_columns_say(page: Worksheet, sheet: Sheet) -> None:
    head, *rows = page.iter_rows()
    assert [cell.value for cell in head] == [column.name for column in sheet.columns]
    assert len(rows) == sheet.sums().rows
    for row in rows:
        for cell, column in zip(row, sheet.columns, strict=True):
            assert cell.data_type != "f", (sheet.name, column.name, cell.value)
            if cell.value is None:
                continue
            if column.kind == "amount":
                assert cell.data_type == "n"
                assert "0.00" in cell.number_format
            elif column.kind == "date":
                assert cell.is_date, (column.name, cell.value)
            elif column.kind == "text":
                assert cell.data_type in ("s", "inlineStr")


def test_the_fec_of_each_of_several_years_with_closed_periods_is_as_the_law_wants_it(
    app: Flask, settings: Settings
) -> None:
    booked_gift(on=dt.date(2024, 11, 5))
    closed = booked_gift(on=dt.date(2025, 1, 7))
    close_whole_year(2024)
    close_through(2025, 3)
    refund(closed, 1_000, dt.date(2025, 2, 1))  # learned after the month was closed
    booked_gift(on=dt.date(2025, 3, 5))
    for iban in (IBAN, OTHER_IBAN):
        line = line_of(bring_in(Wire(7_000), iban=iban))
        bank.match_line(line.id, to_donor(line, make_donor()), by=make_account().id)

    for year in (2024, 2025, 2026):
        fec = make_fec(settings.organisation, year)
        assert check_fec(fec.data, fec.name) == [], year
    assert "(du 05/03/2025)" in make_fec(settings.organisation, 2025).data.decode("iso8859-15")
    text = make_fec(settings.organisation, 2026).data.decode("iso8859-15")
    banks = {tuple(row.split("\t")[4:6]) for row in text.splitlines() if "\t512" in row}
    assert banks == {("512100", "Banque"), ("512200", "Banque, compte 0189")}
