"""The journals, and how an entry is numbered in them."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class UnknownJournal(LookupError):
    """There is no such journal."""


class Journal(StrEnum):
    """The journals the portal writes to; the value is the code in the books."""

    ONLINE_GIFTS = "DON"
    CHEQUES = "CHQ"
    BANK = "BNQ"
    CASH = "CAI"
    OTHER = "OD"


JOURNAL_LABELS: Final = MappingProxyType(
    {
        Journal.ONLINE_GIFTS: "Dons en ligne",
        Journal.CHEQUES: "Chèques",
        Journal.BANK: "Banque",
        Journal.CASH: "Caisse",
        Journal.OTHER: "Opérations diverses",
    }
)


def journal_named(code: str) -> Journal:
    """The journal of that code.

    :raises UnknownJournal: when there is none.
    """
    try:
        return Journal(code)
    except ValueError:
        raise UnknownJournal(f"no journal has the code {code!r}") from None


def journal_label(code: str) -> str:
    """The journal's name in the books, in French.

    :raises UnknownJournal: when there is none.
    """
    return JOURNAL_LABELS[journal_named(code)]


def entry_number(journal: str, year: int, sequence: int) -> str:
    """The number of an entry, as in ``DON-2026-000001``.

    ``year`` is the year in which the financial year closes; ``sequence`` counts from 1 in each
    journal and year, without gaps (LPF art. A47 A-1).
    """
    return f"{journal}-{year}-{sequence:06d}"
