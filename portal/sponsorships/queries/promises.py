"""Holds and sponsorships, and those that someone should look after."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.core.db import db
from portal.donations.models import Plan, PlanState
from portal.programmes.codes import ChildStatus, ConsentScope
from portal.programmes.models import Child
from portal.programmes.queries.children import has_consent
from portal.sponsorships.models import Hold, HoldState, Sponsorship, SponsorshipState, Wish
from portal.sponsorships.rules.holds import ENDING_SOON


@dataclass(frozen=True, slots=True)
class Concern:
    """A sponsorship that someone should look after, and why (``left``, ``consent``, ``plan``)."""

    sponsorship: Sponsorship
    why: str


def live_holds(now: datetime) -> list[Hold]:
    """Children held for a sponsor, the hold that ends first on top."""
    held = sa.select(Hold).where(Hold.state == HoldState.HELD, Hold.expires_at > now)
    everything = held.options(joinedload(Hold.child), joinedload(Hold.wish).joinedload(Wish.donor))
    return list(db.session.scalars(everything.order_by(Hold.expires_at, Hold.id)))


def holds_ending_soon(now: datetime) -> int:
    """How many holds lapse within 48 hours."""
    held = sa.select(sa.func.count(Hold.id)).where(
        Hold.state == HoldState.HELD, Hold.expires_at.between(now, now + ENDING_SOON)
    )
    return int(db.session.scalar(held) or 0)


def promise_on(child_id: int) -> tuple[Hold, Account | None] | None:
    """The live promise of a child and who made it."""
    found = sa.select(Hold, Account).outerjoin(Account, Account.id == Hold.held_by)
    live = found.where(Hold.child_id == child_id, Hold.state.in_((HoldState.HELD, HoldState.TAKEN)))
    row = db.session.execute(live.execution_options(populate_existing=True)).first()
    return (row[0], row[1]) if row else None


def sponsored_child(donor_id: int | None, child: uuid.UUID) -> Sponsorship | None:
    """The donor's own active sponsorship of that child, or None: it is none of her business."""
    if donor_id is None:
        return None
    mine = (
        sa.select(Sponsorship)
        .join(Sponsorship.child)
        .where(
            Sponsorship.donor_id == donor_id,
            Sponsorship.state == SponsorshipState.ACTIVE,
            Child.public_id == child,
        )
    )
    return db.session.scalar(mine.options(joinedload(Sponsorship.child)))


def active_sponsorships_of(donor_id: int) -> list[Sponsorship]:
    """The donor's active sponsorships, oldest first."""
    mine = sa.select(Sponsorship).where(
        Sponsorship.donor_id == donor_id, Sponsorship.state == SponsorshipState.ACTIVE
    )
    return list(
        db.session.scalars(
            mine.options(joinedload(Sponsorship.child)).order_by(
                Sponsorship.started_on, Sponsorship.id
            )
        )
    )


def _active() -> sa.Select[Any]:
    return (
        sa.select(Sponsorship)
        .join(Sponsorship.child)
        .where(Sponsorship.state == SponsorshipState.ACTIVE)
        .options(joinedload(Sponsorship.child), joinedload(Sponsorship.donor))
        .order_by(Sponsorship.started_on, Sponsorship.id)
    )


def concerns(on: date) -> list[Concern]:
    """Active sponsorships whose child left, whose consent is not in force, or whose gifts ended."""
    left = _active().where(Child.status != ChildStatus.IN_CARE)
    hidden = _active().where(
        Child.status == ChildStatus.IN_CARE, ~has_consent(ConsentScope.PORTAL, on)
    )
    unpaid = _active().join(Plan, Plan.id == Sponsorship.plan_id)
    unpaid = unpaid.where(Plan.state == PlanState.ENDED, Child.status == ChildStatus.IN_CARE)
    return [
        Concern(row, why)
        for why, which in (("left", left), ("consent", hidden), ("plan", unpaid))
        for row in db.session.scalars(which)
    ]


def count_concerns(on: date) -> int:
    """How many sponsorships someone should look after."""
    return len({concern.sponsorship.id for concern in concerns(on)})
