"""What may go with a gift or a plan: a card to somebody, another person who follows the child."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.codes import Language
from portal.accounts.models import Donor
from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.donations.models.gifts import Gift, Plan


class TributeCard(Base):
    """A message by mail that tells somebody of a gift in memory or honour; never its amount.

    Sent once the gift is settled, on ``send_on`` at the earliest. ``stopped_at``: the office kept it
    from leaving.
    """

    __tablename__ = "tribute_card"
    __table_args__ = (
        sa.CheckConstraint("length(message) <= 500", name="message"),
        sa.Index("ix_tribute_card_recipient", "recipient_email", "created_at"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    gift_id: Mapped[int] = mapped_column(sa.ForeignKey("gift.id"), unique=True)
    recipient_name: Mapped[str]
    recipient_email: Mapped[str]
    message: Mapped[str] = mapped_column(default="")
    send_on: Mapped[dt.date | None]
    sent_at: Mapped[dt.datetime | None]
    stopped_at: Mapped[dt.datetime | None]

    gift: Mapped[Gift] = relationship()


class PlanCorrespondent(Base):
    """Somebody who follows the child another person pays for.

    Invited by mail once the first payment has come; ``donor_id`` is theirs from the day they accept.
    ``criteria`` is the wish, kept until then. The payer never sees the child, they never see amounts.
    """

    __tablename__ = "plan_correspondent"
    __table_args__ = (
        sa.CheckConstraint(
            "(confirmed_at is null) = (donor_id is null)", name="confirmed_is_known"
        ),
        sa.CheckConstraint("confirmed_at is null or declined_at is null", name="one_answer"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"), unique=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    email: Mapped[str]
    relation: Mapped[str] = mapped_column(default="")
    language: Mapped[Language] = mapped_column(codes(Language))
    criteria: Mapped[dict[str, Any]]
    invited_at: Mapped[dt.datetime | None]
    reminded_at: Mapped[dt.datetime | None]
    confirmed_at: Mapped[dt.datetime | None]
    declined_at: Mapped[dt.datetime | None]
    donor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("donor.id"), index=True)

    plan: Mapped[Plan] = relationship()
    donor: Mapped[Donor | None] = relationship()

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"
