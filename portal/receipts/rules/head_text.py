"""A signed head as a mail carries it, and read again out of whatever became of that mail.

The words that were signed stand between a title and the signature. Mail programs quote, wrap and
indent lines; since no value has a space in it, the words are found again exactly, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from portal.receipts.rules.signing import TITLE, Head

WIDTH = 64
FIELDS = (
    "organisation",
    "series",
    "last-number",
    "count",
    "sum-cents-eur",
    "chain-sha256",
    "cancelled",
    "cancelled-sha256",
    "previous-sha256",
    "signed-at",
    "key-sha256",
    "public-key",
    "signature",
)
REACH = 2_000
"""Within how many signs of the title all of it stands, wrapped and quoted."""
MOST_DIGITS = 15
_TITLE = re.compile(r"\s+".join(map(re.escape, TITLE.split())))
_QUOTED = re.compile(r"^[>|\s\u00a0\ufeff]+", re.MULTILINE)
_NAMES = [re.compile(rf"\s{name}\s*:") for name in FIELDS]
_SIGNATURE = re.compile(r"\s*((?:[0-9a-f]\s*){128})")


@dataclass(frozen=True, slots=True)
class SignedText:
    """What a mail says was signed: ``public`` is the key it names (32 bytes), ``signature`` 64 bytes."""

    head: Head
    public: bytes
    signature: bytes


def lines_of(head: Head, public: bytes, signature: bytes) -> list[str]:
    """The lines of a mail: the very statement, then the key and the signature in hexadecimal."""
    words = signature.hex()
    return [
        *head.statement().decode().splitlines(),
        f"public-key: {public.hex()}",
        f"signature: {words[:WIDTH]}",
        words[WIDTH:],
    ]


def signed_texts(text: str) -> Iterator[SignedText | None]:
    """The heads in a text, in their order; None for one that cannot be read any more."""
    plain = _QUOTED.sub("", text)
    for title in _TITLE.finditer(plain):
        values = _values(plain[title.end() : title.end() + REACH])
        try:
            yield _signed(values) if values else None
        except ValueError:
            yield None


def _values(text: str) -> list[str]:
    """What stands after each name, in their order, without its spaces; empty when one is missing."""
    values, here = [], 0
    for name in _NAMES:
        found = name.search(text, here)
        if found is None:
            return []
        values.append("".join(text[here : found.start()].split()))
        here = found.end()
    signature = _SIGNATURE.match(text, here)
    return [*values[1:], "".join(signature[1].split())] if signature else []


def _signed(values: list[str]) -> SignedText:
    said = dict(zip(FIELDS, values, strict=True))
    at = datetime.strptime(said["signed-at"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    head = Head(
        organisation=said["organisation"],
        series=_whole(said["series"]),
        number=said["last-number"],
        count=_whole(said["count"]),
        sum_minor=_whole(said["sum-cents-eur"]),
        chain_hash=said["chain-sha256"],
        cancelled=_whole(said["cancelled"]),
        cancelled_hash=said["cancelled-sha256"],
        previous="" if said["previous-sha256"] == "none" else said["previous-sha256"],
        signed_at=at,
        key=said["key-sha256"],
    )
    return SignedText(head, bytes.fromhex(said["public-key"]), bytes.fromhex(said["signature"]))


def _whole(said: str) -> int:
    """Raises ValueError for what no register counts to."""
    if len(said) > MOST_DIGITS or not (said.isascii() and said.isdigit()):
        raise ValueError(said)
    return int(said)
