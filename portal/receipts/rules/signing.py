"""What is signed each night: how far a series of receipts is, in lines anybody can read.

The bytes that are signed are these lines in UTF-8, each ended by a line feed (docs/rules/receipt-register.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

TITLE = "Sourire, register of tax receipts, head of a series, version 1"
KEY_TITLE = "Sourire, register of tax receipts, next key, version 1"


@dataclass(frozen=True, slots=True)
class Head:
    """The facts of a signed head.

    ``count`` receipts stand in the series, cancelled ones too, and state ``sum_minor`` cents
    together; ``previous`` is the SHA-256 of the statement before it in the same series.
    """

    organisation: str
    series: int
    number: str
    count: int
    sum_minor: int
    chain_hash: str
    cancelled: int
    cancelled_hash: str
    previous: str
    signed_at: datetime
    key: str

    def statement(self) -> bytes:
        """The bytes that are signed."""
        told = (
            ("organisation", self.organisation),
            ("series", self.series),
            ("last-number", self.number),
            ("count", self.count),
            ("sum-cents-eur", self.sum_minor),
            ("chain-sha256", self.chain_hash),
            ("cancelled", self.cancelled),
            ("cancelled-sha256", self.cancelled_hash),
            ("previous-sha256", self.previous or "none"),
            ("signed-at", _instant(self.signed_at)),
            ("key-sha256", self.key),
        )
        lines = (f"{name}: {value}" for name, value in told)
        return "".join(f"{line}\n" for line in (TITLE, *lines)).encode()


def statement_hash(statement: bytes) -> str:
    """How the next head names the one before it."""
    return hashlib.sha256(statement).hexdigest()


def cancelled_hash(before: str, cancelled: Iterable[tuple[str, datetime, str]]) -> str:
    """What binds the cancelled receipts: SHA-256 of the one before and a line for each cancelled since,
    in the order of their numbers: number, instant, reason, parted by tabs."""
    lines = "".join(f"{cancelled_line(*each)}\n" for each in sorted(cancelled))
    return hashlib.sha256((before + "\n" + lines).encode()).hexdigest()


def cancelled_line(number: str, at: datetime, reason: str) -> str:
    """The words that stand for a cancelled receipt in that hash."""
    return f"{number}\t{_instant(at)}\t{' '.join(reason.split())}"


def key_statement(fingerprint: str, generation: int) -> bytes:
    """What the old key signs when a new one follows it."""
    return f"{KEY_TITLE}\ngeneration: {generation}\nkey-sha256: {fingerprint}\n".encode()


def _instant(at: datetime) -> str:
    """``2026-11-22T02:10:00.000000Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
