"""Does a signed head that somebody kept still hold? Its signature, and the register of today."""

from __future__ import annotations

import base64
import email
import email.policy
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum

import sqlalchemy as sa

from portal.core import signing
from portal.core.db import db
from portal.receipts.models import Receipt, RegisterKey
from portal.receipts.queries.signed_heads import broken_in, head_of, heads_of, register_keys
from portal.receipts.rules.content import ReceiptContent, UnreadableSnapshot
from portal.receipts.rules.findings import FindingKind
from portal.receipts.rules.head_text import SignedText, signed_texts
from portal.receipts.rules.register import chain_hash
from portal.receipts.rules.signing import Head, statement_hash

_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li)\b[^>]*>", re.IGNORECASE)
_HTML = re.compile(r"<(?:html|body|div|p|br)\b", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


class HeadFault(StrEnum):
    """Why a head that was kept does not hold."""

    UNREADABLE = "unreadable"
    SIGNATURE = "signature"
    KEY_UNKNOWN = "key_unknown"
    RECEIPTS_GONE = "receipts_gone"
    CHAIN = "chain"
    SUM = "sum"
    CANCELLED = "cancelled"
    HEAD_GONE = "head_gone"


@dataclass(frozen=True, slots=True)
class HeadProof:
    """What can be said of one head; ``key`` is its number among ours, None when it is none of ours."""

    head: Head | None
    key: int | None
    faults: tuple[HeadFault, ...]

    @property
    def holds(self) -> bool:
        """The signature is right, and the register still says what was signed."""
        return not self.faults


def prove_heads(kept: bytes) -> list[HeadProof]:
    """Each head in a mail, a saved message or a text; empty when there is none in it."""
    return [_proof(told) for told in signed_texts(text_of(kept))]


def text_of(kept: bytes) -> str:
    """The words of a saved message (``.eml``), of its HTML when it has nothing else, or of a text."""
    message = email.message_from_bytes(kept, policy=email.policy.default)
    if "from" in message and isinstance(message, EmailMessage):
        body = message.get_body(("plain", "html"))
        if body is not None:
            said = str(body.get_content())
            return _without_tags(said) if body.get_content_subtype() == "html" else said
    text = kept.decode("utf-8", "replace")
    return _without_tags(text) if _HTML.search(text) else text


def _without_tags(said: str) -> str:
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", said)))


def _proof(told: SignedText | None) -> HeadProof:
    if told is None:
        return HeadProof(None, None, (HeadFault.UNREADABLE,))
    key = _key_named(told.head.key)
    if not _is_signed(told):
        faults = [HeadFault.SIGNATURE]
    else:
        unknown = [] if key else [HeadFault.KEY_UNKNOWN]
        faults = [*unknown, *_against_the_register(told.head)]
    return HeadProof(told.head, key.generation if key else None, tuple(faults))


def _key_named(fingerprint: str) -> RegisterKey | None:
    known = (key for key in register_keys() if key.fingerprint == fingerprint)
    return next(known, None)


def _is_signed(told: SignedText) -> bool:
    if signing.fingerprint(told.public) != told.head.key:
        return False
    signature = base64.b64encode(told.signature).decode()
    return signing.is_signed(told.head.statement(), signature, told.public)


def _against_the_register(head: Head) -> Iterator[HeadFault]:
    """The chain is worked out anew from what the receipts say, up to the one that was the last."""
    chain, count, summed, last = "", 0, 0, ""
    for receipt in _receipts_up_to(head):
        chain, last = _next(chain, receipt), receipt.number
        count, summed = count + 1, summed + receipt.amount_minor
    if count < head.count:
        yield HeadFault.RECEIPTS_GONE
    if (chain, last) != (head.chain_hash, head.number):
        yield HeadFault.CHAIN
    if summed != head.sum_minor:
        yield HeadFault.SUM
    yield from _against_the_heads(head)


def _against_the_heads(head: Head) -> Iterator[HeadFault]:
    wanted = statement_hash(head.statement())
    if wanted not in {statement_hash(head_of(row).statement()) for row in heads_of(head.series)}:
        yield HeadFault.HEAD_GONE
    elif any(
        found.kind is FindingKind.CANCELLED and found.subject == head.number
        for found in broken_in(head.series)
    ):
        yield HeadFault.CANCELLED


def _receipts_up_to(head: Head) -> Iterator[Receipt]:
    wanted = sa.select(Receipt).where(
        Receipt.series_year == head.series, Receipt.sequence <= head.count
    )
    ordered = wanted.order_by(Receipt.sequence).execution_options(yield_per=500)
    yield from db.session.scalars(ordered)


def _next(chain: str, receipt: Receipt) -> str:
    try:
        content = ReceiptContent.from_json(receipt.content)
    except UnreadableSnapshot:
        return ""
    return chain_hash(chain, receipt.sha256, content)
