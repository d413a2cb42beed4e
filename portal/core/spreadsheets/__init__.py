"""Exports for spreadsheets: one list of typed columns, written as CSV or as XLSX."""

from portal.core.spreadsheets.columns import (
    Cell,
    Column,
    Kind,
    Row,
    SpreadsheetError,
    WrongCell,
    WrongRow,
)
from portal.core.spreadsheets.csv_file import csv_chunks, write_csv
from portal.core.spreadsheets.xlsx_file import Table, TooManyRows, write_workbook, write_xlsx

__all__ = [
    "Cell",
    "Column",
    "Kind",
    "Row",
    "SpreadsheetError",
    "Table",
    "TooManyRows",
    "WrongCell",
    "WrongRow",
    "csv_chunks",
    "write_csv",
    "write_workbook",
    "write_xlsx",
]
