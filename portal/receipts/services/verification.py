"""Is this paper ours, unaltered, still valid?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from portal.receipts.models import Receipt, ReceiptState
from portal.receipts.queries.register import (
    receipt_by_code,
    receipt_of_sheet,
    receipt_with_hash,
    replaced_by,
)
from portal.receipts.rules.register import code_typed


class Standing(StrEnum):
    """What can be said of a paper."""

    VALID = "valid"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file is; the receipt is known unless it is not ours or was altered.

    ``sheet``: it is the sheet DUPLICATA of that receipt, not the receipt itself.
    """

    standing: Standing
    receipt: Receipt | None = None
    replacement: Receipt | None = None
    sheet: bool = False


def standing_of_code(typed: str) -> Standing:
    """Of the paper that carries this code, however it was typed; nothing else is told to strangers."""
    code = code_typed(typed)
    return _standing(receipt_by_code(code) if code else None)


def verify_file(content: bytes) -> Verdict:
    """Of a file, byte for byte: a paper somebody changed is as unknown as one we never issued."""
    sha256 = hashlib.sha256(content).hexdigest()
    receipt = receipt_with_hash(sha256)
    sheet = receipt is None
    receipt = receipt or receipt_of_sheet(sha256)
    if receipt is None:
        return Verdict(Standing.UNKNOWN)
    return Verdict(_standing(receipt), receipt, replaced_by(receipt.id), sheet)


def _standing(receipt: Receipt | None) -> Standing:
    if receipt is None:
        return Standing.UNKNOWN
    cancelled = receipt.state is ReceiptState.CANCELLED
    return Standing.CANCELLED if cancelled else Standing.VALID
