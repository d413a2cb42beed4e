"""The nightly look at the records for news."""

from __future__ import annotations

from flask import current_app

from portal.core.clock import paris_date
from portal.core.jobs import jobs
from portal.programmes.services.facts import propose_facts


@jobs.periodic(cron="20 2 * * *")
@jobs.task(queue="cron", queueing_lock="propose_facts", name="programmes.propose_facts")
def propose_all_facts(timestamp: int) -> None:
    """Propose what a day that passed makes true: a school year that is over, a class that began."""
    del timestamp
    propose_facts(None, paris_date(current_app.extensions["clock"].now()))
