"""The columns of an export and what may stand in them, whatever the file's format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final, Literal
from zoneinfo import ZoneInfo

from portal.core.money import Money

Kind = Literal["text", "date", "datetime", "amount", "integer", "year", "yes_no"]
Cell = str | int | bool | Decimal | Money | date | datetime | None
Ready = str | int | Decimal | date | datetime | None
Row = Sequence[Cell]

_PARIS: Final = ZoneInfo("Europe/Paris")
_CENT: Final = Decimal("0.01")


class SpreadsheetError(ValueError):
    """An export that cannot be written as asked."""


class WrongCell(SpreadsheetError):
    """A value that is not of its column's kind."""


class WrongRow(SpreadsheetError):
    """A row that has more or fewer cells than there are columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the name in the header, and the kind of what stands below.

    ``amount`` takes Money or Decimal (two decimals at most); ``datetime`` takes an aware instant
    and shows the civil time in Paris; ``year`` is a whole number never grouped; ``yes_no`` takes a bool. An empty cell is ``None``.
    """

    name: str
    kind: Kind = "text"


def ready_rows(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[list[Ready]]:
    """Each row with its values checked and brought to the form both formats write.

    :raises WrongRow: :raises WrongCell: naming the row (the first is 1) and the column.
    """
    for number, row in enumerate(rows, start=1):
        if len(row) != len(columns):
            raise WrongRow(f"row {number} has {len(row)} cells for {len(columns)} columns")
        yield [_ready(column, value, number) for column, value in zip(columns, row, strict=True)]


def _ready(column: Column, value: Cell, row: int) -> Ready:
    if value is None:
        return None
    try:
        return _READERS[column.kind](value)
    except WrongCell as problem:
        raise WrongCell(f"row {row}, column {column.name!r}: {problem}") from None


def _text(value: Cell) -> Ready:
    if not isinstance(value, str):
        raise WrongCell(f"{type(value).__name__} is not text")
    return value


def _date(value: Cell) -> Ready:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise WrongCell(f"{type(value).__name__} is not a date")
    return value


def _datetime(value: Cell) -> Ready:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise WrongCell("an instant needs its time zone")
    return value.astimezone(_PARIS).replace(tzinfo=None, microsecond=0)


def _amount(value: Cell) -> Ready:
    if not isinstance(value, Money | Decimal):
        raise WrongCell(f"{type(value).__name__} is not an amount")
    exact = value.decimal if isinstance(value, Money) else value
    try:
        cents = exact.quantize(_CENT)
    except InvalidOperation:
        raise WrongCell(f"{exact} is not an amount") from None
    if not exact.is_finite() or cents != exact:
        raise WrongCell(f"{exact} is not an amount with two decimals")
    return cents or Decimal("0.00")


def _integer(value: Cell) -> Ready:
    if isinstance(value, bool) or not isinstance(value, int):
        raise WrongCell(f"{type(value).__name__} is not a whole number")
    return value


def _yes_no(value: Cell) -> Ready:
    if not isinstance(value, bool):
        raise WrongCell(f"{type(value).__name__} is neither yes nor no")
    return "oui" if value else "non"


_READERS: Final[Mapping[Kind, Callable[[Cell], Ready]]] = MappingProxyType(
    {
        "text": _text,
        "date": _date,
        "datetime": _datetime,
        "amount": _amount,
        "integer": _integer,
        "year": _integer,
        "yes_no": _yes_no,
    }
)
