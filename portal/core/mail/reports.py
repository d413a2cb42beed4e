"""Reading the reports mail servers send about mail they could not deliver (RFC 3464, RFC 6533).

A file is one message (``.eml``) or a mailbox of many (mbox). Whatever is no delivery report is
passed over: nothing is guessed from the words of a subject.
"""

from __future__ import annotations

import email
import email.policy
import mailbox
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Any

_MESSAGE_ID = re.compile(r"<([0-9a-f-]{36})@[^>]*>", re.IGNORECASE)
STATUS, GLOBAL_STATUS = "message/delivery-status", "message/global-delivery-status"
ORIGINAL = ("Original-Message-ID", "X-Original-Message-ID")
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
    def reason(self) -> tuple[int, str]:
        """What tells why: code and words; those of the server alone where the status is "other"."""
        if self.status != "5.0.0":
            return 550, self.said
        code = re.match(r"5\d\d\b", self.diagnostic)
        return int(code[0]) if code else 554, self.diagnostic

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
    """What a message tells of each recipient; nothing when it is no delivery report.

    A scanner may have wrapped the report; one that somebody encloses in a letter is not read.
    """
    for report in _reports_in(message):
        blocks = [b for part in report.walk() if _is_status(part) for b in _blocks(part)]
        public_id = _letter_in(report, blocks)
        for block in blocks:
            if told := block.get("Final-Recipient") or block.get("Original-Recipient"):
                yield _of_recipient(str(told), block, public_id)


def _reports_in(message: Message[Any, Any]) -> Iterator[Message[Any, Any]]:
    if message.get_content_type() == "multipart/report":
        yield message
    elif message.get_content_maintype() == "multipart":
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _reports_in(part)


def _is_status(part: Message[Any, Any]) -> bool:
    return part.get_content_type() in (STATUS, GLOBAL_STATUS)


def _blocks(part: Message[Any, Any]) -> Iterator[Message[Any, Any]]:
    """The groups of fields: the first is about the message, each other about a recipient."""
    if part.get_content_type() == STATUS:
        told = part.get_payload()
        yield from (block for block in told if isinstance(block, Message))
        return
    first = _inner(part)  # RFC 6533: the parser takes all after the first group for a body
    if isinstance(first, Message):
        yield first
        for group in re.split(r"\r?\n[ \t]*\r?\n", _raw(first)):
            yield email.message_from_string(group.strip() + "\n\n", policy=email.policy.default)


def _of_recipient(
    told: str, block: Message[Any, Any], public_id: uuid.UUID | None
) -> DeliveryReport:
    return DeliveryReport(
        recipient=told.partition(";")[2].strip().strip("<>").lower(),
        action=str(block.get("Action", "")).strip().lower(),
        status=str(block.get("Status", "")).strip().partition(" ")[0],
        diagnostic=str(block.get("Diagnostic-Code", "")).partition(";")[2].strip(),
        public_id=public_id,
    )


def _letter_in(report: Message[Any, Any], blocks: Sequence[Message[Any, Any]]) -> uuid.UUID | None:
    """The id in the Message-ID of the letter that came back with the report, or as the report names
    it: Exchange gives what it sends back another one."""
    named = [str(block.get(name, "")) for block in blocks for name in ORIGINAL]
    for told in (*named, *map(_message_id_of, report.walk())):
        if found := _MESSAGE_ID.search(told):
            try:
                return uuid.UUID(found[1])
            except ValueError:
                continue
    return None


def _message_id_of(part: Message[Any, Any]) -> str:
    kind = part.get_content_type()
    if kind == "text/rfc822-headers":
        return _text(part)
    if kind in ("message/rfc822", "message/global", "message/global-headers"):
        inner = _inner(part)
        return str(inner.get("Message-ID", "")) if isinstance(inner, Message) else ""
    return ""


def _inner(part: Message[Any, Any]) -> object:
    """The message inside this part, when there is one."""
    return part.get_payload(0) if part.is_multipart() else None


def _raw(part: Message[Any, Any]) -> str:
    raw = part.get_payload(decode=True)
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def _text(part: Message[Any, Any]) -> str:
    if isinstance(part, EmailMessage):
        return str(part.get_content())
    return _raw(part)
