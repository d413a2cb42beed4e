"""Ending a sponsorship; the child is free for another sponsor, and nothing is switched unasked."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from portal.core import audit
from portal.core.clock import paris_date
from portal.core.db import db, transaction
from portal.sponsorships.events import sponsorship_ended
from portal.sponsorships.models import (
    EndReason,
    HoldState,
    Sponsorship,
    SponsorshipState,
    WishState,
)
from portal.sponsorships.rules.errors import SponsorshipOver
from portal.sponsorships.services import holds


def end_sponsorship(
    sponsorship_id: int,
    reason: EndReason,
    by: int | None,
    at: datetime,
    *,
    waits_again: bool = False,
) -> Sponsorship:
    """End it today. ``waits_again`` puts the sponsor back at her old place in the queue.

    Ask her first: nobody is given another child without having said so. Raises SponsorshipOver.
    """
    with transaction():
        sponsorship = db.session.get_one(Sponsorship, sponsorship_id)
        wish = holds.lock_wish(sponsorship.hold.wish_id)
        db.session.refresh(sponsorship, with_for_update=True)
        if sponsorship.state is SponsorshipState.ENDED:
            raise SponsorshipOver
        sponsorship.state, sponsorship.end_reason = SponsorshipState.ENDED, reason
        sponsorship.ended_on = paris_date(at)
        sponsorship.hold.state = HoldState.RELEASED
        if waits_again:
            wish.state = WishState.WAITING
        after = {
            "reason": str(reason),
            "ended_on": sponsorship.ended_on,
            "waits_again": waits_again,
        }
        subject = f"sponsorship:{sponsorship.public_id}"
        audit.record("sponsorship.ended", subject, after=after, actor_id=by)
        sponsorship_ended.send(current_app._get_current_object(), sponsorship=sponsorship)  # type: ignore[attr-defined]
        return sponsorship
