"""Giving money back: the intent is kept first, then the provider is asked, then facts are read."""

from __future__ import annotations

import logging

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.core import audit
from portal.core.db import db, transaction, violated
from portal.core.money import Money
from portal.donations.gateway import GatewayError, GatewayRefused, RefundTooLarge
from portal.donations.models import Dispute, Gift, Refund
from portal.donations.rules.going_back import ASKED, FAILED, MONEY_LEFT, REFUSED
from portal.donations.services.checkout import KEY_HOLDS_FOR
from portal.donations.services.converge import refresh_payment
from portal.donations.services.provider import idempotency_key, now, payments, today
from portal.donations.services.refund_rows import reference_of

log = logging.getLogger(__name__)


class NothingToRefund(Exception):
    """The gift was not paid on line, or all of it went back already."""


class RefundTooMuch(Exception):
    """More than what is left of the gift."""


class RefundNotPossible(Exception):
    """The provider refuses to give this back."""


class RefundAskedAlready(Exception):
    """The same form asked for another refund before: ``refund``. This one was not asked for."""

    def __init__(self, refund: Refund) -> None:
        super().__init__(f"refund {refund.id}")
        self.refund = refund


class NoFailedRefund(Exception):
    """There is no refund of that gift that failed and waits for somebody."""


def refund_gift(gift_id: int, amount: Money, *, reason: str, by: int, form_token: str) -> Refund:
    """Give back part or all of a gift paid on line.

    A form sent twice is one refund, and one the provider refused stays refused. Raises
    NothingToRefund, RefundTooMuch, RefundNotPossible, RefundAskedAlready; and GatewayUnavailable or
    GatewayMisconfigured: the refund is then kept, and asked for again by the hourly sweep.
    """
    try:
        refund = _ask(gift_id, amount, reason, by, form_token)
    except IntegrityError as error:
        if violated(error) == "refund_within_gift":
            raise RefundTooMuch from error
        if violated(error) != "uq_refund_form_token":
            raise
        refund = db.session.scalars(sa.select(Refund).where(Refund.form_token == form_token)).one()
    if (refund.gift_id, refund.amount) != (gift_id, amount):
        raise RefundAskedAlready(refund)
    if refund.state == REFUSED:
        raise RefundNotPossible
    carry_out(refund)
    return refund


def left_to_refund(gift: Gift) -> Money:
    """What can still be given back: what was given, less what went back, is asked for or is held."""
    gone = sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_minor), 0)).where(
        Refund.gift_id == gift.id, Refund.state.in_([ASKED, *MONEY_LEFT])
    )
    held = sa.select(sa.func.coalesce(sa.func.sum(Dispute.taken_minor), 0)).where(
        Dispute.gift_id == gift.id
    )
    minor = int(db.session.scalar(gone) or 0) + int(db.session.scalar(held) or 0)
    return Money(gift.amount_minor - max(minor, gift.refunded_minor), gift.currency)


def _ask(gift_id: int, amount: Money, reason: str, by: int, form_token: str) -> Refund:
    """Keep the wish. The gift's row is locked, and the database counts once more for itself."""
    with transaction() as session:
        gift = session.get_one(Gift, gift_id, with_for_update={"of": Gift}, populate_existing=True)
        known = session.scalar(sa.select(Refund).where(Refund.form_token == form_token))
        if known is not None:
            return known
        left = left_to_refund(gift)
        if gift.stripe_payment_intent_id is None or gift.settled_at is None or left.minor <= 0:
            raise NothingToRefund
        if amount.currency != gift.currency or amount.minor <= 0 or amount > left:
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


def carry_out(refund: Refund) -> None:
    """Ask the provider for a refund that was not done yet; harmless when asked again."""
    if refund.state != ASKED:
        return
    intent = refund.gift.stripe_payment_intent_id
    assert intent is not None, "a refund is asked for a payment"
    if now() - (refund.requested_at or refund.created_at) > KEY_HOLDS_FOR:
        _look_up(refund, intent)
        return
    try:
        done = payments().refund(
            intent, refund.amount, idempotency_key("refund", refund.id), reference_of(refund)
        )
    except GatewayRefused as error:
        _refused(refund)
        if not isinstance(error, RefundTooLarge):
            raise RefundNotPossible from error
        _learn_what_went_back(intent)
        raise RefundTooMuch from error
    with transaction() as session:
        session.refresh(refund, with_for_update=True)
        if refund.stripe_refund_id is None:
            refund.stripe_refund_id = done.id
    refresh_payment(intent)


def carry_out_alone(refund: Refund) -> None:
    """The same while nobody waits for the answer: what the provider refuses then waits for somebody."""
    try:
        carry_out(refund)
    except (RefundNotPossible, RefundTooMuch):
        _give_up(refund, REFUSED, "declined")


def _look_up(refund: Refund, intent: str) -> None:
    """The provider has forgotten the key: what went through is found, nothing is sent once more."""
    refresh_payment(intent)
    _give_up(refund, ASKED, "never_sent")


def _give_up(refund: Refund, state: str, why: str) -> None:
    """A refund still in that state will not be made by itself: a person sees to it."""
    with transaction() as session:
        session.refresh(refund, with_for_update=True)
        if refund.state == state:
            refund.state, refund.failed_at, refund.failure_reason = "failed", now(), why
            log.error("refund %s was not made: %s", refund.id, why)


def _refused(refund: Refund) -> None:
    with transaction() as session:
        session.refresh(refund, with_for_update=True)
        if refund.state == ASKED and refund.stripe_refund_id is None:  # else it was made after all
            refund.state = REFUSED
            log.warning("refund %s was refused", refund.id)


def _learn_what_went_back(intent: str) -> None:
    """Less is left at the provider than here: somebody gave money back there."""
    try:
        refresh_payment(intent)
    except GatewayError:
        log.warning("payment %s could not be read again", intent, exc_info=True)


def refresh_refund(refund_id: str) -> bool:
    """Bring the gift to what a refund is now. Gives False when its payment is none of ours."""
    return refresh_payment(payments().fetch_refund(refund_id).payment_intent_id)


def settle_failed_refund(gift_id: int, *, note: str, by: int) -> None:
    """Somebody saw to the refunds of a gift that failed, and says how. Raises NoFailedRefund."""
    with transaction() as session:
        gift = session.get_one(Gift, gift_id, with_for_update={"of": Gift})
        waiting = sa.select(Refund).where(
            Refund.gift_id == gift.id, Refund.state.in_(FAILED), Refund.settled_at.is_(None)
        )
        found = list(session.scalars(waiting))
        if not found:
            raise NoFailedRefund
        for refund in found:
            refund.settled_at, refund.settled_by = now(), by
        audit.record("gift.failed_refund_settled", f"gift:{gift.ref}", note=note, actor_id=by)
