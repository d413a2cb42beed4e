"""Disputes of gifts for tests, told to whoever listens."""

from __future__ import annotations

import datetime as dt
from itertools import count

from portal.core.db import db, transaction
from portal.donations import events
from portal.donations.models import Dispute, DisputeMovement, Gift
from portal.donations.rules.gift import GiftState

_numbers = count(1)
OPENED = dt.datetime(2026, 5, 4, 9, 0, tzinfo=dt.UTC)


def make_dispute(
    gift: Gift, minor: int = 0, *, fee: int = 2_000, at: dt.datetime = OPENED
) -> Dispute:
    """The bank took that much of the gift (all of it unless told) and looks into it."""
    number = next(_numbers)
    amount = minor or gift.amount_minor
    dispute = Dispute(
        gift_id=gift.id,
        stripe_dispute_id=f"dp_made_{number}",
        amount_minor=amount,
        currency=gift.currency,
        status="needs_response",
        reason="fraudulent",
        opened_at=at,
        answer_by=at + dt.timedelta(days=14),
    )
    with transaction():
        db.session.add(dispute)
        move(dispute, -amount, fee=fee, at=at)
        gift.state = GiftState.DISPUTED
        events.gift_disputed.send(gift, amount=dispute.taken)
    return dispute


def move(dispute: Dispute, minor: int, *, fee: int = 0, at: dt.datetime = OPENED) -> None:
    """Stripe's balance moves by that much for the dispute."""
    dispute.movements.append(
        DisputeMovement(
            stripe_balance_transaction_id=f"txn_made_dispute_{next(_numbers)}",
            amount_minor=minor,
            euro_minor=minor,
            fee_minor=fee,
            moved_at=at,
        )
    )
    dispute.taken_minor = -sum(one.amount_minor for one in dispute.movements)
    dispute.euro_minor = -sum(one.euro_minor for one in dispute.movements)
    dispute.fee_minor = sum(one.fee_minor for one in dispute.movements)
    db.session.flush()
    events.dispute_moved.send(db.session.get_one(Gift, dispute.gift_id), dispute=dispute)


def decide(dispute: Dispute, *, won: bool, at: dt.datetime = OPENED) -> None:
    """The bank decides; what it gives back comes at once."""
    gift = dispute.gift
    with transaction():
        amount = dispute.taken
        dispute.status, dispute.closed_at = ("won" if won else "lost"), at
        if won:
            move(dispute, amount.minor, at=at)
        else:
            gift.refunded_minor += amount.minor
        whole = gift.refunded_minor == gift.amount_minor
        left = GiftState.PARTIALLY_REFUNDED if gift.refunded_minor else GiftState.SETTLED
        gift.state = GiftState.REFUNDED if whole else left
        db.session.flush()
        events.dispute_closed.send(gift, won=won, amount=amount)
