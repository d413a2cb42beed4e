"""Periods that are closed, who asked to open them again, and entries a person made."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounting.models.journal import Entry
from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.core.money import Money


class PeriodKind(StrEnum):
    """What was closed: a month, or the year with its dedicated funds."""

    MONTH = "month"
    YEAR = "year"


class ClosedPeriod(Base):
    """A period no entry enters any more, with what it held when it was closed.

    ``entries``, ``debit_minor``, ``last_numbers`` (journal to last number) and ``sha256`` are the
    snapshot the books are held against (docs/rules/closing.md); ``open_items`` is what was still open
    and shown to whoever closed it. One that was opened again stays, no longer ``live``.
    """

    __tablename__ = "closed_period"
    __table_args__ = (
        sa.CheckConstraint("first_on <= last_on", name="days"),
        sa.CheckConstraint("live = (reopened_at is null)", name="live_until_reopened"),
        sa.Index(
            "uq_closed_period_live",
            "kind",
            "first_on",
            unique=True,
            postgresql_where=sa.text("live"),
        ),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    kind: Mapped[PeriodKind] = mapped_column(codes(PeriodKind))
    first_on: Mapped[dt.date]
    last_on: Mapped[dt.date]
    closed_at: Mapped[dt.datetime]
    closed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    note: Mapped[str] = mapped_column(default="")
    entries: Mapped[int]
    debit_minor: Mapped[int]
    last_numbers: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    open_items: Mapped[list[Any]]
    live: Mapped[bool] = mapped_column(default=True)
    reopened_at: Mapped[dt.datetime | None]

    @property
    def debit(self) -> Money:
        """What its entries move: the sum of their debits."""
        return Money(self.debit_minor)


class Reopening(Base):
    """Somebody asks that a closed period be opened again; another person decides.

    Undecided after ``expires_at`` it is void. The database refuses one agreed to by who asked.
    """

    __tablename__ = "reopening"
    __table_args__ = (
        sa.CheckConstraint("reason <> ''", name="reason"),
        sa.CheckConstraint(
            "(decided_at is null) = (agreed is null)"
            " and (agreed is null or decided_by is not null)",
            name="decided",
        ),
        sa.CheckConstraint("agreed is not true or decided_by <> asked_by", name="two_people"),
        sa.CheckConstraint("agreed is not true or decided_at <= expires_at", name="in_time"),
        sa.Index(
            "uq_reopening_waiting",
            "period_id",
            unique=True,
            postgresql_where=sa.text("decided_at is null"),
        ),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    period_id: Mapped[int] = mapped_column(sa.ForeignKey("closed_period.id"))
    reason: Mapped[str]
    asked_at: Mapped[dt.datetime]
    asked_by: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    expires_at: Mapped[dt.datetime]
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    agreed: Mapped[bool | None]

    period: Mapped[ClosedPeriod] = relationship()


class ManualEntry(Base):
    """An entry an accountant wrote, or her reversal of one; the entry's source is ``manual:<id>``.

    ``form_token`` makes a form that is sent twice one entry.
    """

    __tablename__ = "manual_entry"
    __table_args__ = (sa.CheckConstraint("reverses_id <> id", name="reverses_another"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    form_token: Mapped[str] = mapped_column(unique=True)
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(default="")
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("manual_entry.id"), unique=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id"), unique=True)

    entry: Mapped[Entry] = relationship()
