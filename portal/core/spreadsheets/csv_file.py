"""CSV as French spreadsheets open it: ``;``, decimal comma, UTF-8 with BOM, CRLF."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from portal.core.spreadsheets.columns import Column, Ready, Row, ready_rows
from portal.core.spreadsheets.text import defused

_BOM = b"\xef\xbb\xbf"


def write_csv(columns: Sequence[Column], rows: Iterable[Row]) -> bytes:
    """The whole file; see :func:`csv_chunks`."""
    return b"".join(csv_chunks(columns, rows))


def csv_chunks(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[bytes]:
    """The file row by row, header first, for a response that streams.

    Amounts have two decimals and stay numbers, below zero too; days are ``YYYY-MM-DD``,
    instants ``YYYY-MM-DD HH:MM:SS`` in Paris. Text that might be run as a formula gets an
    apostrophe before it.

    :raises WrongRow: :raises WrongCell:
    """
    yield _BOM + _record([defused(column.name) for column in columns])
    for row in ready_rows(columns, rows):
        yield _record([_shown(value) for value in row])


def _shown(value: Ready) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return defused(value)
    if isinstance(value, Decimal):
        return f"{value:.2f}".replace(".", ",")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def _record(fields: list[str]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(fields)
    return line.getvalue().encode()
