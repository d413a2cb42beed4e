"""Background jobs of gifts and plans, and the ways to queue them."""

from __future__ import annotations

from typing import Any

from portal.core.db import transaction
from portal.core.jobs import RETRY, defer, jobs
from portal.donations import services
from portal.donations.gateway import VerifiedEvent


@jobs.task(queue="payments", name="donations.process_event", retry=RETRY)
def process_event(event_id: str) -> None:
    """Work off one of the provider's messages."""
    services.process_event(event_id)


@jobs.periodic(cron="17 * * * *")
@jobs.task(queue="cron", queueing_lock="donations.sweep", name="donations.sweep")
def sweep(timestamp: int) -> None:
    """Ask the provider about what no message told."""
    del timestamp
    for event_id in services.sweep():
        queue_event(event_id)


def receive(event: VerifiedEvent, body: dict[str, Any]) -> None:
    """Keep a verified message and queue its job, both or neither."""
    with transaction():
        if services.keep_event(event, body):
            queue_event(event.id)


def queue_event(event_id: str) -> None:
    """Queue the job of a message, unless it waits already."""
    with transaction():
        defer(process_event, once=f"event:{event_id}", lock=f"event:{event_id}", event_id=event_id)


def replay(event_id: str, *, by: int) -> None:
    """A person wants a message to be worked off again."""
    with transaction():
        services.put_back(event_id, by=by)
        queue_event(event_id)
