"""Background jobs of the matching desk."""

from __future__ import annotations

from flask import current_app

from portal.core.jobs import jobs
from portal.sponsorships.services.holds import release_lapsed


@jobs.periodic(cron="*/10 * * * *")
@jobs.task(queue="cron", queueing_lock="release_lapsed_holds", name="sponsorships.release_lapsed")
def release_lapsed_holds(timestamp: int) -> None:
    """Let go the children who were held too long."""
    del timestamp
    release_lapsed(current_app.extensions["clock"].now())
