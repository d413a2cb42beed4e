"""How files name an account: an IBAN, or a French bank's four numbers (RIB)."""

from __future__ import annotations

import re

from stdnum import iban

_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
_JUNK = re.compile(r"[^0-9A-Z]")


def compact(text: str) -> str:
    """Letters and figures alone, in capitals."""
    return _JUNK.sub("", text.upper())


def iban_in(text: str) -> str:
    """The IBAN a text is, without spaces; empty when it is none (ISO 13616)."""
    bare = compact(text).removeprefix("IBAN")
    return bare if iban.is_valid(bare) else ""


def french_iban(bank: str, branch: str, number: str) -> str:
    """The IBAN of a French account (RIB key of arrêté: 97 less the rest of 89b + 15g + 3c).

    Empty when a part is missing or is no number.
    """
    bank, branch, number = compact(bank), compact(branch), compact(number)
    if not (len(bank) == len(branch) == 5 and 0 < len(number) <= 11):
        return ""
    number = number.rjust(11, "0")
    figures = [part.translate(_LETTERS) for part in (bank, branch, number)]
    if not all(part.isdigit() for part in figures):
        return ""
    b, g, c = (int(part) for part in figures)
    key = 97 - (89 * b + 15 * g + 3 * c) % 97
    bban = f"{bank}{branch}{number}{key:02d}"
    return f"FR{iban.calc_check_digits('FR00' + bban)}{bban}"


def masked(account: str) -> str:
    """An account as people may see it: its last four signs; empty when none is named."""
    return f"···· {account[-4:]}" if account else ""


def same_account(one: str, other: str) -> bool:
    """Whether two names are of one account: the same IBAN, or a number that stands in the IBAN."""
    one, other = compact(one), compact(other)
    if not (one and other):
        return False
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) >= 8 and short in long)
