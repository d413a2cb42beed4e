"""The runs of a year: how far they are, what came of them, what went wrong."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from portal.core.db import db
from portal.core.money import Money
from portal.receipts.models import (
    ChunkState,
    Receipt,
    ReceiptChunk,
    ReceiptRun,
    RunFault,
    RunState,
)

QUIET_FOR = dt.timedelta(minutes=2)
PACE_OVER = 12
OPEN = (RunState.RUNNING, RunState.PAUSED)


def open_run(year: int) -> ReceiptRun | None:
    """The run of a year that is under way or paused."""
    return db.session.scalar(
        sa.select(ReceiptRun)
        .where(ReceiptRun.year == year, ReceiptRun.state.in_(OPEN))
        .execution_options(populate_existing=True)
    )


def last_run(year: int) -> ReceiptRun | None:
    """The newest run of a year, under way or over; one that found nobody hides none before it."""
    newest = sa.select(ReceiptRun).where(ReceiptRun.year == year)
    newest = newest.order_by((ReceiptRun.total > 0).desc(), ReceiptRun.id.desc())
    return db.session.scalar(newest.limit(1))


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run issued so far; the numbers are empty when it was nothing."""

    issued: int
    amount: Money
    first_number: str | None
    last_number: str | None


def outcome_of(run_id: int) -> RunOutcome:
    """How many receipts a run issued, their sum, the first and last of their numbers."""
    count, minor, first, last = db.session.execute(
        sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(Receipt.amount_minor), 0),
            sa.func.min(Receipt.number),
            sa.func.max(Receipt.number),
        ).where(Receipt.run_id == run_id)
    ).one()
    return RunOutcome(count, Money(int(minor)), first, last)


def is_quiet(run: ReceiptRun, now: dt.datetime) -> bool:
    """Whether a running run has issued nothing for some minutes (its worker may be gone)."""
    newest = db.session.scalar(
        sa.select(sa.func.max(ReceiptChunk.finished_at)).where(ReceiptChunk.run_id == run.id)
    )
    return now - (newest or run.created_at) > QUIET_FOR


def faults_of(run_id: int) -> Sequence[RunFault]:
    """The donors whose receipts a run could not make and who were not tried again, with the reasons."""
    return db.session.scalars(
        sa.select(RunFault)
        .join(RunFault.donor)
        .options(contains_eager(RunFault.donor))
        .where(RunFault.run_id == run_id, RunFault.retried_at.is_(None))
        .order_by(RunFault.id)
    ).all()


@dataclass(frozen=True, slots=True)
class FailedChunks:
    """Chunks that could not be kept at all: how many, their donors, what went wrong with the last."""

    count: int
    donors: int
    problem: str


def failed_chunks(run_id: int) -> FailedChunks:
    """What of a run failed as a whole."""
    rows = db.session.execute(
        sa.select(sa.func.cardinality(ReceiptChunk.donor_ids), ReceiptChunk.problem)
        .where(ReceiptChunk.run_id == run_id, ReceiptChunk.state == ChunkState.FAILED)
        .order_by(ReceiptChunk.position)
    ).all()
    return FailedChunks(len(rows), sum(row[0] for row in rows), rows[-1][1] if rows else "")


def per_second(run_id: int) -> float:
    """How many donors a second were seen to over the last chunks; 0 while that cannot be said."""
    rows = db.session.execute(
        sa.select(ReceiptChunk.finished_at, sa.func.cardinality(ReceiptChunk.donor_ids))
        .where(ReceiptChunk.run_id == run_id, ReceiptChunk.state == ChunkState.DONE)
        .order_by(ReceiptChunk.finished_at.desc())
        .limit(PACE_OVER)
    ).all()
    if len(rows) < 2:
        return 0.0
    seconds = (rows[0][0] - rows[-1][0]).total_seconds()
    return sum(row[1] for row in rows[:-1]) / seconds if seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run stands, ready to be shown. ``minutes_left`` is 0 while it cannot be said,
    ``issued`` counts the receipts that came out of it."""

    run: ReceiptRun
    issued: int
    faults: Sequence[RunFault]
    failed: FailedChunks
    quiet: bool
    minutes_left: int

    @property
    def is_running(self) -> bool:
        return self.run.state is RunState.RUNNING

    @property
    def is_being_prepared(self) -> bool:
        """Nobody was seen to yet: the first receipts are being laid out."""
        return self.is_running and not self.run.done

    @property
    def is_over(self) -> bool:
        """It went through, or somebody ended it."""
        return self.run.state in (RunState.DONE, RunState.CANCELLED)

    @property
    def was_ended(self) -> bool:
        """Somebody ended it before everybody was seen to."""
        return self.run.state is RunState.CANCELLED

    @property
    def is_paused(self) -> bool:
        return self.run.state is RunState.PAUSED

    @property
    def has_stopped(self) -> bool:
        """Something that concerns every receipt went wrong; ``run.problem`` says what."""
        return self.run.state is RunState.FAILED

    @property
    def left(self) -> int:
        """The donors who were not seen to."""
        return self.run.total - self.run.done

    @property
    def without(self) -> int:
        """The donors whose receipts could not be made."""
        return len(self.faults) + self.failed.donors


def standing_of(run: ReceiptRun, now: dt.datetime) -> Standing:
    """Where a run stands."""
    running = run.state is RunState.RUNNING
    pace = per_second(run.id) if running else 0.0
    return Standing(
        run,
        outcome_of(run.id).issued,
        faults_of(run.id),
        failed_chunks(run.id),
        running and is_quiet(run, now),
        math.ceil((run.total - run.done) / pace / 60) if pace else 0,
    )
