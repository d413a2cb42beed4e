"""Reading the reports mail servers send about mail they could not deliver (RFC 3464).

A file is one message (``.eml``) or a mailbox of many (mbox). Whatever is no delivery report is
passed over: nothing is guessed from the words of a subject.
"""

from __future__ import annotations

import email
import email.policy
import mailbox
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Any

_MESSAGE_ID = re.compile(r"<([0-9a-f-]{36})@[^>]*>", re.IGNORECASE)
BIGGEST = 50_000_000
"""Bytes of a file of reports; more is no mailbox of reports."""


class NotAMailbox(Exception):
    """The file is too large to be reports of mail servers, or is no mail at all."""


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """One recipient of one report. ``action`` as in RFC 3464: failed, delayed, delivered …

    ``public_id``: the letter of ours it is about, when its Message-ID came back with the report.
    """

    recipient: str
    action: str
    status: str
    diagnostic: str
    public_id: uuid.UUID | None = None

    @property
    def permanent(self) -> bool:
        """Whether the server has given up for good."""
        return self.action == "failed" and self.status.startswith("5")

    @property
    def said(self) -> str:
        """The status and the words of the server."""
        return f"{self.status} {self.diagnostic}".strip()


def read_file(path: Path) -> Iterator[DeliveryReport]:
    """Every report of a file. Raises NotAMailbox."""
    if path.stat().st_size > BIGGEST:
        raise NotAMailbox(path.name)
    if path.read_bytes()[:5] != b"From ":
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if not message.keys():
            raise NotAMailbox(path.name)
        yield from reports_of(message)
        return
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.keys():  # noqa: SIM118 - a mailbox iterates over its messages
            yield from reports_of(
                email.message_from_bytes(box.get_bytes(key), policy=email.policy.default)
            )
    finally:
        box.close()


def reports_of(message: Message[Any, Any]) -> Iterator[DeliveryReport]:
    """What a message tells of each recipient; nothing when it is no delivery report."""
    if message.get_content_type() != "multipart/report":
        return
    public_id = _letter_in(message)
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            yield from _recipients(part, public_id)


def _recipients(part: Message[Any, Any], public_id: uuid.UUID | None) -> Iterator[DeliveryReport]:
    blocks = part.get_payload()
    if not isinstance(blocks, list):
        return
    for block in blocks:
        if not isinstance(block, Message):
            continue
        told = block.get("Final-Recipient") or block.get("Original-Recipient")
        if not told:
            continue  # the first block is about the message, not about a recipient
        yield DeliveryReport(
            recipient=str(told).partition(";")[2].strip().strip("<>").lower(),
            action=str(block.get("Action", "")).strip().lower(),
            status=str(block.get("Status", "")).strip(),
            diagnostic=str(block.get("Diagnostic-Code", "")).partition(";")[2].strip(),
            public_id=public_id,
        )


def _letter_in(message: Message[Any, Any]) -> uuid.UUID | None:
    """The id in the Message-ID of the letter that came back with the report."""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "text/rfc822-headers":
            found = _MESSAGE_ID.search(_text(part))
        elif kind == "message/rfc822" and isinstance(inner := _inner(part), Message):
            found = _MESSAGE_ID.search(str(inner.get("Message-ID", "")))
        else:
            continue
        if found:
            return uuid.UUID(found[1])
    return None


def _inner(part: Message[Any, Any]) -> object:
    """The message inside this part, when there is one."""
    return part.get_payload(0) if part.is_multipart() else None


def _text(part: Message[Any, Any]) -> str:
    if isinstance(part, EmailMessage):
        return str(part.get_content())
    raw = part.get_payload(decode=True)
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
