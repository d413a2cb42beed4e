"""The strict reading of a FEC finds each fault that is planted in a right file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.fec_checker import check_fec

NAME = "732829320FEC20261231.txt"
HEADER = (
    "JournalCode JournalLib EcritureNum EcritureDate CompteNum CompteLib CompAuxNum CompAuxLib "
    "PieceRef PieceDate EcritureLib Debit Credit EcritureLet DateLet ValidDate Montantdevise Idevise"
)
RIGHT = (
    HEADER.replace(" ", "\t")
    + """
DON;Dons en ligne;DON-2026-000001;20260105;517100;Stripe;;;ch_A;20260105;Don D1;47,00;0,00;;;20260430;;
DON;Dons en ligne;DON-2026-000001;20260105;754110;Dons manuels;;;ch_A;20260105;Don D1;0,00;47,00;;;20260430;;
DON;Dons en ligne;DON-2026-000002;20260105;627800;Frais;;;txn_A;20260105;Frais été;0,96;0,00;;;20260430;;
DON;Dons en ligne;DON-2026-000002;20260105;517100;Stripe;;;txn_A;20260105;Frais été;0,00;0,96;;;20260430;;
""".replace(";", "\t")
)


def written(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("iso8859-15")


def line(number: int, old: str, new: str) -> Callable[[str], bytes]:
    """Plant a fault in one line (the header is line 1)."""

    def plant(text: str) -> bytes:
        lines = text.split("\n")
        assert old in lines[number - 1]
        lines[number - 1] = lines[number - 1].replace(old, new, 1)
        return written("\n".join(lines))

    return plant


def everywhere(old: str, new: str) -> Callable[[str], bytes]:
    """Plant a fault in every line that has the text."""

    def plant(text: str) -> bytes:
        assert old in text
        return written(text.replace(old, new))

    return plant


def swapped(one: int, other: int) -> Callable[[str], bytes]:
    """Exchange two lines."""

    def plant(text: str) -> bytes:
        lines = text.split("\n")
        lines[one - 1], lines[other - 1] = lines[other - 1], lines[one - 1]
        return written("\n".join(lines))

    return plant


def test_the_right_file_has_no_fault() -> None:
    assert check_fec(written(RIGHT), NAME) == []


FAULTS: dict[str, tuple[Callable[[str], bytes], str]] = {
    "an entry that does not balance": (line(2, "47,00", "47,01"), "is not credit"),
    "a gap in the numbers": (everywhere("000002", "000003"), "stands where 2 should"),
    "numbers that begin at 2": (
        lambda text: written(text.replace("000002", "000003").replace("000001", "000002")),
        "stands where 1 should",
    ),
    "columns in another order": (
        everywhere("Debit\tCredit", "Credit\tDebit"),
        "the 18 columns in their order",
    ),
    "no header": (lambda text: written(text.split("\n", 1)[1]), "the 18 columns"),
    "a day as DD/MM/YYYY": (line(2, "20260430", "30/04/2026"), "not a day written YYYYMMDD"),
    "a day that does not exist": (everywhere("20260105", "20260230"), "not a day"),
    "a decimal point": (line(2, "47,00", "47.00"), "not an amount"),
    "a thousands space": (line(2, "47,00", "1 047,00"), "not an amount"),
    "an amount left empty": (line(2, "\t0,00", "\t"), "not an amount"),
    "three decimals": (line(2, "47,00", "47,000"), "not an amount"),
    "both sides on a line": (line(2, "\t0,00", "\t47,00"), "not a debit or a credit alone"),
    "no side on a line": (line(2, "47,00", "0,00"), "not a debit or a credit alone"),
    "no label": (everywhere("Don D1", ""), "EcritureLib is blank"),
    "no validation day": (line(2, "20260430", ""), "ValidDate is blank"),
    "no voucher": (everywhere("ch_A", ""), "PieceRef is blank"),
    "a separator in a label": (line(2, "Don D1", "Don\tD1"), "19 fields"),
    "a vertical bar in a label": (line(2, "Don D1", "Don|D1"), "vertical bar"),
    "a control character": (line(2, "Don D1", "Don\x07D1"), "control character"),
    "blanks around a value": (line(2, "ch_A", " ch_A"), "blanks around it"),
    "an account outside the chart": (line(3, "754110", "GIFTS"), "not one of the chart"),
    "two labels for one account": (line(5, "Stripe", "Banque"), "has two labels"),
    "two labels for one journal": (line(4, "Dons en ligne", "Dons"), "has two labels"),
    "lettering without its day": (line(2, "\t\t\t2026", "\tAA\t\t2026"), "EcritureLet and DateLet"),
    "a currency without its amount": (
        lambda text: written(text.replace("20260430\t\t\n", "20260430\t\tUSD\n", 1)),
        "Montantdevise and Idevise",
    ),
    "two vouchers in one entry": (line(3, "ch_A", "ch_B"), "do not share PieceRef"),
    "two days in one entry": (line(3, "20260105", "20260106"), "do not share EcritureDate"),
    "an entry cut in two": (swapped(3, 4), "do not follow each other"),
    "validations that go back": (
        line(4, "20260430", "20260429"),
        "before that of the line above",
    ),
    "an entry after the closing day": (everywhere("20260105", "20270105"), "after the closing day"),
    "an entry of one line": (line(5, "000002", "000003"), "has one line only"),
    "LF alone": (lambda text: text.encode("iso8859-15"), "an LF alone"),
    "no end to the last line": (lambda text: written(text[:-1]), "does not end with CR LF"),
    "UTF-8": (lambda text: text.replace("\n", "\r\n").encode(), "is UTF-8"),
    "a byte order mark": (lambda text: b"\xef\xbb\xbf" + written(text), "byte order mark"),
    "a blank line": (line(3, "DON", "\nDON"), "1 fields"),
}


@pytest.mark.parametrize("words", list(FAULTS))
def test_a_planted_fault_is_found(words: str) -> None:
    plant, problem = FAULTS[words]

    assert any(problem in fault for fault in check_fec(plant(RIGHT), NAME))


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("732829321FEC20261231.txt", "wrong key"),
        ("732829320FEC20261331.txt", "is not a day"),
        ("732829320FEC311226.txt", "is not <SIREN>FEC"),
        ("fec-2026.txt", "is not <SIREN>FEC"),
        ("732829320FEC20261231.csv", "is not <SIREN>FEC"),
    ],
)
def test_a_wrong_name_is_found(name: str, problem: str) -> None:
    assert any(problem in fault for fault in check_fec(written(RIGHT), name))
