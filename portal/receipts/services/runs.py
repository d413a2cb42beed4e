"""The run of a year: every donor's receipt, one short transaction each, resumable at any point."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.dialects.postgresql import insert

from portal.core import audit
from portal.core.clock import Clock, paris_date
from portal.core.db import db, transaction
from portal.core.pdf import PdfError, PrintingLibrariesMissing
from portal.receipts.models import ReceiptRun, RunState
from portal.receipts.queries.receiptable import Plan, WaitingDonor, plan_of
from portal.receipts.queries.runs import running_run
from portal.receipts.rules.composition import DonorBlocked, IncompleteIssuer, ReceiptRefused
from portal.receipts.rules.forms import NothingInForce
from portal.receipts.services.issuing import (
    GiftAlreadyReceipted,
    Printer,
    issue_receipt,
    print_paper,
)

STOPS = (PrintingLibrariesMissing, IncompleteIssuer, NothingInForce)
"""What no other donor would fare better with: the run ends and says it."""
Told = Callable[[ReceiptRun], None]


class YearNotOver(Exception):
    """Gifts of the year may still come: its receipts are issued early only when that is confirmed."""


def dry_run(year: int, at: dt.datetime) -> Plan:
    """What a run of the year would do now: who gets a receipt, who cannot and why."""
    return plan_of(year, paris_date(at))


def year_is_over(year: int, at: dt.datetime) -> bool:
    """Whether the civil year has ended in Paris."""
    return paris_date(at).year > year


def start_run(
    year: int, *, at: dt.datetime, by: int | None = None, confirmed: bool = False
) -> ReceiptRun:
    """Open the run of a year, or give the one that is under way; continue_run does the work.

    Raises YearNotOver unless ``confirmed``.
    """
    if not confirmed and not year_is_over(year, at):
        raise YearNotOver(year)
    ready = len(plan_of(year, paris_date(at)).ready)
    with transaction() as session:
        new = insert(ReceiptRun).values(
            created_at=at,
            year=year,
            state=RunState.RUNNING,
            started_by=by,
            total=ready,
            done=0,
        )
        opened = session.scalar(
            new.on_conflict_do_nothing(
                index_elements=["year"], index_where=sa.text("state = 'running'")
            ).returning(ReceiptRun.id)
        )
        if opened is not None:
            audit.record(
                "receipt_run.started", f"receipts:{year}", after={"ready": ready}, actor_id=by
            )
        run = running_run(year)
        assert run is not None
        return run


def continue_run(
    run_id: int, *, printer: Printer = print_paper, told: Told = lambda _run: None
) -> ReceiptRun:
    """Issue what a run has not issued yet, donor by donor, and end it; harmless when it is over.

    A donor whose paper cannot be made is noted among the run's faults and the others go on.
    """
    clock: Clock = current_app.extensions["clock"]
    run = db.session.get_one(ReceiptRun, run_id, populate_existing=True)
    if run.state is not RunState.RUNNING:
        return run
    year, by = run.year, run.started_by
    try:
        for waiting in plan_of(year, paris_date(clock.now())).ready:
            _serve(run_id, waiting, year, clock.now(), by, printer)
            told(run)
    except STOPS as stop:
        return _end(run_id, RunState.FAILED, clock.now(), _fault("", stop))
    return _end(run_id, RunState.DONE, clock.now())


def _serve(
    run_id: int,
    waiting: WaitingDonor,
    year: int,
    at: dt.datetime,
    by: int | None,
    printer: Printer,
) -> None:
    donor_id, ref = waiting.donor.id, waiting.donor.ref
    try:
        issue_receipt(donor_id, year, at=at, by=by, run_id=run_id, printer=printer)
    except STOPS:
        raise
    except (PdfError, ReceiptRefused, GiftAlreadyReceipted) as error:
        _note(run_id, _fault(ref, error))


def _fault(ref: str, error: Exception) -> dict[str, str]:
    if isinstance(error, DonorBlocked):
        return {"donor_ref": ref, "reason": ", ".join(reason.code for reason in error.reasons)}
    return {"donor_ref": ref, "reason": f"{type(error).__name__}: {error}"}


def _note(run_id: int, fault: dict[str, str]) -> None:
    with transaction() as session:
        run = session.get_one(ReceiptRun, run_id, with_for_update=True, populate_existing=True)
        if fault["donor_ref"] not in {known["donor_ref"] for known in run.faults}:
            run.faults = [*run.faults, fault]
            run.done += 1


def _end(
    run_id: int, state: RunState, at: dt.datetime, fault: dict[str, str] | None = None
) -> ReceiptRun:
    with transaction() as session:
        run = session.get_one(ReceiptRun, run_id, with_for_update=True, populate_existing=True)
        if run.state is RunState.RUNNING:
            run.state, run.finished_at = state, at
            run.faults = [*run.faults, fault] if fault else run.faults
        return run
