"""The inbox of the provider's messages: kept once, worked off until done, never lost."""

from __future__ import annotations

import logging
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from portal.core import audit
from portal.core.db import db, transaction
from portal.donations.gateway import GatewayMisconfigured, GatewayRefused, VerifiedEvent
from portal.donations.models import EventState, WebhookEvent
from portal.donations.rules.gift import GiftError
from portal.donations.services.converge import (
    refresh_checkout,
    refresh_invoice,
    refresh_payment,
    refresh_subscription,
)
from portal.donations.services.disputes import refresh_dispute
from portal.donations.services.provider import now
from portal.donations.services.settlement import AmountDiffers

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 8
HOPELESS = (GatewayRefused, GatewayMisconfigured, GiftError, AmountDiffers)
"""Trying again changes nothing: a person must look."""


def keep_event(event: VerifiedEvent, body: dict[str, Any]) -> bool:
    """Put a verified message into the inbox; False when it is there already (or not for us)."""
    with transaction():
        new = (
            insert(WebhookEvent)
            .values(
                id=event.id,
                type=event.type,
                object_type=event.object_type,
                object_id=event.object_id,
                api_version=event.api_version,
                livemode=event.livemode,
                created_at=event.created_at,
                received_at=now(),
                body=body,
                attempts=0,
                error="",
                state=EventState.WAITING if is_for_us(event.type) else EventState.IGNORED,
            )
            .on_conflict_do_nothing(index_elements=["id"])
            .returning(WebhookEvent.state)
        )
        return bool(db.session.scalar(new) is EventState.WAITING)


def is_for_us(event_type: str) -> bool:
    """Whether a message of this type says something about gifts or plans."""
    return _reader(event_type) is not None


def process_event(event_id: str) -> None:
    """Work off one message: re-read what it is about and bring our rows there.

    Done twice it does nothing more. What fails stays in the inbox with its reason; an error that
    may pass is raised so that the job is tried again, until MOST_ATTEMPTS are used up.
    """
    try:
        _process(event_id)
    except Exception as error:
        if _keep_failure(event_id, error) is EventState.WAITING:
            raise
        log.exception("event %s could not be dealt with", event_id)


def put_back(event_id: str, *, by: int) -> None:
    """A person wants a message to be worked off again."""
    with transaction():
        event = _locked(event_id)
        audit.record(
            "event.put_back",
            f"event:{event_id}",
            before={"state": event.state, "error": event.error},
            actor_id=by,
        )
        event.state, event.attempts, event.error = EventState.WAITING, 0, ""


def _process(event_id: str) -> None:
    with transaction():
        event = _locked(event_id)
        if event.state in (EventState.DONE, EventState.IGNORED):
            return
        event.attempts += 1
        reader = _reader(event.type)
        ours = reader is not None and reader(event)
        event.state = EventState.DONE if ours else EventState.IGNORED
        event.error = ""


def _keep_failure(event_id: str, error: Exception) -> EventState:
    with transaction():
        event = _locked(event_id)
        event.attempts += 1
        event.error = f"{type(error).__name__}: {error}"[:500]
        over = isinstance(error, HOPELESS) or event.attempts >= MOST_ATTEMPTS
        event.state = EventState.FAILED if over else EventState.WAITING
        return event.state


def _locked(event_id: str) -> WebhookEvent:
    return db.session.scalars(
        sa.select(WebhookEvent)
        .where(WebhookEvent.id == event_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _reader(event_type: str) -> Any:
    for prefix, reader in _READERS:
        if event_type.startswith(prefix):
            return reader
    return None


def _checkout(event: WebhookEvent) -> bool:
    return refresh_checkout(event.object_id)


def _payment(event: WebhookEvent) -> bool:
    return refresh_payment(event.object_id)


def _payment_behind(event: WebhookEvent) -> bool:
    """A charge or refund: its payment is named in the message."""
    intent = _named(event, "payment_intent")
    return bool(intent) and refresh_payment(intent)


def _dispute(event: WebhookEvent) -> bool:
    intent = _named(event, "payment_intent")
    return bool(intent) and refresh_dispute(intent, event.object_id)


def _invoice(event: WebhookEvent) -> bool:
    """An upcoming invoice has no id yet: there is nothing to read."""
    return bool(event.object_id) and refresh_invoice(event.object_id)


def _invoice_payment(event: WebhookEvent) -> bool:
    invoice = _named(event, "invoice")
    return bool(invoice) and refresh_invoice(invoice)


def _subscription(event: WebhookEvent) -> bool:
    return refresh_subscription(event.object_id)


def _named(event: WebhookEvent, name: str) -> str:
    found = event.body.get("data", {}).get("object", {}).get(name)
    if isinstance(found, dict):
        found = found.get("id")
    return found if isinstance(found, str) else ""


_READERS = (
    ("checkout.session.", _checkout),
    ("payment_intent.", _payment),
    ("charge.dispute.", _dispute),
    ("charge.", _payment_behind),
    ("refund.", _payment_behind),
    ("invoice_payment.", _invoice_payment),
    ("invoice.", _invoice),
    ("customer.subscription.", _subscription),
)
