"""Webhook events: is it Stripe who speaks, and of what."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import stripe

from portal.donations.gateway import EventMalformed, SignatureInvalid, VerifiedEvent

TOLERANCE_SECONDS = 300


def check_signature(raw: bytes, header: str, secrets: tuple[str, ...], now: datetime) -> None:
    """Raise SignatureInvalid unless one of the secrets signed these bytes within 300 s of now."""
    if not any(_signed_with(raw, header, secret) for secret in secrets):
        raise SignatureInvalid("no valid signature")
    # The library looks at the past only: a time stamp from the future would stay good for ever.
    if abs(now.timestamp() - _timestamp(header)) > TOLERANCE_SECONDS:
        raise SignatureInvalid("the signature is not of this moment")


def read(raw: bytes) -> VerifiedEvent:
    """The event in those bytes; raises EventMalformed when it is not one we can read."""
    try:
        event = json.loads(raw)
    except ValueError as error:
        raise EventMalformed("not JSON") from error
    if not isinstance(event, dict) or event.get("object") != "event":
        raise EventMalformed("not a snapshot event")
    data = event.get("data")
    subject = data.get("object") if isinstance(data, dict) else None
    if not isinstance(subject, dict):
        raise EventMalformed("an event about nothing")
    return VerifiedEvent(
        id=_text(event, "id"),
        type=_text(event, "type"),
        object_type=_text(subject, "object"),
        object_id=str(subject.get("id") or ""),
        api_version=str(event.get("api_version") or ""),
        livemode=_flag(event, "livemode"),
        created_at=_instant(event),
    )


def _signed_with(raw: bytes, header: str, secret: str) -> bool:
    try:
        # The library's own look at the clock is left out: `check_signature` looks both ways.
        return bool(stripe.WebhookSignature.verify_header(raw, header, secret, None))
    except (stripe.SignatureVerificationError, ValueError, TypeError):
        # ValueError: bytes that are no text; TypeError: a header with letters that are not ASCII.
        return False


def _timestamp(header: str) -> int:
    return next(int(part[2:]) for part in header.split(",") if part.startswith("t="))


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise EventMalformed(f"{name} is missing")
    return value


def _flag(found: dict[str, Any], name: str) -> bool:
    value = found.get(name)
    if not isinstance(value, bool):
        raise EventMalformed(f"{name} is missing")
    return value


def _instant(event: dict[str, Any]) -> datetime:
    value = event.get("created")
    if isinstance(value, bool) or not isinstance(value, int):
        raise EventMalformed("created is missing")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise EventMalformed("created is not an instant") from error
