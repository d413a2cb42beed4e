"""A chunk of a run: its receipts, its faults and that it is done, in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.dialects.postgresql import insert

from portal.core import audit
from portal.core.clock import Clock
from portal.core.db import db, transaction
from portal.core.pdf import PrintingLibrariesMissing
from portal.receipts.models import ChunkState, ReceiptChunk, ReceiptRun, RunFault, RunState
from portal.receipts.rules.composition import IncompleteIssuer
from portal.receipts.rules.forms import NothingInForce
from portal.receipts.services.batch_papers import BatchPrinter, print_signed
from portal.receipts.services.batches import Batch, Outcome, issue_batch

STOPS = (PrintingLibrariesMissing, IncompleteIssuer, NothingInForce)
"""What no other donor would fare better with: the run ends and says it."""
TRIES = 3
CHUNK = 250
"""Donors of a chunk: what a killed worker costs at most, and how long nobody else gets a number."""
GIFTS = 2_000
"""Gifts of a chunk, for whose records and papers a worker has memory."""


class RunHeld(Exception):
    """The run was paused or ended while the chunk was printed: nothing of it is kept."""


def issue_next_chunk(run_id: int, *, printer: BatchPrinter = print_signed) -> bool:
    """Issue the receipts of the run's next chunk that nobody else has; whether there was one.

    Nothing happens when the run is paused or over, also when that happens while the chunk is printed. An error that is not a donor's own is counted and
    raised; after three the chunk counts as failed. What failed before comes after what did not.
    """
    taken: ReceiptChunk | None = None
    try:
        with transaction():
            taken = _take(run_id)
            if taken is not None:
                _carry_out(taken, printer)
    except RunHeld:
        return False
    except STOPS as stop:
        assert taken is not None
        _stop(taken.run_id, stop)
    except Exception as error:
        if taken is not None:
            _note_failure(taken.id, error)
        raise
    return taken is not None


def _take(run_id: int) -> ReceiptChunk | None:
    """The chunk, held until the transaction ends: whoever dies with it leaves it as it was."""
    return db.session.scalar(
        sa.select(ReceiptChunk)
        .join(ReceiptChunk.run)
        .where(
            ReceiptChunk.run_id == run_id,
            ReceiptChunk.state == ChunkState.WAITING,
            ReceiptRun.state == RunState.RUNNING,
        )
        .order_by(ReceiptChunk.attempts, ReceiptChunk.position)
        .limit(1)
        .with_for_update(of=ReceiptChunk, skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _now() -> dt.datetime:
    clock: Clock = current_app.extensions["clock"]
    return clock.now()


def _carry_out(chunk: ReceiptChunk, printer: BatchPrinter) -> None:
    run, began = chunk.run, _now()
    batch = Batch(run.year, chunk.donor_ids, began, run.started_by, run.id)
    outcome = issue_batch(batch, printer)
    _still_wanted(run.id)
    at = _now()
    chunk.state, chunk.issued, chunk.finished_at = ChunkState.DONE, outcome.issued, at
    chunk.problem = ""
    _note_faults(run.id, outcome, at)
    db.session.flush()
    seen_to = len(chunk.donor_ids) - len(outcome.changed)
    _count(run.id, seen_to, at, again=outcome.changed)


def _still_wanted(run_id: int) -> None:
    """Who pauses or ends the run from here on waits for the chunk; who did before has its way."""
    chosen = sa.select(ReceiptRun.state).where(ReceiptRun.id == run_id).with_for_update()
    if db.session.scalar(chosen) is not RunState.RUNNING:
        raise RunHeld


def _note_faults(run_id: int, outcome: Outcome, at: dt.datetime) -> None:
    faults = [
        {"run_id": run_id, "donor_id": donor_id, "reason": reason, "noted_at": at}
        for donor_id, reason in outcome.faults.items()
    ]
    if faults:
        db.session.execute(insert(RunFault).on_conflict_do_nothing(), faults)


def in_chunks(donor_ids: Sequence[int]) -> list[Sequence[int]]:
    """These donors, in the same order, so many at a time."""
    return [donor_ids[start : start + CHUNK] for start in range(0, len(donor_ids), CHUNK)]


def append_chunks(run_id: int, chunks: Sequence[Sequence[int]]) -> None:
    """Write these chunks of donors down for a run whose row this transaction holds."""
    last = sa.select(sa.func.max(ReceiptChunk.position)).where(ReceiptChunk.run_id == run_id)
    after = int(db.session.scalar(last) or 0)
    db.session.add_all(
        ReceiptChunk(run_id=run_id, position=place, donor_ids=list(donor_ids))
        for place, donor_ids in enumerate(chunks, start=after + 1)
    )
    db.session.flush()


def _count(run_id: int, donors: int, at: dt.datetime, again: Sequence[int] = ()) -> None:
    """So many donors more were seen to, others are to be tried again; the last chunk ends the run."""
    counted = sa.update(ReceiptRun).where(ReceiptRun.id == run_id)
    db.session.execute(counted.values(done=ReceiptRun.done + donors))  # others wait here
    append_chunks(run_id, in_chunks(again))
    waiting = sa.exists().where(
        ReceiptChunk.run_id == run_id, ReceiptChunk.state == ChunkState.WAITING
    )
    if not db.session.scalar(sa.select(waiting)):
        end_run(run_id, RunState.DONE, at)


def end_run(run_id: int, state: RunState, at: dt.datetime, problem: str = "") -> None:
    """End a run that is open, in the open transaction; what waits of it is not issued any more."""
    run = db.session.get_one(ReceiptRun, run_id, with_for_update=True, populate_existing=True)
    if run.is_open:
        run.state, run.finished_at, run.problem = state, at, problem
        after = {"state": state.value, "done": run.done, "problem": problem}
        audit.record("receipt_run.ended", f"receipts:{run.year}", after=after)


def _stop(run_id: int, stop: Exception) -> None:
    with transaction():
        end_run(run_id, RunState.FAILED, _now(), f"{type(stop).__name__}: {stop}")


def _note_failure(chunk_id: int, error: Exception) -> None:
    with transaction() as session:
        chunk = session.get_one(
            ReceiptChunk, chunk_id, with_for_update=True, populate_existing=True
        )
        if chunk.state is not ChunkState.WAITING:
            return
        chunk.attempts += 1
        chunk.problem = type(error).__name__
        if chunk.attempts >= TRIES:
            chunk.state, chunk.finished_at = ChunkState.FAILED, _now()
            session.flush()
            _count(chunk.run_id, 0, _now())
