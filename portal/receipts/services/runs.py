"""The run of a year: whom it is for is written down when it begins, in chunks that anybody may take."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from portal.core import audit
from portal.core.clock import paris_date
from portal.core.db import db, transaction
from portal.receipts.models import ChunkState, ReceiptChunk, ReceiptRun, RunFault, RunState
from portal.receipts.queries.receiptable import Plan, WaitingDonor, plan_of
from portal.receipts.queries.runs import open_run
from portal.receipts.services.batch_papers import BatchPrinter, print_signed
from portal.receipts.services.chunks import (
    CHUNK,
    GIFTS,
    append_chunks,
    end_run,
    in_chunks,
    issue_next_chunk,
)

Told = Callable[[ReceiptRun], None]


class YearNotOver(Exception):
    """Gifts of the year may still come: its receipts are issued early only when that is confirmed."""


class RunIsOver(Exception):
    """The run cannot be paused, resumed or cancelled any more."""


def dry_run(year: int, at: dt.datetime) -> Plan:
    """What a run of the year would do now: who gets a receipt, who cannot and why."""
    return plan_of(year, paris_date(at))


def year_is_over(year: int, at: dt.datetime) -> bool:
    """Whether the civil year has ended in Paris."""
    return paris_date(at).year > year


def start_run(
    year: int,
    *,
    at: dt.datetime,
    by: int | None = None,
    confirmed: bool = False,
    chunk: int = CHUNK,
) -> ReceiptRun:
    """Open the run of a year for everybody who can be given a receipt now, or give the one that is open.

    ``chunk``: donors of a chunk at most. Raises YearNotOver unless ``confirmed``.
    """
    if not confirmed and not year_is_over(year, at):
        raise YearNotOver(year)
    if under_way := open_run(year):
        return under_way
    ready = plan_of(year, paris_date(at)).ready
    with transaction() as session:
        new = insert(ReceiptRun).values(
            created_at=at,
            year=year,
            state=RunState.RUNNING,
            started_by=by,
            total=len(ready),
            done=0,
        )
        opened = session.scalar(
            new.on_conflict_do_nothing(
                index_elements=["year"], index_where=sa.text("state in ('running', 'paused')")
            ).returning(ReceiptRun.id)
        )
        if opened is not None:
            _freeze(opened, ready, chunk)
            audit.record(
                "receipt_run.started", f"receipts:{year}", after={"ready": len(ready)}, actor_id=by
            )
            if not ready:
                end_run(opened, RunState.DONE, at)
        run = open_run(year) if opened is None else session.get_one(ReceiptRun, opened)
        assert run is not None
        return run


def _freeze(run_id: int, ready: Sequence[WaitingDonor], chunk: int) -> None:
    """Write the chunks down. Receipts with as many payments stand together: they look alike, and
    the press needs one layout for them; whoever gave often stands with fewer others."""
    chunks: list[list[int]] = []
    gifts = 0
    for each in sorted(ready, key=lambda each: each.gifts):
        if not chunks or len(chunks[-1]) == chunk or gifts + each.gifts > GIFTS:
            chunks.append([])
            gifts = 0
        chunks[-1].append(each.donor.id)
        gifts += each.gifts
    append_chunks(run_id, chunks)


def continue_run(
    run_id: int, *, printer: BatchPrinter = print_signed, told: Told = lambda _run: None
) -> ReceiptRun:
    """Issue chunk after chunk of a run until none is left that nobody else has; harmless when it is over.

    A donor whose paper cannot be made is noted among the run's faults and the others go on.
    """
    run = db.session.get_one(ReceiptRun, run_id, populate_existing=True)
    while issue_next_chunk(run_id, printer=printer):
        db.session.refresh(run)
        told(run)
    db.session.refresh(run)
    return run


def pause_run(run_id: int, *, by: int | None) -> ReceiptRun:
    """Nothing more is issued; what is being printed is done again later. Raises RunIsOver."""
    return _move(run_id, {RunState.RUNNING, RunState.PAUSED}, RunState.PAUSED, by)


def resume_run(run_id: int, *, by: int | None) -> ReceiptRun:
    """What was not issued yet is, also of a run that had to stop.

    Raises RunIsOver when it is done or cancelled, or another run of the year is open.
    """
    stopped = {RunState.RUNNING, RunState.PAUSED, RunState.FAILED}
    return _move(run_id, stopped, RunState.RUNNING, by)


def cancel_run(run_id: int, *, by: int | None, at: dt.datetime) -> ReceiptRun:
    """End a run here: what it issued stands, the other donors wait for the next. Raises RunIsOver."""
    with transaction():
        run = _move(run_id, {RunState.RUNNING, RunState.PAUSED}, RunState.CANCELLED, by)
        run.finished_at = at
        return run


def retry_faults(run_id: int, *, at: dt.datetime, by: int | None) -> int:
    """Try the donors again whose receipts a run could not make; how many. The run is open again.

    Raises RunIsOver when another run of the year is open, or this one was cancelled.
    """
    with transaction() as session:
        run = session.get_one(ReceiptRun, run_id, with_for_update=True, populate_existing=True)
        failed = session.scalars(
            sa.update(ReceiptChunk)
            .where(ReceiptChunk.run_id == run_id, ReceiptChunk.state == ChunkState.FAILED)
            .values(state=ChunkState.WAITING, attempts=0, finished_at=None)
            .returning(sa.func.cardinality(ReceiptChunk.donor_ids))
        ).all()
        donors = session.scalars(
            sa.update(RunFault)
            .where(RunFault.run_id == run_id, RunFault.retried_at.is_(None))
            .values(retried_at=at)
            .returning(RunFault.donor_id)
        ).all()
        append_chunks(run_id, in_chunks(sorted(donors)))
        run.done -= len(donors)
        if failed or donors:
            again = {RunState.DONE, RunState.RUNNING, RunState.PAUSED, RunState.FAILED}
            _move(run_id, again, RunState.RUNNING, by)
        return sum(int(count) for count in failed) + len(donors)


def _move(run_id: int, allowed: set[RunState], state: RunState, by: int | None) -> ReceiptRun:
    with transaction() as session:
        run = session.get_one(ReceiptRun, run_id, with_for_update=True, populate_existing=True)
        other = open_run(run.year)
        if run.state not in allowed or (other is not None and other.id != run.id):
            raise RunIsOver(run.state.value)
        if run.state is not state:
            after = {"state": state.value, "done": run.done}
            audit.record(
                "receipt_run.moved",
                f"receipts:{run.year}",
                before={"state": run.state.value},
                after=after,
                actor_id=by,
            )
            run.state = state
            if state is RunState.RUNNING:
                run.finished_at, run.problem = None, ""
        return run
