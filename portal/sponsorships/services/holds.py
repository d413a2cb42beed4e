"""Hold a child for a sponsor, for a while. The database admits one live promise a child."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from portal.core import audit
from portal.core.clock import paris_date
from portal.core.db import db, transaction
from portal.programmes.models import Child
from portal.sponsorships.models import Hold, HoldState, Wish, WishState
from portal.sponsorships.queries.availability import live_hold, may_be_sponsored
from portal.sponsorships.queries.promises import promise_on
from portal.sponsorships.rules.errors import (
    AlreadyPromised,
    ChildNotAvailable,
    HoldOver,
    WishHasChild,
    WishNotWaiting,
)
from portal.sponsorships.rules.holds import end_of_hold, extended, has_lapsed


def hold(child_id: int, wish_id: int, by: int | None, at: datetime) -> Hold:
    """Hold the child for the sponsor for 15 days.

    Raises AlreadyPromised, WishHasChild, WishNotWaiting, ChildNotAvailable.
    """
    with transaction():
        lock_wish(wish_id)
        known = promise_between(child_id, wish_id, at)
        if known is not None:
            return known
        held = promise(child_id, wish_id, by, at, HoldState.HELD)
        record("hold.held", held, None, by)
        return held


def extend(hold_id: int, by: int, at: datetime) -> Hold:
    """Hold on for 15 days more, twice at most. Raises HoldOver, NoMoreExtensions."""
    with transaction():
        held = live(hold_id, at)
        before = {"expires_at": held.expires_at}
        held.expires_at = extended(held.expires_at or at, held.extensions)
        held.extensions += 1
        record("hold.extended", held, before, by)
        return held


def release(hold_id: int, by: int, at: datetime) -> Hold:
    """Let the child go; another sponsor may have it at once. Raises HoldOver."""
    with transaction():
        held = live(hold_id, at)
        held.state = HoldState.RELEASED
        record("hold.released", held, {"state": str(HoldState.HELD)}, by)
        return held


def release_lapsed(at: datetime, child_id: int | None = None) -> int:
    """Let go what was held too long (of one child, or of all); gives how many."""
    with transaction():
        over = sa.select(Hold).where(Hold.state == HoldState.HELD, Hold.expires_at <= at)
        if child_id is not None:
            over = over.where(Hold.child_id == child_id)
        lapsed = db.session.scalars(over.order_by(Hold.id).with_for_update()).all()
        for held in lapsed:
            held.state = HoldState.RELEASED
            record("hold.lapsed", held, {"state": str(HoldState.HELD)}, None)
        db.session.flush()
        return len(lapsed)


def lock_wish(wish_id: int) -> Wish:
    """The wish, locked: always before its holds, so that two clicks never wait for each other."""
    return db.session.get_one(Wish, wish_id, with_for_update=True, populate_existing=True)


def promise_between(child_id: int, wish_id: int, at: datetime) -> Hold | None:
    """The live promise of this child to this sponsor, or None."""
    both = sa.select(Hold).where(Hold.child_id == child_id, Hold.wish_id == wish_id, live_hold(at))
    return db.session.scalar(both)


def promise(child_id: int, wish_id: int, by: int | None, at: datetime, state: HoldState) -> Hold:
    """A live promise, in the open transaction; the database decides who is first."""
    if lock_wish(wish_id).state is not WishState.WAITING:
        raise WishNotWaiting
    release_lapsed(at, child_id)
    _release_lapsed_of_wish(wish_id, at)
    expires_at = end_of_hold(at) if state is HoldState.HELD else None
    values = {"child_id": child_id, "wish_id": wish_id, "state": state, "held_by": by}
    new = insert(Hold).values(**values, expires_at=expires_at, extensions=0)
    hold_id = db.session.scalar(new.on_conflict_do_nothing().returning(Hold.id))
    if hold_id is None:
        raise _why_refused(child_id)
    check_available(child_id, at)
    return db.session.get_one(Hold, hold_id)


def _release_lapsed_of_wish(wish_id: int, at: datetime) -> None:
    over = sa.select(Hold.child_id).where(
        Hold.wish_id == wish_id, Hold.state == HoldState.HELD, Hold.expires_at <= at
    )
    for child_id in db.session.scalars(over).all():
        release_lapsed(at, child_id)


def check_available(child_id: int, at: datetime) -> None:
    """Raises ChildNotAvailable unless the child may be sponsored today; its record stays as it is."""
    fit = sa.select(Child.id).where(Child.id == child_id, may_be_sponsored(paris_date(at)))
    if db.session.scalar(fit.with_for_update(read=True)) is None:
        raise ChildNotAvailable


def _why_refused(child_id: int) -> AlreadyPromised | WishHasChild:
    found = promise_on(child_id)
    if found is None:
        return WishHasChild()
    held, account = found
    roles = account.roles if account else []
    return AlreadyPromised(
        sponsored=held.state is HoldState.TAKEN,
        by=roles[0] if roles else "",
        until=held.expires_at,
    )


def live(hold_id: int, at: datetime) -> Hold:
    """The hold, locked. Raises HoldOver when it no longer keeps the child."""
    which = sa.select(Hold).where(Hold.id == hold_id).with_for_update()
    held = db.session.scalars(which.execution_options(populate_existing=True)).one()
    if held.state is not HoldState.HELD or has_lapsed(held.expires_at, at):
        raise HoldOver
    return held


def record(action: str, held: Hold, before: dict[str, Any] | None, by: int | None) -> None:
    """Write down what happened to a hold, under its wish and its child."""
    after = {
        "child": held.child.ref,
        "donor": held.wish.donor.ref,
        "state": str(held.state),
        "expires_at": held.expires_at,
    }
    for subject in (f"child:{held.child.ref}", f"wish:{held.wish.public_id}"):
        audit.record(action, subject, before=before, after=after, actor_id=by)
