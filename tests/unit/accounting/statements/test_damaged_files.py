"""Files that are damaged, or were made to do harm: refused in words, never an error, never an hour."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from portal.accounting.rules.statements import StatementRefused, read_file
from portal.core.money import Money
from tests.factories.statements import IBAN, Wire, camt, cfonb, delimited, ofx

GIFT = Wire(4_700, name="Claire Essai", text="Don")
CENTRAL = b"PK\x01\x02"


def packed(change: Callable[[bytearray, int], None]) -> bytes:
    """An archive of one statement, altered; told where its directory begins."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("releve.xml", camt([GIFT]))
    data = bytearray(archive.getvalue())
    change(data, data.rfind(CENTRAL))
    return bytes(data)


def _no_directory(data: bytearray, place: int) -> None:
    data[place : place + 4] = b"XXXX"


def _of_the_future(data: bytearray, place: int) -> None:
    data[place + 6] = 99


def _another_method(data: bytearray, place: int) -> None:
    data[place + 10] = data[8] = zipfile.ZIP_BZIP2


def _a_name_that_is_no_text(data: bytearray, place: int) -> None:
    data[place + 9] |= 8
    data[place + 46] = 0xFF


@pytest.mark.parametrize(
    "change", [_no_directory, _of_the_future, _another_method, _a_name_that_is_no_text]
)
def test_an_archive_that_cannot_be_opened_is_refused(
    change: Callable[[bytearray, int], None],
) -> None:
    with pytest.raises(StatementRefused, match="cannot be opened"):
        read_file(packed(change))


@pytest.mark.parametrize("encoding", ["gbk", "x-nobody", "rot13", "hex", "idna", "punycode"])
def test_a_declaration_of_an_encoding_nobody_reads_is_no_matter(encoding: str) -> None:
    data = camt([GIFT]).replace(b"UTF-8", encoding.encode())
    assert read_file(data).statements[0].lines[0].amount == Money(4_700)


@pytest.mark.parametrize("told", ["1e5", "1E30", "1e1000000", "1_000", "٣", "9" * 20])
def test_what_no_bank_writes_is_no_amount(told: str) -> None:
    data = f"Date;Libellé;Montant\n02/11/2026;Don;{told}\n".encode()
    with pytest.raises(StatementRefused, match="is not an amount"):
        read_file(data, account=IBAN)


def test_figures_that_are_none_are_refused() -> None:
    rows = cfonb([GIFT]).decode().splitlines()
    rows[1] = f"{rows[1][:90]}000000000²000{{{rows[1][104:]}"
    with pytest.raises(StatementRefused, match=r"line 2: .* is not an amount"):
        read_file("\n".join(rows).encode())


def test_a_number_of_decimals_that_is_none_is_two() -> None:
    rows = cfonb([GIFT]).decode().splitlines()
    rows[1] = f"{rows[1][:19]}²{rows[1][20:]}"
    read = read_file("\n".join(rows).encode())
    assert read.statements[0].lines[0].amount == Money(4_700)


def test_balances_in_two_currencies_are_refused() -> None:
    rows = cfonb([GIFT]).decode().splitlines()
    rows[0] = f"{rows[0][:16]}USD{rows[0][19:]}"
    with pytest.raises(StatementRefused, match="the account is kept in"):
        read_file("\n".join([rows[0], rows[-1]]).encode())


def test_tags_that_are_never_closed_cost_no_time() -> None:
    """A tag looks no further than the next: with what it looked at before, this took hours."""
    with pytest.raises(StatementRefused, match="no statement of a bank account"):
        read_file(b"<OFX>" + b"<a" * 1_000_000)


def test_a_tag_with_attributes_is_a_tag() -> None:
    data = ofx([GIFT]).replace(b"<STMTTRN>", b'<STMTTRN kind="a/b">')
    assert read_file(data).statements[0].lines[0].amount == Money(4_700)


def test_a_table_of_one_day_may_tell_the_newest_line_first() -> None:
    rows = delimited([GIFT, Wire(-1_200, text="Frais")]).decode("cp1252").split("\r\n")
    rows[3], rows[4] = rows[4], rows[3]
    turned = "\r\n".join(rows).encode("cp1252")
    statement = read_file(turned, account=IBAN).statements[0]
    assert [line.amount for line in statement.lines] == [Money(4_700), Money(-1_200)]
