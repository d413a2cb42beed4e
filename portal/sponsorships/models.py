"""Wishes of those who wait, children held for them, and the sponsorships that follow."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Donor
from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.donations.models import Plan
from portal.programmes.codes import Programme, Sex, Site
from portal.programmes.models import Child


class WishState(StrEnum):
    """Where somebody who wants to sponsor stands."""

    UNPAID = "unpaid"
    WAITING = "waiting"
    FULFILLED = "fulfilled"
    WITHDRAWN = "withdrawn"


class Wish(Base):
    """The wish to sponsor a child; empty criteria mean any child. ``since`` orders the queue."""

    __tablename__ = "wish"
    __table_args__ = (
        sa.CheckConstraint("age_min <= age_max", name="ages"),
        sa.Index("ix_wish_state", "state", "since"),
        sa.Index(
            "uq_wish_imported",
            "donor_id",
            unique=True,
            postgresql_where=sa.text("imported"),
        ),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    donor_id: Mapped[int] = mapped_column(sa.ForeignKey("donor.id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(sa.ForeignKey("plan.id"), unique=True)
    imported: Mapped[bool] = mapped_column(default=False)
    sex: Mapped[Sex | None] = mapped_column(codes(Sex))
    age_min: Mapped[int | None]
    age_max: Mapped[int | None]
    programme: Mapped[Programme | None] = mapped_column(codes(Programme))
    site: Mapped[Site | None] = mapped_column(codes(Site))
    monthly_minor: Mapped[int | None]
    payment: Mapped[str] = mapped_column(default="")
    since: Mapped[dt.date]
    state: Mapped[WishState] = mapped_column(codes(WishState), default=WishState.WAITING)

    donor: Mapped[Donor] = relationship()
    plan: Mapped[Plan | None] = relationship()


class HoldState(StrEnum):
    """A child is held for somebody for a while, then taken or let go."""

    HELD = "held"
    TAKEN = "taken"
    RELEASED = "released"


class Hold(Base):
    """A promise of a child. The database admits one live promise a child, whoever clicks when."""

    __tablename__ = "hold"
    __table_args__ = (
        sa.Index(
            "uq_hold_live_child",
            "child_id",
            unique=True,
            postgresql_where=sa.text("state in ('held','taken')"),
        ),
        sa.Index(
            "uq_hold_live_wish",
            "wish_id",
            unique=True,
            postgresql_where=sa.text("state in ('held','taken')"),
        ),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    child_id: Mapped[int] = mapped_column(sa.ForeignKey("child.id"))
    wish_id: Mapped[int] = mapped_column(sa.ForeignKey("wish.id"))
    state: Mapped[HoldState] = mapped_column(codes(HoldState), default=HoldState.HELD)
    expires_at: Mapped[dt.datetime | None]
    held_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    extensions: Mapped[int] = mapped_column(default=0)

    child: Mapped[Child] = relationship()
    wish: Mapped[Wish] = relationship()


class SponsorshipState(StrEnum):
    """A sponsorship is active until it ends."""

    ACTIVE = "active"
    ENDED = "ended"


class EndReason(StrEnum):
    """Why a sponsorship ended."""

    CHILD_LEFT = "child_left"
    SPONSOR_STOPPED = "sponsor_stopped"
    OFFICE = "office"


class Sponsorship(Base):
    """A sponsor follows a child, from a day to a day."""

    __tablename__ = "sponsorship"
    __table_args__ = (
        sa.CheckConstraint("(state = 'ended') = (ended_on is not null)", name="ended_has_a_date"),
        sa.Index(
            "uq_sponsorship_active_child",
            "child_id",
            unique=True,
            postgresql_where=sa.text("state = 'active'"),
        ),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    hold_id: Mapped[int] = mapped_column(sa.ForeignKey("hold.id"), unique=True)
    child_id: Mapped[int] = mapped_column(sa.ForeignKey("child.id"))
    donor_id: Mapped[int] = mapped_column(sa.ForeignKey("donor.id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(sa.ForeignKey("plan.id"))
    started_on: Mapped[dt.date]
    ended_on: Mapped[dt.date | None]
    end_reason: Mapped[EndReason | None] = mapped_column(codes(EndReason))
    state: Mapped[SponsorshipState] = mapped_column(
        codes(SponsorshipState), default=SponsorshipState.ACTIVE
    )

    child: Mapped[Child] = relationship()
    donor: Mapped[Donor] = relationship()
    hold: Mapped[Hold] = relationship()
    plan: Mapped[Plan | None] = relationship()
