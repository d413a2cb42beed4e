"""OFX of both kinds, and the tables French banks let one download."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounting.rules.statements import (
    ColumnPlan,
    FileFormat,
    MappingNeeded,
    StatementRefused,
    guess_plan,
    preview,
    proved,
    read_file,
)
from portal.core.money import Money
from tests.factories.statements import DAY, IBAN, Wire, delimited, later, ofx

GIFT = Wire(4_700, name="Mme ESSAI & FILS", text="Don de Noël")
FEE = Wire(-1_235, text="FRAIS")
wires = st.lists(
    st.builds(
        Wire,
        minor=st.integers(-(10**9), 10**9).filter(bool),
        on=st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)),
        name=st.text("ABCdeé &", max_size=10).map(str.strip),
        text=st.text("abcDEF 0123é", min_size=1, max_size=30).map(str.strip),
    ),
    min_size=1,
    max_size=10,
)


@pytest.mark.parametrize("xml", [False, True])
def test_ofx_is_read_with_tags_open_or_closed(xml: bool) -> None:
    read = read_file(ofx([GIFT, FEE], xml=xml))
    (statement,) = read.statements
    assert read.format is FileFormat.OFX
    assert (statement.account, statement.closing) == (IBAN, Money(103_465))
    assert not proved(statement)
    first, second = statement.lines
    assert (first.amount, first.counterparty, first.bank_ref) == (
        Money(4_700),
        "Mme ESSAI & FILS",
        "F0",
    )
    assert first.text == "Mme ESSAI & FILS Don de Noël"
    assert second.amount == Money(-1_235)


@given(wires, st.booleans())
def test_ofx_is_read_as_it_was_written(made: list[Wire], xml: bool) -> None:
    (statement,) = read_file(ofx(made, xml=xml)).statements
    assert [(line.amount.minor, line.booked_on) for line in statement.lines] == [
        (wire.minor, wire.on) for wire in made
    ]


def test_a_balance_of_the_day_of_the_export_is_not_that_of_the_statement() -> None:
    told = ofx([GIFT]).replace(b"<DTASOF>20261102", b"<DTASOF>20261120")
    assert read_file(told).statements[0].closing is None


def test_an_amount_that_is_none_is_refused_with_its_line() -> None:
    with pytest.raises(StatementRefused, match="not an amount") as refused:
        read_file(ofx([GIFT]).replace(b"<TRNAMT>47.00", b"<TRNAMT>4x"))
    assert refused.value.line > 10


def test_a_table_is_read_by_its_headings() -> None:
    read = read_file(delimited([GIFT, later(FEE, 1)]))
    (statement,) = read.statements
    assert read.format is FileFormat.CSV
    assert (statement.opening, statement.closing) == (Money(100_000), Money(103_465))
    assert [line.amount.minor for line in statement.lines] == [4_700, -1_235]
    assert [line.place for line in statement.lines] == [4, 5]
    assert statement.lines[0].text == "Mme ESSAI & FILS Don de Noël"


@given(wires)
def test_a_table_is_read_as_it_was_written(made: list[Wire]) -> None:
    made = sorted(made, key=lambda wire: wire.on)
    (statement,) = read_file(delimited(made)).statements
    assert [(line.amount.minor, line.booked_on) for line in statement.lines] == [
        (wire.minor, wire.on) for wire in made
    ]


def test_the_newest_first_is_turned_round() -> None:
    told = "Date,Amount,Description\n2026-11-03,-12.35,FEE\n2026-11-02,47.00,GIFT\n"
    (statement,) = read_file(told.encode()).statements
    assert [line.amount.minor for line in statement.lines] == [4_700, -1_235]
    assert not proved(statement)


@pytest.mark.parametrize(
    ("told", "minor"),
    [
        ("Date;Libellé;Montant\n02/11/2026;Don;1 234,50\n", 123_450),
        ("Date;Libellé;Montant(EUROS)\n02/11/26;Don;+47,00\n", 4_700),
        ("Date comptable\tLibellé\tMontant\n02-11-2026\tDon\t-1.234,50\n", -123_450),
        ("Date;Libelle;Debit euros;Credit euros\n02/11/2026;Frais;12,35;\n", -1_235),
        ("Date;Libelle;Débit;Crédit\n02/11/2026;Frais;-12,35;\n", -1_235),
        ('"Date","Label","Amount"\n"2026-11-02","Gift","1,234.50"\n', 123_450),
    ],
)
def test_amounts_are_read_as_each_bank_writes_them(told: str, minor: int) -> None:
    (statement,) = read_file(told.encode("cp1252")).statements
    assert [line.amount.minor for line in statement.lines] == [minor]
    assert statement.lines[0].booked_on == DAY


def test_a_running_balance_that_jumps_is_refused_at_its_row() -> None:
    spoiled = delimited([GIFT, later(FEE, 1)]).replace(b"1034,65", b"1034,66")
    with pytest.raises(StatementRefused, match=r"1034\.66") as refused:
        read_file(spoiled)
    assert refused.value.line == 5


def test_a_table_without_headings_asks_for_them() -> None:
    with pytest.raises(MappingNeeded):
        read_file(b"02/11/2026;Don;47,00\n03/11/2026;Don;48,00\n")
    plan = ColumnPlan(";", -1, booked_on=0, texts=(1,), amount=2)
    (statement,) = read_file(b"02/11/2026;Don;47,00\n", plan=plan, account=IBAN).statements
    assert (statement.account, statement.lines[0].amount) == (IBAN, Money(4_700))


def test_the_guess_is_kept_and_shown() -> None:
    plan = guess_plan(delimited([GIFT]))
    assert plan is not None
    assert ColumnPlan.from_dict(plan.as_dict()) == plan
    headings, rows = preview(delimited([GIFT]), plan)
    assert headings[plan.booked_on] == "Date opération"
    assert rows[0][plan.texts[0]] == "Mme ESSAI & FILS Don de Noël"
