"""Giving money back: the intent is kept first, then the provider is asked, then facts are read."""

from __future__ import annotations

import logging

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.core import audit
from portal.core.db import db, transaction, violated
from portal.core.money import Money
from portal.donations.gateway import GatewayRefused, RefundTooLarge
from portal.donations.models import Gift, Refund
from portal.donations.services.converge import refresh_payment
from portal.donations.services.provider import idempotency_key, now, payments, today

log = logging.getLogger(__name__)
ASKED = "asked"
REFUSED = "refused"


class NothingToRefund(Exception):
    """The gift was not paid on line, or all of it went back already."""


class RefundTooMuch(Exception):
    """More than what is left of the gift."""


class RefundNotPossible(Exception):
    """The provider refuses to give this back."""


def refund_gift(gift_id: int, amount: Money, *, reason: str, by: int, form_token: str) -> Refund:
    """Give back part or all of a gift paid on line.

    A form sent twice is one refund. Raises NothingToRefund, RefundTooMuch, RefundNotPossible, and
    GatewayUnavailable: the refund is then kept, and asked for again by the hourly sweep.
    """
    try:
        refund = _ask(gift_id, amount, reason, by, form_token)
    except IntegrityError as error:
        if violated(error) != "uq_refund_form_token":
            raise
        refund = db.session.scalars(sa.select(Refund).where(Refund.form_token == form_token)).one()
    carry_out(refund)
    return refund


def _ask(gift_id: int, amount: Money, reason: str, by: int, form_token: str) -> Refund:
    with transaction() as session:
        gift = session.get_one(Gift, gift_id, with_for_update={"of": Gift}, populate_existing=True)
        left = gift.amount - gift.refunded - _asked(gift)
        if gift.stripe_payment_intent_id is None or gift.settled_at is None or not left:
            raise NothingToRefund
        if amount.minor <= 0 or amount > left:
            raise RefundTooMuch
        refund = Refund(
            gift_id=gift.id,
            amount_minor=amount.minor,
            currency=amount.currency,
            state=ASKED,
            refunded_on=today(),
            reason=reason,
            requested_at=now(),
            form_token=form_token,
        )
        session.add(refund)
        audit.record(
            "gift.refund_asked",
            f"gift:{gift.ref}",
            after={"amount": str(amount)},
            note=reason,
            actor_id=by,
        )
        session.flush()
        return refund


def _asked(gift: Gift) -> Money:
    minor = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_minor), 0)).where(
            Refund.gift_id == gift.id, Refund.state == ASKED
        )
    )
    return Money(int(minor or 0), gift.currency)


def carry_out(refund: Refund) -> None:
    """Ask the provider for a refund that was not done yet; harmless when asked again."""
    if refund.state != ASKED:
        return
    intent = refund.gift.stripe_payment_intent_id
    assert intent is not None, "a refund is asked for a payment"
    try:
        done = payments().refund(intent, refund.amount, idempotency_key("refund", refund.id))
    except GatewayRefused as error:
        _refused(refund)
        kind = RefundTooMuch if isinstance(error, RefundTooLarge) else RefundNotPossible
        raise kind from error
    with transaction() as session:
        session.refresh(refund, with_for_update=True)
        if refund.stripe_refund_id is None:
            refund.stripe_refund_id = done.id
    refresh_payment(intent)


def _refused(refund: Refund) -> None:
    with transaction() as session:
        session.refresh(refund, with_for_update=True)
        refund.state = REFUSED
        log.warning("refund %s was refused", refund.id)
