"""CSV for French spreadsheets: what is written, and that nothing in it can run."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import Money
from portal.core.spreadsheets import Column, Row, WrongCell, WrongRow, csv_chunks, write_csv

COLUMNS = [
    Column("Donateur"),
    Column("Reçu le", "date"),
    Column("Enregistré", "datetime"),
    Column("Montant", "amount"),
    Column("Dons", "integer"),
    Column("Reçu fiscal", "yes_no"),
]
RUNS = "=+-@\t\r＝＋－＠"


def read_back(data: bytes) -> list[list[str]]:
    text = data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_the_file_byte_for_byte() -> None:
    row: Row = [
        "Élodie; « Zoé »",
        date(2026, 1, 5),
        datetime(2026, 6, 30, 22, 30, 15, 999, tzinfo=UTC),
        Money(-123_450),
        -7,
        True,
    ]

    assert (
        write_csv(COLUMNS, [row, [None] * 6])
        == (
            "\ufeffDonateur;Reçu le;Enregistré;Montant;Dons;Reçu fiscal\r\n"
            '"Élodie; « Zoé »";2026-01-05;2026-07-01 00:30:15;-1234,50;-7;oui\r\n'
            ";;;;;\r\n"
        ).encode()
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Money(4700), "47,00"),
        (Money(500, "JPY"), "500,00"),
        (Decimal("0.5"), "0,50"),
        (Decimal("-0"), "0,00"),
        (Decimal("1E+3"), "1000,00"),
        (Decimal("1.500"), "1,50"),
    ],
)
def test_amounts_are_numbers_with_a_comma(value: Money | Decimal, written: str) -> None:
    assert read_back(write_csv([Column("Montant", "amount")], [[value]]))[1] == [written]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+33 1 23", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a", "  =1", "\x00=1"],
)  # fmt: skip
def test_text_that_might_run_gets_an_apostrophe(text: str) -> None:
    [_, [cell]] = read_back(write_csv([Column("Note")], [[text]]))

    assert cell == "'" + text.replace("\x00", "")


def test_a_header_is_no_way_in_either() -> None:
    assert read_back(write_csv([Column("=1+1")], []))[0] == ["'=1+1"]


TEXTS = st.text(max_size=20) | st.text(alphabet=RUNS + ";\"'\n a1", max_size=8)


@given(TEXTS)
def test_no_text_comes_back_as_a_formula(text: str) -> None:
    [_, [cell, after]] = read_back(write_csv([Column("Note"), Column("Fin")], [[text, "fin"]]))

    assert after == "fin"
    assert cell[:1] not in tuple(RUNS)
    assert cell.lstrip()[:1] not in tuple(RUNS)


@given(st.text(alphabet=st.characters(codec="latin-1", categories=["L", "N", "P", "Zs"])))
def test_plain_text_comes_back_as_it_was(text: str) -> None:
    [_, [cell, _end]] = read_back(write_csv([Column("Note"), Column("Fin")], [[text, "fin"]]))

    assert cell in (text, "'" + text)


@given(st.integers(-(10**12), 10**12))
def test_amounts_come_back_to_the_cent(minor: int) -> None:
    [_, [cell]] = read_back(write_csv([Column("Montant", "amount")], [[Money(minor)]]))

    assert Decimal(cell.replace(",", ".")) == Money(minor).decimal


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", 5),
        ("date", datetime(2026, 1, 1, tzinfo=UTC)),
        ("date", "2026-01-01"),
        ("datetime", date(2026, 1, 1)),
        ("datetime", datetime(2026, 1, 1)),  # noqa: DTZ001
        ("amount", 47),
        ("amount", Decimal("47.005")),
        ("amount", Decimal("NaN")),
        ("amount", Decimal("Infinity")),
        ("amount", Decimal("1E+40")),
        ("integer", True),
        ("integer", "5"),
        ("yes_no", "yes"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_its_place(kind: str, value: object) -> None:
    column = Column("Colonne", kind)  # type: ignore[arg-type]

    with pytest.raises(WrongCell, match="row 2, column 'Colonne'"):
        write_csv([column], [[None], [value]])  # type: ignore[list-item]


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(WrongRow, match="row 1 has 1 cells for 6 columns"):
        write_csv(COLUMNS, [["Zoé"]])


def test_the_file_comes_as_it_is_made() -> None:
    rows = iter([["un"], ["deux"]])
    chunks = csv_chunks([Column("Note")], rows)

    assert (next(chunks), next(chunks)) == (b"\xef\xbb\xbfNote\r\n", b"un\r\n")
    assert next(rows) == ["deux"]
