"""Refunds as the provider tells them, kept as rows: each once, by the provider's own id.

The gift's row is locked by the caller. What is given back are the things to tell once the gift
itself says what is left of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from portal.core.clock import paris_date
from portal.core.db import db
from portal.donations import events
from portal.donations.gateway import RefundSnapshot
from portal.donations.models import Gift, Refund
from portal.donations.rules.going_back import FAILED, MONEY_LEFT
from portal.donations.services import thanks
from portal.donations.services.provider import now
from portal.donations.services.refund_news import say_refund_failed

Telling = Callable[[], object]


def keep_refunds(gift: Gift, snapshots: Sequence[RefundSnapshot]) -> list[Telling]:
    """Bring the gift's refunds to what the provider says of them; gives what there is to tell."""
    return [telling for snapshot in snapshots for telling in _keep(gift, snapshot)]


def _keep(gift: Gift, snapshot: RefundSnapshot) -> list[Telling]:
    refund = _row_of(gift, snapshot)
    counted_before = refund.state in MONEY_LEFT and refund.stripe_refund_id is not None
    refund.stripe_refund_id = snapshot.id
    refund.state = snapshot.status
    refund.refunded_on = paris_date(snapshot.created_at)
    refund.stripe_balance_transaction_id = snapshot.balance_transaction_id
    learned = _learn_euros(refund, snapshot)
    if snapshot.status in FAILED and refund.failed_at is None:
        refund.failed_at, refund.failure_reason = now(), snapshot.failure_reason
    db.session.flush()
    return _tellings(gift, refund, counted_before, learned)


def _tellings(gift: Gift, refund: Refund, counted_before: bool, learned: bool) -> list[Telling]:
    counted = refund.state in MONEY_LEFT
    if counted and not counted_before:
        return [
            lambda: events.gift_refunded.send(gift, refund=refund),
            lambda: thanks.say_refunded(gift, refund),
        ]
    if counted_before and not counted:
        return [
            lambda: events.refund_failed.send(gift, refund=refund),
            lambda: say_refund_failed(gift, refund),
        ]
    return [lambda: events.gift_euros_known.send(gift)] if learned and counted else []


def _learn_euros(refund: Refund, snapshot: RefundSnapshot) -> bool:
    """What left the balance for a gift in another currency; known some time after the refund."""
    settled = snapshot.settled
    if refund.currency == "EUR" or refund.euro_minor is not None or settled is None:
        return False
    if settled.currency != "EUR":
        return False
    refund.euro_minor = settled.minor
    return True


def reference_of(refund: Refund) -> str:
    """Our name of a refund, which the provider tells again: two of one amount are never mixed up."""
    return f"refund:{refund.id}"


def _row_of(gift: Gift, snapshot: RefundSnapshot) -> Refund:
    """The refund's row: known by its id, or the one asked for here, or new (made elsewhere)."""
    rows = list(
        db.session.scalars(sa.select(Refund).where(Refund.gift_id == gift.id).order_by(Refund.id))
    )
    for row in rows:
        if row.stripe_refund_id == snapshot.id:
            return row
    for row in rows:
        if row.stripe_refund_id is None and reference_of(row) == snapshot.reference:
            return row
    made = Refund(
        gift_id=gift.id,
        amount_minor=snapshot.amount.minor,
        currency=snapshot.amount.currency,
        state="new",
        refunded_on=paris_date(snapshot.created_at),
    )
    db.session.add(made)
    return made
