"""What can be wrong with a register under signature, named so that it can be said and accepted once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

THE_KEYS = 0
"""Stands for the year where the keys themselves are meant."""


class FindingKind(StrEnum):
    """What the nightly signer, or whoever checks the register, came upon.

    ``LATE_RECEIPTS`` and ``LATE_CANCELLINGS``: dated days before a signature under which they should
    have been and are not, as they would be had the register been written anew.
    """

    SIGNATURE = "signature"
    MISSING = "missing"
    CHAIN = "chain"
    CANCELLED = "cancelled"
    LATE_RECEIPTS = "late_receipts"
    LATE_CANCELLINGS = "late_cancellings"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Finding:
    """One of them: ``subject`` is a number, or ``first … last (count)``, or a key."""

    series: int
    kind: FindingKind
    subject: str


def range_told(numbers: list[str]) -> str:
    """``R2025-000001``, or ``R2025-000001 … R2025-000412 (412)``."""
    if len(numbers) == 1:
        return numbers[0]
    return f"{numbers[0]} … {numbers[-1]} ({len(numbers)})"
