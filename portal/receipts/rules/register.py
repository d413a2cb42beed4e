"""The register: numbers without gaps, a chain of hashes, codes to check a paper by."""

from __future__ import annotations

import hashlib
import re

from portal.receipts.rules.content import ReceiptContent

CODE_LENGTH = 12
CODE_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"  # base32 (RFC 4648)
_CODE = re.compile(f"[{CODE_LETTERS}]{{{CODE_LENGTH}}}")
_MISREAD = str.maketrans("0189", "OIBG")  # digits the alphabet lacks, taken for what they look like


def number_of(year: int, sequence: int) -> str:
    """``R2025-000001``: the order number printed on the receipt, one series a tax year."""
    return f"R{year}-{sequence:06d}"


def chain_hash(previous: str, sha256: str, content: ReceiptContent) -> str:
    """What binds a receipt to the one before it: SHA-256 of that one's, of the paper's, and of what it says."""
    return chain_hash_of(previous, sha256, content.canonical())


def chain_hash_of(previous: str, sha256: str, canonical: bytes) -> str:
    """The same, of a content that is written in the canonical way already."""
    return hashlib.sha256((previous + sha256).encode() + canonical).hexdigest()


def readable_code(code: str) -> str:
    """``ABCD-EFGH-IJKL``."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def code_typed(text: str) -> str:
    """The code as kept, however it was typed or read; empty when it cannot be one."""
    bare = re.sub(r"[\s\-.]", "", text).upper().translate(_MISREAD)
    return bare if _CODE.fullmatch(bare) else ""
