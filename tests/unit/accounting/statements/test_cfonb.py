"""CFONB 120: amounts that carry their sign in the last place, records of 120 letters."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounting.rules.statements import FileFormat, StatementRefused, read_file
from portal.accounting.rules.statements.accounts import french_iban, iban_in
from portal.core.money import Money
from tests.factories.statements import DAY, IBAN, PAYER_IBAN, Wire, cfonb

GIFT = Wire(
    4_700,
    name="CLAIRE ESSAI",
    iban=PAYER_IBAN,
    text="PARRAINAGE NOVEMBRE",
    reference="E2E-1",
    mandate="RUM-7",
)
FEE = Wire(-1_235, text="FRAIS TENUE DE COMPTE")


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", ""])
def test_any_line_end_or_none_is_read(end: str) -> None:
    read = read_file(cfonb([GIFT, FEE], end=end))
    (statement,) = read.statements
    assert read.format is FileFormat.CFONB
    assert (statement.account, statement.closing) == (IBAN, Money(103_465))
    gift, fee = statement.lines
    assert (gift.amount, gift.counterparty, gift.counterparty_iban) == (
        Money(4_700),
        "CLAIRE ESSAI",
        PAYER_IBAN,
    )
    assert (gift.text, gift.reference, gift.mandate) == ("PARRAINAGE NOVEMBRE", "E2E-1", "RUM-7")
    assert (fee.amount, fee.booked_on, fee.text) == (Money(-1_235), DAY, "FRAIS TENUE DE COMPTE")


@given(
    st.lists(
        st.builds(
            Wire,
            minor=st.integers(-(10**12), 10**12),
            on=st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)),
            text=st.text("ABCDEFGHIJ KLMNOP0123456789", max_size=31).map(str.strip),
        ),
        max_size=12,
    ),
    st.integers(-(10**12), 10**12),
    st.sampled_from(["\r\n", "\n", ""]),
)
def test_whatever_was_written_is_read_again(made: list[Wire], opening: int, end: str) -> None:
    (statement,) = read_file(cfonb(made, opening=opening, end=end)).statements
    assert statement.opening == Money(opening)
    assert [(line.amount.minor, line.booked_on) for line in statement.lines] == [
        (wire.minor, wire.on) for wire in made
    ]
    assert [line.text for line in statement.lines] == [" ".join(w.text.split()) for w in made]


def test_braces_that_became_french_letters_are_read() -> None:
    told = cfonb([Wire(4_700), Wire(-1_230)]).replace(b"{", b"\xe9").replace(b"}", b"\xe8")
    assert [line.amount.minor for line in read_file(told).statements[0].lines] == [4_700, -1_230]


def test_trailing_spaces_that_were_cut_are_no_matter() -> None:
    cut = b"\n".join(row.rstrip() for row in cfonb([GIFT, FEE]).split(b"\r\n")) + b"\x1a"
    assert len(read_file(cut).statements[0].lines) == 2


def test_decimals_are_those_the_record_tells() -> None:
    in_thousandths = cfonb([Wire(47_000)], opening=0).replace(b"EUR2", b"EUR3")
    assert read_file(in_thousandths).statements[0].lines[0].amount == Money(4_700)
    with pytest.raises(StatementRefused, match="parts of a cent"):
        read_file(cfonb([Wire(47_001)], opening=0).replace(b"EUR2", b"EUR3"))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda rows: rows[:-1], "record 07"),
        (lambda rows: rows[1:], "record 01"),
        (lambda rows: [rows[0], rows[1].replace(b"021126", b"994026"), *rows[2:]], "not a date"),
        (lambda rows: [rows[0], rows[1][:103] + b"?" + rows[1][104:], *rows[2:]], "not an amount"),
        (lambda rows: [rows[0], b"99" + rows[1][2:], *rows[2:]], "no record of a statement"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(spoil: object, said: str) -> None:
    rows = [row for row in cfonb([FEE]).split(b"\r\n") if row]
    with pytest.raises(StatementRefused, match=said):
        read_file(b"\r\n".join(spoil(rows)))  # type: ignore[operator]


def test_sums_that_do_not_fit_are_refused() -> None:
    with pytest.raises(StatementRefused, match=r"0\.01 EUR are too much or missing"):
        read_file(cfonb([GIFT], closing=104_699))


def test_a_french_account_has_the_iban_of_its_four_numbers() -> None:
    assert french_iban("20041", "01005", "0500013M026") == IBAN
    assert iban_in("FR14 2004 1010 0505 0001 3M02 606") == IBAN
    assert french_iban("20041", "0100", "0500013M026") == ""
