"""Which sponsors promised to pay by transfer: told to the books, without a word of the child."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from portal.accounting.rules.promises import Promise
from portal.core.db import db
from portal.core.money import Money
from portal.donations.codes import GiftMode
from portal.sponsorships.models import Hold, Sponsorship, Wish, WishState


def promised_transfers() -> Iterator[Promise]:
    """Each sponsorship, running or ended, and each sponsor who waits, when a sum is paid by transfer
    every month. The promise began with the wish: who waits for a child gives already."""
    rows = db.session.execute(
        sa.select(Wish.donor_id, Wish.since, Wish.monthly_minor, Sponsorship.ended_on)
        .outerjoin(Hold, Hold.wish_id == Wish.id)
        .outerjoin(Sponsorship, Sponsorship.hold_id == Hold.id)
        .where(
            Wish.plan_id.is_(None),
            Wish.payment == GiftMode.TRANSFER.value,
            Wish.monthly_minor > 0,
            sa.or_(Sponsorship.id.is_not(None), Wish.state == WishState.WAITING),
        )
        .order_by(Wish.id, Sponsorship.id)
    )
    for row in rows:
        yield Promise(row.donor_id, Money(row.monthly_minor), row.since, ended_on=row.ended_on)
