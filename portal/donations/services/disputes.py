"""A donor's bank takes a payment back while it looks into it, then decides.

The messages of one dispute come in any order. How it stands is read from all of them together: a
decision counts more than anything said before it, else the youngest message counts.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.core.db import db, transaction
from portal.core.money import Money
from portal.donations import events
from portal.donations.models import Gift, Refund, WebhookEvent
from portal.donations.rules.gift import GiftFact, GiftState, next_state
from portal.donations.services.converge import refresh_payment
from portal.donations.services.provider import today
from portal.donations.services.settlement import LOST_TO_BANK

WON = frozenset({"won"})
LOST = frozenset({"lost"})
OPEN = frozenset({"needs_response", "under_review"})
"""Any other status (a warning, a prevented dispute, one not known yet) moves no money."""
MAY_BE_DISPUTED = frozenset({GiftState.SETTLED, GiftState.PARTIALLY_REFUNDED})


def refresh_dispute(payment_intent_id: str, dispute_id: str) -> bool:
    """Bring the gift to where the dispute stands. Gives False when the payment is none of ours."""
    if not refresh_payment(payment_intent_id):
        return False
    with transaction():
        gift = db.session.scalars(
            sa.select(Gift)
            .where(Gift.stripe_payment_intent_id == payment_intent_id)
            .with_for_update(of=Gift)
            .execution_options(populate_existing=True)
        ).one()
        standing = _standing(dispute_id)
        _apply(gift, dispute_id, str(standing.get("status", "")), _amount(gift, standing))
    return True


def _standing(dispute_id: str) -> dict[str, Any]:
    """The dispute as the most telling message shows it."""
    kept = db.session.scalars(
        sa.select(WebhookEvent)
        .where(WebhookEvent.object_id == dispute_id)
        .order_by(WebhookEvent.created_at, WebhookEvent.id)
    )
    seen: list[dict[str, Any]] = [one.body.get("data", {}).get("object", {}) for one in kept]
    decided = [one for one in seen if one.get("status") in WON | LOST]
    return (decided or seen)[-1]


def _amount(gift: Gift, standing: dict[str, Any]) -> Money:
    minor = standing.get("amount")
    return Money(minor, gift.currency) if isinstance(minor, int) else gift.amount


def _apply(gift: Gift, dispute_id: str, status: str, amount: Money) -> None:
    if status in WON and gift.state is not GiftState.DISPUTED:
        return  # opened and won before we looked: nothing moved in the end
    if status in OPEN | LOST and gift.state in MAY_BE_DISPUTED and not _lost_before(dispute_id):
        gift.state = next_state(gift.state, GiftFact.DISPUTE_OPENED)
        db.session.flush()
        events.gift_disputed.send(gift, amount=amount)
    if gift.state is GiftState.DISPUTED and status in WON:
        _won(gift, amount)
    elif gift.state is GiftState.DISPUTED and status in LOST:
        _lost(gift, dispute_id, amount)


def _lost_before(dispute_id: str) -> bool:
    found = db.session.scalar(sa.select(Refund.id).where(Refund.stripe_refund_id == dispute_id))
    return found is not None


def _won(gift: Gift, amount: Money) -> None:
    gift.state = next_state(gift.state, GiftFact.DISPUTE_WON)
    if gift.refunded_minor:
        gift.state = next_state(gift.state, GiftFact.PARTLY_REFUNDED)
    db.session.flush()
    events.dispute_closed.send(gift, won=True, amount=amount)


def _lost(gift: Gift, dispute_id: str, amount: Money) -> None:
    """What the bank took back for good is a row beside the refunds, known by the dispute's id."""
    taken = min(amount, gift.amount - gift.refunded)
    whole = taken == gift.amount - gift.refunded
    gift.refunded_minor += taken.minor
    gift.state = next_state(
        gift.state, GiftFact.DISPUTE_LOST if whole else GiftFact.DISPUTE_PARTLY_LOST
    )
    db.session.add(
        Refund(
            gift_id=gift.id,
            stripe_refund_id=dispute_id,
            amount_minor=taken.minor,
            currency=gift.currency,
            state=LOST_TO_BANK,
            refunded_on=today(),
        )
    )
    db.session.flush()
    events.dispute_closed.send(gift, won=False, amount=taken)
