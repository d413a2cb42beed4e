"""Ways to one plan from a mail, without a password."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, Key
from portal.donations.models.gifts import Plan


class PlanLink(Base):
    """A link sent by mail: pay, replace the card, pause or stop this one plan; one act, then over.

    Only the hash of its secret is kept. ``email`` is where it was sent: should the donor have
    another address by then, it is worth nothing.
    """

    __tablename__ = "plan_link"

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]

    plan: Mapped[Plan] = relationship()
