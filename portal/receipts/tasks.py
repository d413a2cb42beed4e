"""Background jobs of receipts, and the ways to queue them."""

from __future__ import annotations

import datetime as dt

from flask import current_app

from portal.core.db import transaction
from portal.core.jobs import RETRY, defer, jobs
from portal.receipts import services
from portal.receipts.models import ReceiptRun


@jobs.task(queue="papers", name="receipts.continue_run", retry=RETRY)
def continue_run(run_id: int) -> None:
    """Issue what a run has not issued yet."""
    services.continue_run(run_id)


@jobs.task(queue="mail", name="receipts.send_notices", retry=RETRY)
def send_notices(year: int) -> None:
    """Tell the donors of a year, some at a time."""
    while services.announce_some(year, current_app.extensions["clock"].now()):
        continue


def begin_run(year: int, *, at: dt.datetime, by: int, confirmed: bool = False) -> ReceiptRun:
    """Open the run of a year (or take up the one under way) and queue its job, both or neither.

    Raises YearNotOver.
    """
    with transaction():
        run = services.start_run(year, at=at, by=by, confirmed=confirmed)
        lock = f"receipts.run:{year}"
        defer(continue_run, once=lock, lock=lock, run_id=run.id)
        return run


def tell_donors(year: int, *, by: int) -> int:
    """Queue the notices of a year; how many donors will be told."""
    with transaction():
        due = services.ask_for_notices(year, by=by)
        lock = f"receipts.notices:{year}"
        defer(send_notices, once=lock, lock=lock, year=year)
        return due
