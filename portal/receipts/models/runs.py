"""The annual run: who it was for when it began, in chunks of donors, and what went wrong."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Donor
from portal.core.db import Base, CreatedAt, Key, PublicId, codes


class RunState(StrEnum):
    """How far a year's run is; it is over when it is done, failed or cancelled."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    PAUSED = "paused"
    CANCELLED = "cancelled"


class ChunkState(StrEnum):
    """A chunk waits until its one transaction is kept; it failed when that could not be."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class ReceiptRun(Base):
    """The run that issues a tax year's receipts, resumable.

    ``done`` counts the donors that were seen to, of ``total``; ``problem`` says why a run failed.
    """

    __tablename__ = "receipt_run"
    __table_args__ = (
        sa.Index(
            "uq_receipt_run_open",
            "year",
            unique=True,
            postgresql_where=sa.text("state in ('running', 'paused')"),
        ),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    year: Mapped[int]
    state: Mapped[RunState] = mapped_column(codes(RunState), default=RunState.RUNNING)
    started_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[dt.datetime | None]
    problem: Mapped[str] = mapped_column(default="", server_default="")

    @property
    def is_open(self) -> bool:
        """Whether receipts may still come out of it."""
        return self.state in (RunState.RUNNING, RunState.PAUSED)


class ReceiptChunk(Base):
    """Some hundred donors of a run: one transaction. ``issued`` receipts came out of it."""

    __tablename__ = "receipt_chunk"
    __table_args__ = (
        sa.UniqueConstraint("run_id", "position"),
        sa.CheckConstraint("cardinality(donor_ids) > 0", name="donors"),
    )

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("receipt_run.id"))
    position: Mapped[int]
    donor_ids: Mapped[list[int]] = mapped_column(postgresql.ARRAY(sa.BigInteger))
    state: Mapped[ChunkState] = mapped_column(codes(ChunkState), default=ChunkState.WAITING)
    issued: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    finished_at: Mapped[dt.datetime | None]

    run: Mapped[ReceiptRun] = relationship()


class RunFault(Base):
    """A donor whose receipt a run could not make, and why; ``retried_at`` once it is tried again."""

    __tablename__ = "receipt_run_fault"
    __table_args__ = (
        sa.Index(
            "uq_receipt_run_fault_open",
            "run_id",
            "donor_id",
            unique=True,
            postgresql_where=sa.text("retried_at is null"),
        ),
    )

    id: Mapped[Key]
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("receipt_run.id"))
    donor_id: Mapped[int] = mapped_column(sa.ForeignKey("donor.id"))
    reason: Mapped[str]
    noted_at: Mapped[dt.datetime]
    retried_at: Mapped[dt.datetime | None]

    donor: Mapped[Donor] = relationship()
