"""CAMT.053 is read in every version, and refused when it does not add up."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounting.rules.statements import FileFormat, StatementRefused, read_file
from portal.core.money import Money
from tests.factories.statements import (
    DAY,
    IBAN,
    OTHER_IBAN,
    PAYER_IBAN,
    Wire,
    camt,
    entry,
    payment,
)

GIFT = Wire(
    4_700,
    name="Claire Essai",
    iban=PAYER_IBAN,
    text="Parrainage novembre",
    reference="E2E-1",
    structured="RF18T000001",
    bank_ref="B1",
)

words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=40).map(
    lambda text: " ".join(text.split())
)
wires = st.builds(
    Wire,
    minor=st.integers(-(10**9), 10**9).filter(bool),
    on=st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)),
    name=words,
    text=words,
)


@pytest.mark.parametrize("version", ["02", "03", "04", "06", "08", "12"])
def test_each_version_tells_the_same(version: str) -> None:
    read = read_file(camt([GIFT], version=version))
    assert read.format is FileFormat.CAMT
    (statement,) = read.statements
    assert (statement.account, statement.opening, statement.closing) == (
        IBAN,
        Money(100_000),
        Money(104_700),
    )
    (line,) = statement.lines
    assert (line.amount, line.booked_on, line.counterparty) == (Money(4_700), DAY, "Claire Essai")
    assert (line.counterparty_iban, line.reference) == (PAYER_IBAN, "E2E-1")
    assert (line.structured, line.bank_ref) == ("RF18T000001", "B1")
    assert line.text == "Parrainage novembre"


@given(st.lists(wires, max_size=8), st.integers(-(10**9), 10**9))
def test_whatever_was_written_is_read_again(made: list[Wire], opening: int) -> None:
    (statement,) = read_file(camt(made, opening=opening)).statements
    assert [line.amount.minor for line in statement.lines] == [wire.minor for wire in made]
    assert [line.booked_on for line in statement.lines] == [wire.on for wire in made]
    assert [line.counterparty for line in statement.lines] == [wire.name for wire in made]
    assert [line.text for line in statement.lines] == [wire.text for wire in made]


def test_a_statement_that_does_not_add_up_is_refused_with_the_difference() -> None:
    with pytest.raises(StatementRefused, match=r"47\.01 EUR are too much or missing"):
        read_file(camt([GIFT], closing=99_999))


def test_several_accounts_of_one_file_are_told_apart() -> None:
    two = camt([GIFT]).replace(
        b"</BkToCstmrStmt>",
        camt([], iban=OTHER_IBAN).split(b"</GrpHdr>")[1].split(b"</BkToCstmrStmt>")[0]
        + b"</BkToCstmrStmt>",
    )
    assert [each.account for each in read_file(two).statements] == [IBAN, OTHER_IBAN]


@pytest.mark.parametrize("version", ["02", "04", "08"])
def test_a_batch_is_told_apart_when_its_payments_add_up(version: str) -> None:
    first, second = Wire(3_000, name="A"), Wire(2_000, name="B")
    batch = entry(
        Wire(5_000, bank_ref="L9"),
        version,
        payment(first, version, amount=True) + payment(second, version, amount=True),
    )
    (statement,) = read_file(camt([], closing=105_000, version=version, extra=batch)).statements
    told = [(line.amount.minor, line.counterparty, line.bank_ref) for line in statement.lines]
    assert told == [(3_000, "A", "L9/1"), (2_000, "B", "L9/2")]


def test_a_batch_whose_payments_do_not_add_up_stays_one_line() -> None:
    batch = entry(
        Wire(5_000),
        "04",
        payment(Wire(3_000, text="un"), "04", amount=True)
        + payment(Wire(1_000, text="deux"), "04", amount=True),
    )
    (statement,) = read_file(camt([], closing=105_000, version="04", extra=batch)).statements
    assert [(line.amount.minor, line.text) for line in statement.lines] == [(5_000, "un deux")]


def test_charges_the_bank_kept_are_a_line_of_their_own() -> None:
    batch = entry(
        Wire(4_900),
        "04",
        payment(Wire(3_000), "04", amount=True, charges=100)
        + payment(Wire(2_000), "04", amount=True),
    )
    (statement,) = read_file(camt([], closing=104_900, version="04", extra=batch)).statements
    told = [(line.amount.minor, line.bank_code) for line in statement.lines]
    assert told[-1] == (-100, "CHRG")
    assert sum(minor for minor, _code in told) == 4_900


def test_what_is_announced_and_not_booked_is_left_out_and_counted() -> None:
    announced = entry(Wire(9_900), "08", status="PDNG")
    (statement,) = read_file(camt([GIFT], version="08", extra=announced)).statements
    assert len(statement.lines) == 1
    assert statement.pending == 1


def test_a_movement_that_was_undone_says_so() -> None:
    undone = entry(Wire(-4_700)).replace("<Sts>", "<RvslInd>true</RvslInd><Sts>")
    (statement,) = read_file(camt([GIFT], closing=100_000, extra=undone)).statements
    assert [line.reversal for line in statement.lines] == [False, True]


@pytest.mark.parametrize(
    "spoiled",
    [
        pytest.param(lambda f: b"\xef\xbb\xbf" + f, id="a byte order mark"),
        pytest.param(
            lambda f: b"\r\n \r\n" + f + b"\x00\x1a\r\n garbage", id="what stands around it"
        ),
        pytest.param(lambda f: f.decode().replace("UTF-8", "utf-16").encode("utf-16"), id="UTF-16"),
        pytest.param(
            lambda f: f.replace(b"Claire Essai", "Cl\u00e9a Essai".encode("cp1252")),
            id="a wrong encoding declared",
        ),
        pytest.param(lambda f: f.replace(b"<", b"\n<"), id="a line a tag"),
    ],
)
def test_files_of_other_software_are_taken_as_they_are(spoiled: object) -> None:
    read = read_file(spoiled(camt([GIFT])))  # type: ignore[operator]
    assert read.statements[0].lines[0].amount == Money(4_700)


def test_an_entity_bomb_is_refused() -> None:
    bomb = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
    <!ENTITY lol2 "&lol;&lol;&lol;">]><Document>&lol2;</Document>"""
    with pytest.raises(StatementRefused, match="document type"):
        read_file(bomb)


def test_a_file_of_the_machine_cannot_be_asked_for() -> None:
    asks = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>'
    with pytest.raises(StatementRefused, match="document type"):
        read_file(asks)


@pytest.mark.parametrize(
    ("element", "said"),
    [("BkToCstmrAcctRpt", "report of the day"), ("BkToCstmrDbtCdtNtfctn", "notice")],
)
def test_what_is_no_statement_is_named(element: str, said: str) -> None:
    with pytest.raises(StatementRefused, match=said):
        read_file(camt([GIFT]).replace(b"BkToCstmrStmt", element.encode()))


def test_an_amount_that_is_none_names_its_entry() -> None:
    with pytest.raises(StatementRefused, match="12,x"):
        read_file(camt([GIFT]).replace(b">47.00<", b">12,x<"))
