"""Sponsors who wait, in their order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Donor
from portal.core.db import db
from portal.sponsorships.models import Hold, Wish, WishState
from portal.sponsorships.queries.availability import live_hold
from portal.sponsorships.rules.matching import WishCard


def waiting_wishes(now: datetime) -> sa.Select[Any]:
    """Select of the wishes for which no child is held, longest waiting first."""
    held = sa.exists().where(Hold.wish_id == Wish.id, live_hold(now))
    waiting = sa.select(Wish).join(Wish.donor).where(Wish.state == WishState.WAITING, ~held)
    return waiting.options(joinedload(Wish.donor)).order_by(Wish.since, Wish.id)


def wish_card(wish: Wish) -> WishCard:
    """What the matching rule reads of a wish."""
    return WishCard(
        id=wish.id,
        since=wish.since,
        sex=wish.sex,
        age_min=wish.age_min,
        age_max=wish.age_max,
        programme=wish.programme,
        site=wish.site,
    )


def place_in_queue(wish: Wish) -> int | None:
    """1 for the sponsor who has waited longest; None when this one does not wait."""
    if wish.state is not WishState.WAITING:
        return None
    before = sa.select(sa.func.count(Wish.id)).where(
        Wish.state == WishState.WAITING,
        sa.tuple_(Wish.since, Wish.id) < sa.tuple_(sa.literal(wish.since), sa.literal(wish.id)),
    )
    return int(db.session.scalar(before) or 0) + 1


def open_wishes_of(donor_id: int) -> list[Wish]:
    """The wishes of a donor that are waiting or not yet paid."""
    mine = sa.select(Wish).where(
        Wish.donor_id == donor_id, Wish.state.in_((WishState.WAITING, WishState.UNPAID))
    )
    return list(db.session.scalars(mine.order_by(Wish.since, Wish.id)))


SEARCHED = (Donor.first_name, Donor.last_name, Donor.company_name, Donor.ref)
