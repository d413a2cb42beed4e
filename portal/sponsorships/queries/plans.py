"""What a plan's own pages are told about the child behind it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.core.db import db
from portal.donations.followed import ChildOfPlan, ChildStanding
from portal.sponsorships.models import Sponsorship, SponsorshipState, Wish, WishState


def child_of_plan(plan_id: int) -> ChildOfPlan:
    """A sponsorship that runs on this plan, else a wish that waits for a child."""
    active = sa.select(Sponsorship).where(
        Sponsorship.plan_id == plan_id, Sponsorship.state == SponsorshipState.ACTIVE
    )
    found = db.session.scalar(active.options(joinedload(Sponsorship.child)).limit(1))
    if found is not None:
        return ChildOfPlan(ChildStanding.FOUND, found.child.public_id)
    waits = sa.select(Wish.id).where(
        Wish.plan_id == plan_id, Wish.state.in_((WishState.WAITING, WishState.UNPAID))
    )
    if db.session.scalar(waits) is not None:
        return ChildOfPlan(ChildStanding.WAITS)
    return ChildOfPlan()
