"""Background jobs of gifts and plans, and the ways to queue them."""

from __future__ import annotations

from typing import Any

from portal.core.db import transaction
from portal.core.jobs import RETRY, defer, jobs
from portal.donations import services
from portal.donations.gateway import VerifiedEvent
from portal.donations.rules.reconciliation import NIGHTLY_PATIENCE, NO_PATIENCE
from portal.donations.services import direct_debits


@jobs.task(queue="payments", name="donations.process_event", retry=RETRY)
def process_event(event_id: str) -> None:
    """Work off one of the provider's messages."""
    if services.process_event(event_id):
        queue_reading()
    services.note_decline(event_id)


@jobs.periodic(cron="17 * * * *")
@jobs.task(queue="cron", queueing_lock="donations.sweep", name="donations.sweep")
def sweep(timestamp: int) -> None:
    """Ask the provider about what no message told, and read what its balance has new."""
    del timestamp
    for event_id in services.sweep():
        queue_event(event_id)
    queue_reading()
    if services.reconciliation_is_overdue():
        queue_reconciliation()


@jobs.periodic(cron="*/5 * * * *")
@jobs.task(queue="cron", queueing_lock="donations.resend_orders", name="donations.resend_orders")
def resend_orders(timestamp: int) -> None:
    """Ask the payment provider again for what it has not confirmed."""
    del timestamp
    services.resend_orders()


@jobs.periodic(cron="37 * * * *")
@jobs.task(queue="cron", queueing_lock="donations.watch_plans", name="donations.watch_plans")
def watch_plans(timestamp: int) -> None:
    """Look after plans that are behind, pauses that are over, cards given on pages left open."""
    del timestamp
    services.watch_plans()


@jobs.periodic(cron="20 8 * * *")
@jobs.task(
    queue="cron", queueing_lock="donations.remind_of_cards", name="donations.remind_of_cards"
)
def remind_of_cards(timestamp: int) -> None:
    """Write once to each sponsor whose card ends this month or the next."""
    del timestamp
    services.remind_of_cards()


@jobs.periodic(cron="41 * * * *")
@jobs.task(queue="cron", queueing_lock="donations.forget_attempts", name="donations.forget")
def forget_attempts(timestamp: int) -> None:
    """What the guard against card testing need not remember any more."""
    del timestamp
    services.forget_attempts()


@jobs.periodic(cron="5 7 * * *")
@jobs.task(queue="cron", queueing_lock="donations.daily_letters", name="donations.daily_letters")
def daily_letters(timestamp: int) -> None:
    """Cards whose day has come, and a reminder to who was invited to follow a child."""
    del timestamp
    services.send_due_cards()
    services.remind_correspondents()


@jobs.periodic(cron="31 5 * * *")
@jobs.task(queue="cron", queueing_lock="donations.direct_debits", name="donations.direct_debits")
def own_debits(timestamp: int) -> None:
    """What falls due by our own direct debits is written down and announced; pauses end."""
    del timestamp
    direct_debits.end_pauses()
    direct_debits.plan_and_announce()


@jobs.task(queue="cron", name="donations.read_balance", retry=RETRY)
def read_balance() -> None:
    """Keep the new lines of the provider's balance and its payouts; the books hear of them."""
    services.read_new_lines()


@jobs.periodic(cron="17 4 * * *")
@jobs.task(queue="cron", queueing_lock="donations.reconcile_nightly", name="donations.nightly")
def reconcile_nightly(timestamp: int) -> None:
    """Compare the provider's books with ours each night; a missed night is caught up by `sweep`."""
    del timestamp
    queue_reconciliation()


@jobs.task(queue="cron", name="donations.reconcile")
def reconcile(by: int | None = None) -> None:
    """Ask for messages that never came, then compare the provider's books with ours."""
    services.reconcile(by=by, patience=NO_PATIENCE if by else NIGHTLY_PATIENCE)


def queue_reconciliation(*, by: int | None = None) -> None:
    """Queue the comparison, unless one waits already; ``by`` is the person who wants it now."""
    with transaction():
        defer(reconcile, once="donations.reconcile", lock="donations.balance", by=by)


def queue_reading() -> None:
    """Queue a reading of the balance, unless one waits already."""
    with transaction():
        defer(read_balance, once="donations.read_balance", lock="donations.balance")


def receive(event: VerifiedEvent, body: dict[str, Any]) -> None:
    """Keep a verified message and queue its job, both or neither."""
    services.keep_event(event, body, (process_event.queue, process_event.name))


def queue_event(event_id: str) -> None:
    """Queue the job of a message, unless it waits already."""
    with transaction():
        defer(process_event, once=f"event:{event_id}", lock=f"event:{event_id}", event_id=event_id)


def replay(event_id: str, *, by: int) -> None:
    """A person wants a message to be worked off again."""
    with transaction():
        services.put_back(event_id, by=by)
        queue_event(event_id)


def replay_failed(*, by: int) -> int:
    """A person wants every message that failed to be worked off again; gives how many."""
    failed = services.failed_ids()
    for event_id in failed:
        replay(event_id, by=by)
    return len(failed)
