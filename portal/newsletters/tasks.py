"""The job that sends an issue, and the way to queue it."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from portal.core.db import transaction
from portal.core.jobs import RETRY, defer, jobs
from portal.newsletters.services import sending


@jobs.task(queue="mail", name="newsletters.send_batch", retry=RETRY)
def send_batch(issue_id: int) -> None:
    """Write some of the mails, and queue the job again while some are left."""
    with transaction():
        if sending.send_batch(issue_id, at=current_app.extensions["clock"].now()):
            _queue(issue_id)


def send(issue_id: int, *, by: int, at: datetime) -> int:
    """Freeze the issue and queue its sending, both or neither; gives to how many it goes.

    Raises NotADraft, NotReady or NobodyToSendTo.
    """
    with transaction():
        number = sending.freeze(issue_id, by=by, at=at)
        _queue(issue_id)
        return number


def _queue(issue_id: int) -> None:
    defer(send_batch, lock=f"newsletter:{issue_id}", issue_id=issue_id)
