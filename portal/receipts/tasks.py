"""Background jobs of receipts, and the ways to queue them."""

from __future__ import annotations

import datetime as dt
import logging
import threading

from flask import current_app
from procrastinate import RetryStrategy

from portal.core.db import db, transaction
from portal.core.documents import DamagedDocument
from portal.core.jobs import RETRY, defer, is_stopping, is_under_way, jobs
from portal.receipts import services
from portal.receipts.models import PostBatch, ReceiptRun, Sending
from portal.receipts.services.details import ask_everybody
from portal.receipts.services.posting import print_batch, printing_failed

log = logging.getLogger(__name__)
BEHIND = -10
"""A run of thousands does not keep a mail waiting."""
HANDS = 2
STEPS_BACK = dt.timedelta(seconds=1)
PERSEVERE = RetryStrategy(max_attempts=1_000, wait=2)
"""A chunk that fails counts its tries itself; the others of its run are not to suffer."""
_ONE_HAND = threading.Lock()


@jobs.task(queue="papers", name="receipts.issue_chunks", retry=PERSEVERE, priority=BEHIND)
def issue_chunks(run_id: int, hand: int) -> None:
    """Issue chunk after chunk of a run until none is left that nobody else has.

    A run has two such hands, for two workers. One hand at a time in a process, whose memory is its
    limit and whose other threads stay free for a mail: the second steps back for another worker.
    A worker that is told to stop ends the chunk it is at.
    """
    if not _ONE_HAND.acquire(blocking=False):
        _put_to_work(run_id, hand, later=STEPS_BACK)
        return
    try:
        while services.issue_next_chunk(run_id):
            if is_stopping():
                _put_to_work(run_id, hand)
                return
    finally:
        _ONE_HAND.release()


def _put_to_work(run_id: int, hand: int, *, later: dt.timedelta = dt.timedelta(0)) -> None:
    at = current_app.extensions["clock"].now() + later if later else None
    lane = f"receipts.run:{run_id}:{hand}"
    with transaction():
        defer(issue_chunks, at=at, once=lane, lock=lane, run_id=run_id, hand=hand)


@jobs.task(queue="mail", name="receipts.deliver_year", retry=RETRY)
def deliver_year(sending_id: int) -> None:
    """Send the receipts of a sending, some at a time; when the same step fails too often it stops."""
    now = current_app.extensions["clock"].now
    try:
        while services.deliver_some(sending_id, now()):
            continue
    except Exception as error:
        log.exception("the receipts of sending %s could not be sent", sending_id)
        if not services.sending_failed(sending_id, type(error).__name__, now()):
            raise


def begin_run(year: int, *, at: dt.datetime, by: int | None, confirmed: bool = False) -> ReceiptRun:
    """Open the run of a year (or take up the one under way) and queue its jobs, both or neither.

    Raises YearNotOver.
    """
    with transaction():
        run = services.start_run(year, at=at, by=by, confirmed=confirmed)
        _queue(run)
        return run


def _queue(run: ReceiptRun) -> None:
    for hand in range(HANDS):
        _put_to_work(run.id, hand)


def resume_run(run_id: int, *, by: int) -> ReceiptRun:
    """Let a run go on and queue what is left of it, both or neither. Raises RunIsOver."""
    with transaction():
        run = services.resume_run(run_id, by=by)
        _queue(run)
        return run


def retry_faults(run_id: int, *, at: dt.datetime, by: int) -> int:
    """Try again what a run could not make, in the background; how many donors. Raises RunIsOver."""
    with transaction():
        count = services.retry_faults(run_id, at=at, by=by)
        if count:
            _queue(db.session.get_one(ReceiptRun, run_id))
        return count


def begin_delivery(year: int, *, by: int, at: dt.datetime) -> tuple[Sending, bool]:
    """The sending of a year's receipts, queued, and whether it begins now. Raises NothingToSend."""
    with transaction():
        sending, begins = services.ask_for_delivery(year, by=by, at=at)
        if begins:
            queue_delivery(sending)
        return sending, begins


def queue_delivery(sending: Sending) -> None:
    """Have a sending done by the worker; one that is at it already is followed, not doubled."""
    with transaction():
        lock = f"receipts.delivery:{sending.year}"
        defer(deliver_year, once=lock, lock=lock, sending_id=sending.id)


@jobs.task(queue="papers", name="receipts.print_letters", retry=RETRY)
def print_letters(batch_id: int) -> None:
    """All letters of a batch as one PDF; harmless when it runs twice."""
    try:
        print_batch(batch_id, current_app.extensions["clock"].now)
    except DamagedDocument:
        log.exception("the letters of batch %s could not be printed", batch_id)
        printing_failed(batch_id)


def begin_letters(
    year: int, *, by: int, at: dt.datetime, form_token: str, both_sides: bool
) -> PostBatch:
    """Open a batch of letters and queue its printing, both or neither. Raises NothingToPost."""
    with transaction():
        batch = services.open_batch(
            year, by=by, at=at, form_token=form_token, both_sides=both_sides
        )
        queue_letters(batch.id)
        return batch


def queue_letters(batch_id: int) -> None:
    """Have a batch printed by the worker (in the open transaction)."""
    lock = f"receipts.letters:{batch_id}"
    defer(print_letters, once=lock, lock=lock, batch_id=batch_id)


@jobs.periodic(cron="41 5 * * *")
@jobs.task(queue="papers", queueing_lock="receipts.singles_daily", name="receipts.singles_daily")
def issue_singles_daily(timestamp: int) -> None:
    """The receipts of gifts that had to wait: a returnable debit, an address not complete."""
    del timestamp
    services.issue_those_due(current_app.extensions["clock"].now())


@jobs.task(queue="mail", name="receipts.ask_for_details", retry=RETRY)
def ask_for_details(year: int, by: int) -> None:
    """Ask the donors who wait to complete their details; nobody twice in fourteen days."""
    ask_everybody(year, by=by, at=current_app.extensions["clock"].now())


def begin_asking(year: int, *, by: int) -> None:
    """Queue those mails."""
    with transaction():
        lock = f"receipts.details:{year}"
        defer(ask_for_details, once=lock, lock=lock, year=year, by=by)


def asking_under_way(year: int) -> bool:
    """Whether those mails are being written at this moment, or wait for the worker."""
    return is_under_way(f"receipts.details:{year}")


@jobs.periodic(cron="7 * * * *")
@jobs.task(queue="cron", queueing_lock="receipts.sign_register", name="receipts.sign_register")
def sign_register_daily(timestamp: int) -> None:
    """Sign the series that moved, once a day each; asked hourly, for a machine that sleeps at night."""
    del timestamp
    services.sign_register(current_app.extensions["clock"].now(), when_due=True)


@jobs.periodic(cron="17 4 * * *")
@jobs.task(queue="cron", queueing_lock="receipts.watch_register", name="receipts.watch_register")
def watch_register_daily(timestamp: int) -> None:
    """Look whether what was signed still holds, also in series that rest; tell what does not."""
    del timestamp
    services.watch_register(current_app.extensions["clock"].now())


@jobs.task(queue="papers", name="receipts.singles", retry=RETRY)
def issue_singles() -> None:
    """A receipt for each gift whose donor wants one after each gift."""
    services.issue_those_due(current_app.extensions["clock"].now())


def queue_singles() -> None:
    """Have them made once the open transaction is kept."""
    lock = "receipts.singles"
    defer(issue_singles, once=lock, lock=lock)
