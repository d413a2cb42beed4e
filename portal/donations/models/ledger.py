"""The provider's balance line by line, its payouts, and what comparing them with ours found."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, CreatedAt, Key, codes
from portal.core.money import Money
from portal.donations.rules.reconciliation import FindingKind, FindingState


class ProviderLine(Base):
    """One line of the provider's balance, by its own id; never changed (a trigger keeps it).

    Sums are signed and in the currency of the balance: what leaves is below zero, and
    gross - fee = net. ``source_id`` is what the line is about (a charge, a refund, a dispute, a
    payout); ``created_at`` is the provider's instant, ``imported_at`` ours.
    """

    __tablename__ = "provider_line"
    __table_args__ = (
        sa.CheckConstraint("gross_minor - fee_minor = net_minor", name="net"),
        sa.Index("ix_provider_line_created_at", "created_at"),
        sa.Index("ix_provider_line_source_id", "source_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    category: Mapped[str]
    gross_minor: Mapped[int]
    fee_minor: Mapped[int]
    net_minor: Mapped[int]
    currency: Mapped[str]
    source_id: Mapped[str]
    created_at: Mapped[dt.datetime]
    available_at: Mapped[dt.datetime]
    exchange_rate: Mapped[Decimal | None] = mapped_column(sa.Numeric(18, 9))
    description: Mapped[str]
    imported_at: Mapped[CreatedAt]

    @property
    def gross(self) -> Money:
        return Money(self.gross_minor, self.currency)

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, self.currency)

    @property
    def net(self) -> Money:
        return Money(self.net_minor, self.currency)


class PayoutLine(Base):
    """Which payout a line was paid out by: one at most; never changed (a trigger keeps it)."""

    __tablename__ = "payout_line"

    line_id: Mapped[str] = mapped_column(sa.ForeignKey("provider_line.id"), primary_key=True)
    payout_id: Mapped[str] = mapped_column(sa.ForeignKey("payout.id"), index=True)


class Payout(Base):
    """Money sent from the provider's balance to the bank, by the provider's id.

    ``status`` is the provider's word (pending, in_transit, paid, failed, canceled); paid may still
    become failed. ``lines_read_at``: when its lines were read whole, None before. The amount, its
    currency and its instant never change (a trigger keeps them).
    """

    __tablename__ = "payout"
    __table_args__ = (sa.Index("ix_payout_created_at", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    amount_minor: Mapped[int]
    currency: Mapped[str]
    status: Mapped[str]
    automatic: Mapped[bool]
    reconciled: Mapped[bool]
    created_at: Mapped[dt.datetime]
    arrives_on: Mapped[dt.date]
    balance_transaction_id: Mapped[str | None]
    failure_reason: Mapped[str] = mapped_column(default="", server_default="")
    statement_descriptor: Mapped[str] = mapped_column(default="", server_default="")
    lines_read_at: Mapped[dt.datetime | None]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def came_back(self) -> bool:
        """Whether the money is back on the provider's balance."""
        return self.status in ("failed", "canceled")


class ReconciliationRun(Base):
    """One comparison of the provider's books with ours.

    ``covered_until``: the ledger was read whole up to there; ``events_until``: the messages were.
    Both None when the provider did not answer to the end; ``problem`` then says why.
    """

    __tablename__ = "reconciliation_run"
    __table_args__ = (sa.Index("ix_reconciliation_run_covered_until", "covered_until"),)

    id: Mapped[Key]
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
    covered_until: Mapped[dt.datetime | None]
    events_until: Mapped[dt.datetime | None]
    events_found: Mapped[int] = mapped_column(default=0, server_default="0")
    lines_new: Mapped[int] = mapped_column(default=0, server_default="0")
    lines_compared: Mapped[int] = mapped_column(default=0, server_default="0")
    payouts_compared: Mapped[int] = mapped_column(default=0, server_default="0")
    problem: Mapped[str] = mapped_column(default="", server_default="")
    asked_by: Mapped[int | None]


class Finding(Base):
    """A difference between the provider's books and ours: found by a run, seen again by later ones.

    ``key`` names the difference with both sums, so that one that changes is a new finding.
    ``expected_minor`` is what ours say, ``found_minor`` what the provider's say. ``gone``: a later
    run no longer found it. ``explained``: a person said why it is right, or what was done.
    """

    __tablename__ = "reconciliation_finding"
    __table_args__ = (
        sa.Index("ix_reconciliation_finding_state", "state", "kind"),
        sa.CheckConstraint("(state = 'explained') = (note <> '')", name="explained_has_a_note"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[FindingKind] = mapped_column(codes(FindingKind))
    subject: Mapped[str]
    about: Mapped[str] = mapped_column(default="", server_default="")
    gift_id: Mapped[int | None] = mapped_column(sa.ForeignKey("gift.id"))
    happened_at: Mapped[dt.datetime | None]
    expected_minor: Mapped[int | None]
    found_minor: Mapped[int | None]
    currency: Mapped[str] = mapped_column(default="EUR", server_default="EUR")
    state: Mapped[FindingState] = mapped_column(
        codes(FindingState), default=FindingState.OPEN, server_default="open"
    )
    first_run_id: Mapped[int] = mapped_column(sa.ForeignKey("reconciliation_run.id"))
    last_run_id: Mapped[int] = mapped_column(sa.ForeignKey("reconciliation_run.id"), index=True)
    resolved_at: Mapped[dt.datetime | None]
    resolved_by: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="", server_default="")

    @property
    def expected(self) -> Money | None:
        return None if self.expected_minor is None else Money(self.expected_minor, self.currency)

    @property
    def found(self) -> Money | None:
        return None if self.found_minor is None else Money(self.found_minor, self.currency)
