"""Accepting: a sponsor and a child belong together from today, and she reads it by mail."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Account
from portal.core import audit, i18n, mail
from portal.core.clock import paris_date
from portal.core.db import db, transaction, violated
from portal.programmes.queries.children import child_view
from portal.sponsorships.events import sponsorship_started
from portal.sponsorships.models import (
    Hold,
    HoldState,
    Sponsorship,
    SponsorshipState,
    WishState,
)
from portal.sponsorships.rules.errors import (
    AlreadyPromised,
    SponsorshipError,
    WishHasChild,
    WishNotWaiting,
)
from portal.sponsorships.services import holds

REFUSALS: dict[str, type[SponsorshipError]] = {
    "uq_hold_live_wish": WishHasChild,
    "uq_sponsorship_hold_id": WishHasChild,
}


def accept(hold_id: int, by: int | None, at: datetime) -> Sponsorship:
    """The child that was held becomes the sponsor's; told twice, it is the same sponsorship.

    Raises HoldOver, WishNotWaiting, ChildNotAvailable, AlreadyPromised.
    """
    with transaction():
        wish_id = db.session.get_one(Hold, hold_id).wish_id
        holds.lock_wish(wish_id)
        held = db.session.get_one(Hold, hold_id, with_for_update=True, populate_existing=True)
        started = _started_already(held)
        if started is not None:
            return started
        held = holds.live(hold_id, at)
        holds.check_available(held.child_id, at)
        held.state, held.expires_at = HoldState.TAKEN, None
        return _start(held, by, at)


def accept_pair(child_id: int, wish_id: int, by: int | None, at: datetime) -> Sponsorship:
    """Accept a proposed pair at once, held before or not; told twice, it is the same sponsorship.

    Raises AlreadyPromised, WishHasChild, WishNotWaiting, ChildNotAvailable.
    """
    with transaction():
        holds.lock_wish(wish_id)
        promised = holds.promise_between(child_id, wish_id, at)
        if promised is not None:
            return accept(promised.id, by, at)
        return _start(holds.promise(child_id, wish_id, by, at, HoldState.TAKEN), by, at)


def _started_already(held: Hold) -> Sponsorship | None:
    if held.state is not HoldState.TAKEN:
        return None
    return db.session.scalar(sa.select(Sponsorship).where(Sponsorship.hold_id == held.id))


def _start(held: Hold, by: int | None, at: datetime) -> Sponsorship:
    wish = holds.lock_wish(held.wish_id)
    if wish.state is not WishState.WAITING:
        raise WishNotWaiting
    wish.state = WishState.FULFILLED
    sponsorship = Sponsorship(
        hold_id=held.id,
        child_id=held.child_id,
        donor_id=wish.donor_id,
        plan_id=wish.plan_id,
        started_on=paris_date(at),
        state=SponsorshipState.ACTIVE,
    )
    _insert(sponsorship)
    holds.record("hold.taken", held, None, by)
    after = {"child": held.child.ref, "donor": wish.donor.ref, "started_on": paris_date(at)}
    audit.record(
        "sponsorship.started", f"sponsorship:{sponsorship.public_id}", after=after, actor_id=by
    )
    sponsorship_started.send(current_app._get_current_object(), sponsorship=sponsorship)  # type: ignore[attr-defined]
    _write_to_sponsor(sponsorship, at)
    return sponsorship


def _insert(sponsorship: Sponsorship) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(sponsorship)
            db.session.flush()
    except IntegrityError as error:
        refusal = REFUSALS.get(violated(error))
        raise refusal() if refusal else AlreadyPromised(sponsored=True) from error


def _write_to_sponsor(sponsorship: Sponsorship, at: datetime) -> None:
    """One mail in the sponsor's language; nobody without an address is written to."""
    donor = sponsorship.donor
    if not donor.email:
        return
    has_account = db.session.scalar(sa.select(Account.id).where(Account.donor_id == donor.id))
    with i18n.in_language(donor.language):
        child = child_view(sponsorship.child, paris_date(at))
    mail.post(
        "sponsorships/mail/started",
        to=donor.email,
        language=donor.language,
        key=f"sponsorship-started:{sponsorship.public_id}",
        donor_name=donor.name,
        child=child,
        path=f"/me/child/{sponsorship.child.public_id}",
        has_account=has_account is not None,
    )
