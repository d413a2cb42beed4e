"""What went back of a gift, brought into it: refunds and disputes together, in one go.

The gift's row is locked by the caller. Where the gift stands is worked out from all its refunds and
disputes as they are now, so it does not matter which of them was heard of first.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from portal.core.db import db
from portal.core.money import Money, total
from portal.donations.gateway import DisputeSnapshot, RefundSnapshot
from portal.donations.models import Dispute, Gift, Refund
from portal.donations.rules.going_back import (
    MONEY_LEFT,
    PAID,
    Phase,
    Standing,
    phase_of,
    standing_of,
)
from portal.donations.services.dispute_rows import keep_disputes
from portal.donations.services.refund_rows import keep_refunds


def apply_money_back(
    gift: Gift, refunds: Sequence[RefundSnapshot], disputes: Sequence[DisputeSnapshot]
) -> None:
    """Keep these facts, work out where the gift stands, then tell what is new."""
    if gift.state not in PAID:
        return
    news = [*keep_refunds(gift, refunds), *keep_disputes(gift, disputes)]
    standing = _standing(gift)
    gift.refunded_minor, gift.state = standing.back.minor, standing.state
    db.session.flush()
    for tell in news:
        tell()


def _standing(gift: Gift) -> Standing:
    refunds = db.session.scalars(
        sa.select(Refund).where(Refund.gift_id == gift.id, Refund.state.in_(MONEY_LEFT))
    )
    lost, held = _taken(gift)
    return standing_of(gift.amount, [refund.amount for refund in refunds], lost, held)


def _taken(gift: Gift) -> tuple[Money, Money]:
    """What banks took for good, and what they hold meanwhile."""
    disputes = list(db.session.scalars(sa.select(Dispute).where(Dispute.gift_id == gift.id)))

    def taken(phase: Phase) -> Money:
        found = [each.taken for each in disputes if phase_of(each.status, each.taken) is phase]
        return total(found, gift.currency)

    return taken(Phase.LOST), taken(Phase.HELD)
