"""What the books do at night."""

from __future__ import annotations

import logging

from flask import current_app

from portal.accounting.queries.recorded import CHECK_ASKED
from portal.accounting.services import bank
from portal.accounting.services.checking import check_and_record
from portal.core import audit
from portal.core.clock import paris_date
from portal.core.db import transaction
from portal.core.jobs import RETRY, defer, jobs

log = logging.getLogger(__name__)


@jobs.periodic(cron="20 2 * * *")
@jobs.task(queue="cron", queueing_lock="check_books", name="accounting.check_books")
def check_books(timestamp: int) -> None:
    """Prove the invariants of the books each night and keep the result."""
    del timestamp
    if not check_and_record():
        log.error("the books do not hold: see portal books check")


@jobs.task(queue="default", name="accounting.check_now", retry=RETRY)
def check_now(by: int) -> None:
    """The same checks, because somebody asked for them."""
    check_and_record(by)


def ask_for_check(by: int) -> None:
    """Have the books checked now, once however often it is asked."""
    with transaction():
        audit.record(CHECK_ASKED, "books", actor_id=by)
        defer(check_now, once="accounting.check_now", lock="accounting.check_now", by=by)


@jobs.periodic(cron="40 3 * * *")
@jobs.task(queue="cron", queueing_lock="forget_bank_words", name="accounting.forget_bank_words")
def forget_bank_words(timestamp: int) -> None:
    """Empty old names on lines of the bank; forget files nobody confirmed."""
    del timestamp
    now = current_app.extensions["clock"].now()
    bank.forget_uploads(now)
    forgotten = bank.forget_words(paris_date(now))
    if forgotten:
        log.info("names on %s lines of the bank were forgotten", forgotten)
