"""Early fraud warnings: a bank believes that a payment was not made by the card's holder."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, CreatedAt, Key, PublicId
from portal.donations.models.gifts import Gift


class FraudWarning(Base):
    """A warning, unique on Stripe's id. No money moved, and none is given back by itself.

    ``kind`` is Stripe's word. ``actionable``: giving the money back still spares the dispute and its
    fee. ``kept_at``, ``kept_by``: somebody looked and decided to keep the gift.
    """

    __tablename__ = "fraud_warning"
    __table_args__ = (
        sa.CheckConstraint("(kept_at is null) = (kept_by is null)", name="kept_by_somebody"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    gift_id: Mapped[int] = mapped_column(sa.ForeignKey("gift.id"), index=True)
    stripe_warning_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    actionable: Mapped[bool]
    warned_at: Mapped[dt.datetime]
    kept_at: Mapped[dt.datetime | None]
    kept_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))

    gift: Mapped[Gift] = relationship()
