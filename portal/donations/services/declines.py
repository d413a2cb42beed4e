"""Declined cards: counted for the guard, and too many of them close the payment page."""

from __future__ import annotations

import logging

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from portal.core.db import db, transaction
from portal.donations.gateway import GatewayError
from portal.donations.models import Gift, GivingAttempt, PaymentDecline, Plan, WebhookEvent
from portal.donations.rules.card_testing import MOST_DECLINES_ON_A_PAGE
from portal.donations.services.giving import Commitment
from portal.donations.services.provider import payments

log = logging.getLogger(__name__)
DECLINED = "payment_intent.payment_failed"


def note_decline(event_id: str) -> None:
    """Count a declined card of a first payment, once a message; the last one too many closes its page.

    Messages about anything else, and about payments that passed no guard, change nothing.
    """
    event = db.session.get(WebhookEvent, event_id)
    if event is None or event.type != DECLINED:
        return
    commitment = _commitment(event.object_id)
    attempt = _attempt_of(commitment) if commitment is not None else None
    if commitment is None or attempt is None:
        return
    session_id = commitment.stripe_session_id or ""
    with transaction() as session:
        session.execute(
            insert(PaymentDecline)
            .values(
                event_id=event_id,
                attempt_id=attempt.id,
                session_id=session_id,
                declined_at=event.created_at,
            )
            .on_conflict_do_nothing(index_elements=["event_id"])
        )
    if session_id and _declines_of(session_id) >= MOST_DECLINES_ON_A_PAGE:
        _close(session_id)


def _commitment(payment_intent_id: str) -> Commitment | None:
    gift = db.session.scalar(
        sa.select(Gift).where(Gift.stripe_payment_intent_id == payment_intent_id)
    )
    return gift.plan if gift is not None and gift.plan is not None else gift


def _attempt_of(commitment: Commitment) -> GivingAttempt | None:
    theirs = (
        GivingAttempt.plan_id if isinstance(commitment, Plan) else GivingAttempt.gift_id
    ) == commitment.id
    return db.session.scalar(
        sa.select(GivingAttempt).where(theirs).order_by(GivingAttempt.id.desc()).limit(1)
    )


def _declines_of(session_id: str) -> int:
    counted = sa.select(sa.func.count()).where(PaymentDecline.session_id == session_id)
    return int(db.session.scalar(counted) or 0)


def _close(session_id: str) -> None:
    """Nobody can pay on it any more; a gift that came meanwhile is left as it is."""
    try:
        payments().expire_checkout(session_id)
    except GatewayError as error:
        log.warning("payment page %s could not be closed: %s", session_id, type(error).__name__)
