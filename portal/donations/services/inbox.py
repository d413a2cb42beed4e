"""The inbox of the provider's messages: kept once, worked off until done, never lost."""

from __future__ import annotations

import json
import logging
from typing import Any

import sqlalchemy as sa

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
from portal.donations.services.fraud_warnings import refresh_fraud_warning
from portal.donations.services.method_update import refresh_method
from portal.donations.services.payouts import refresh_payout
from portal.donations.services.plan_watch import refresh_upcoming
from portal.donations.services.provider import now
from portal.donations.services.refunds import refresh_refund
from portal.donations.services.settlement import AmountDiffers

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 8
HOPELESS = (GatewayRefused, GatewayMisconfigured, GiftError, AmountDiffers)
"""Trying again changes nothing: a person must look."""
TELL_OF_THE_BALANCE = ("payout.", "balance.")
"""Messages after which the balance has lines we have not read."""


_KEEP = sa.text("""
with kept as (
  insert into webhook_event (id, type, object_type, object_id, api_version, livemode, created_at,
                             received_at, body, attempts, error, state)
  values (:id, :type, :object_type, :object_id, :api_version, :livemode, :created_at,
          :received_at, cast(:body as jsonb), 0, '', :state)
  on conflict do nothing returning id, state),
queued as (
  select procrastinate_defer_jobs_v1(array[cast(row(:queue, :task, 0, 'event:' || id, null,
    jsonb_build_object('event_id', id), null) as procrastinate_job_to_defer_v1)]) as jobs
  from kept where state = 'waiting' and cast(:task as text) is not null)
select (select state from kept), (select jobs from queued)""")


def keep_event(
    event: VerifiedEvent, body: dict[str, Any], job: tuple[str, str] | None = None
) -> bool:
    """Put a verified message into the inbox; False when it is there already (or not for us).

    ``job`` is the queue and the name of the job that works it off: it is queued by the same
    statement, for a message that is new and for us, so that the door costs one round trip. The
    inbox's key alone decides whether a message is new.
    """
    queue, task = job or (None, None)
    with transaction():
        state, _jobs = db.session.execute(
            _KEEP,
            {
                "id": event.id,
                "type": event.type,
                "object_type": event.object_type,
                "object_id": event.object_id,
                "api_version": event.api_version,
                "livemode": event.livemode,
                "created_at": event.created_at,
                "received_at": now(),
                "body": json.dumps(body),
                "state": _state_of_new(event.type),
                "queue": queue,
                "task": task,
            },
        ).one()
    return bool(state == EventState.WAITING)


def _state_of_new(event_type: str) -> str:
    return (EventState.WAITING if is_for_us(event_type) else EventState.IGNORED).value


def is_for_us(event_type: str) -> bool:
    """Whether a message of this type says something about gifts or plans."""
    return _reader(event_type) is not None


def process_event(event_id: str) -> bool:
    """Work off one message: re-read what it is about and bring our rows there.

    Done twice it does nothing more. What fails stays in the inbox with its reason; an error that
    may pass is raised so that the job is tried again, until MOST_ATTEMPTS are used up. Gives
    whether the message told of the balance, so that its lines are worth reading now.
    """
    try:
        return _process(event_id)
    except Exception as error:
        left = _keep_failure(event_id, error)
        if left is EventState.WAITING:
            raise
        if left is EventState.FAILED:
            log.exception("event %s could not be dealt with", event_id)
    return False


def failed_ids() -> list[str]:
    """The messages that wait for a person, the oldest first."""
    chosen = sa.select(WebhookEvent.id).where(WebhookEvent.state == EventState.FAILED)
    return list(db.session.scalars(chosen.order_by(WebhookEvent.received_at, WebhookEvent.id)))


def put_back(event_id: str, *, by: int) -> None:
    """A person wants a message to be worked off again; nothing happens to one that waits."""
    with transaction():
        event = _locked(event_id)
        if event.state is EventState.WAITING:
            return
        audit.record(
            "event.put_back",
            f"event:{event_id}",
            before={"state": event.state, "error": event.error},
            actor_id=by,
        )
        event.state, event.attempts, event.error = EventState.WAITING, 0, ""


def _process(event_id: str) -> bool:
    with transaction():
        event = _locked(event_id)
        if event.state in (EventState.DONE, EventState.IGNORED):
            return False
        event.attempts += 1
        reader = _reader(event.type)
        ours = reader is not None and reader(event)
        event.state = EventState.DONE if ours else EventState.IGNORED
        event.error = ""
        return event.type.startswith(TELL_OF_THE_BALANCE)


def _keep_failure(event_id: str, error: Exception) -> EventState:
    with transaction():
        event = _locked(event_id)
        if event.state in (EventState.DONE, EventState.IGNORED):
            return event.state  # another worker did it meanwhile
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


def _refund(event: WebhookEvent) -> bool:
    intent = _named(event, "payment_intent")
    return refresh_payment(intent) if intent else refresh_refund(event.object_id)


def _dispute(event: WebhookEvent) -> bool:
    return refresh_dispute(event.object_id)


def _fraud_warning(event: WebhookEvent) -> bool:
    return refresh_fraud_warning(event.object_id)


def _invoice(event: WebhookEvent) -> bool:
    return bool(event.object_id) and refresh_invoice(event.object_id)


def _upcoming(event: WebhookEvent) -> bool:
    """An upcoming invoice is no object one can read: the message names its subscription."""
    about = _in(_in(_shown(event), "parent"), "subscription_details").get("subscription")
    return isinstance(about, str) and bool(about) and refresh_upcoming(about)


def _method(event: WebhookEvent) -> bool:
    return refresh_method(event.object_type, event.object_id)


def _invoice_payment(event: WebhookEvent) -> bool:
    invoice = _named(event, "invoice")
    return bool(invoice) and refresh_invoice(invoice)


def _subscription(event: WebhookEvent) -> bool:
    return refresh_subscription(event.object_id)


def _payout(event: WebhookEvent) -> bool:
    return refresh_payout(event.object_id)


def _balance(_event: WebhookEvent) -> bool:
    """Its lines are read by a job of their own: this message names none of them."""
    return True


def _named(event: WebhookEvent, name: str) -> str:
    found = _shown(event).get(name)
    if isinstance(found, dict):
        found = found.get("id")
    return found if isinstance(found, str) else ""


def _shown(event: WebhookEvent) -> dict[str, Any]:
    """The object as the message showed it; good for names, never for how things stand."""
    return _in(_in(event.body, "data"), "object")


def _in(found: dict[str, Any], name: str) -> dict[str, Any]:
    inner = found.get(name)
    return inner if isinstance(inner, dict) else {}


_READERS = (
    ("checkout.session.", _checkout),
    ("payment_intent.", _payment),
    ("charge.dispute.", _dispute),
    ("charge.", _payment_behind),
    ("radar.early_fraud_warning.", _fraud_warning),
    ("refund.", _refund),
    ("invoice_payment.", _invoice_payment),
    ("invoice.upcoming", _upcoming),
    ("invoice.", _invoice),
    ("customer.subscription.", _subscription),
    ("setup_intent.", _method),
    ("payment_method.", _method),
    ("mandate.", _method),
    ("payout.", _payout),
    ("balance.", _balance),
)
