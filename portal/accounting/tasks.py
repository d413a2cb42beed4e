"""What the books do at night."""

from __future__ import annotations

import logging

from portal.accounting.services.checking import check_and_record
from portal.core.jobs import jobs

log = logging.getLogger(__name__)


@jobs.periodic(cron="20 2 * * *")
@jobs.task(queue="cron", queueing_lock="check_books", name="accounting.check_books")
def check_books(timestamp: int) -> None:
    """Prove the invariants of the books each night and keep the result."""
    del timestamp
    if not check_and_record():
        log.error("the books do not hold: see portal books check")
