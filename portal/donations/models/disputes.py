"""Disputes: a donor's bank questions a payment, and perhaps takes it back."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, CreatedAt, Key, PublicId
from portal.core.money import Money
from portal.donations.models.gifts import Gift


class Dispute(Base):
    """One dispute of a payment, unique on Stripe's id; a payment may have several.

    ``status`` and ``reason`` are Stripe's words; new ones may appear. What counts is what moved on
    the balance: ``taken_minor`` is what is off it now, in the gift's currency, ``euro_minor`` the
    same in cents of euro (below zero when more came back than had left), ``fee_minor`` what the
    dispute cost. ``answer_by``: until when the bank takes our answer. ``closed_at``: when it was
    decided and the money stood where it will stay.
    """

    __tablename__ = "dispute"
    __table_args__ = (
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint("taken_minor between 0 and amount_minor", name="taken"),
        sa.Index("ix_dispute_open", "answer_by", postgresql_where=sa.text("closed_at is null")),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    gift_id: Mapped[int] = mapped_column(sa.ForeignKey("gift.id"), index=True)
    stripe_dispute_id: Mapped[str] = mapped_column(unique=True)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(default="EUR")
    status: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[dt.datetime]
    answer_by: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    taken_minor: Mapped[int] = mapped_column(default=0)
    euro_minor: Mapped[int] = mapped_column(default=0)
    fee_minor: Mapped[int] = mapped_column(default=0)

    gift: Mapped[Gift] = relationship()
    movements: Mapped[list[DisputeMovement]] = relationship(
        order_by="DisputeMovement.id", back_populates="dispute"
    )

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def taken(self) -> Money:
        """What is off the balance now, in the gift's currency."""
        return Money(self.taken_minor, self.currency)

    @property
    def fee(self) -> Money:
        """What the dispute cost, in euros."""
        return Money(self.fee_minor)


class DisputeMovement(Base):
    """Money a dispute moved on Stripe's balance: a fact, unique on its balance transaction, kept.

    ``euro_minor`` is below zero when money left; ``amount_minor`` is the same in the gift's
    currency. ``fee_minor`` is above zero when a fee was taken.
    """

    __tablename__ = "dispute_movement"

    id: Mapped[Key]
    created_at: Mapped[CreatedAt]
    dispute_id: Mapped[int] = mapped_column(sa.ForeignKey("dispute.id"), index=True)
    stripe_balance_transaction_id: Mapped[str] = mapped_column(unique=True)
    amount_minor: Mapped[int]
    euro_minor: Mapped[int]
    fee_minor: Mapped[int] = mapped_column(default=0)
    moved_at: Mapped[dt.datetime]

    dispute: Mapped[Dispute] = relationship(back_populates="movements")
