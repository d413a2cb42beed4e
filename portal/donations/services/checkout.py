"""The way to the payment page: one open checkout a gift, never two payments for one form."""

from __future__ import annotations

import datetime as dt
import logging

from portal.core import i18n
from portal.core.db import transaction
from portal.donations.gateway import (
    AnswerKept,
    CheckoutKind,
    CheckoutRequest,
    CheckoutSnapshot,
    CheckoutStarted,
    IdempotencyConflict,
)
from portal.donations.models import Gift, Plan, PlanState
from portal.donations.rules.gift import GiftState
from portal.donations.services.addresses import again_url, thanks_url
from portal.donations.services.converge import refresh_commitment
from portal.donations.services.giving import Commitment
from portal.donations.services.order_acts import OVER
from portal.donations.services.provider import idempotency_key, now, payments
from portal.donations.wording import purpose_words, subject_words

log = logging.getLogger(__name__)
KEY_HOLDS_FOR = dt.timedelta(hours=23)
MAY_PAY = frozenset(
    {
        GiftState.PENDING,
        GiftState.FAILED,
        GiftState.ABANDONED,
        PlanState.PENDING,
        PlanState.ABANDONED,
    }
)


LED_NOWHERE = frozenset({GiftState.FAILED, GiftState.ABANDONED})


class AlreadyGiven(Exception):
    """The money is here or on its way: there is nothing left to pay."""


class CheckoutClosed(Exception):
    """A payment made for a plan, not on this page: it is not begun again by its donor."""


def begin_checkout(commitment: Commitment) -> str:
    """The address of the payment page.

    The gift or plan stands in the database before the provider is asked, and the key of the request
    comes from its row: asked twice, the provider gives the page it gave before.

    Raises AlreadyGiven, CheckoutClosed, and the errors of the gateway (the row stays pending).
    """
    if isinstance(commitment, Gift) and commitment.plan_id is not None:
        raise CheckoutClosed
    if commitment.state not in MAY_PAY:
        raise AlreadyGiven
    _ready_an_attempt(commitment, over=_leads_nowhere(commitment))
    started = _started(commitment)
    with transaction() as session:
        session.refresh(commitment, with_for_update=True)
        commitment.stripe_session_id = started.session_id
    return started.url


def _started(commitment: Commitment) -> CheckoutStarted:
    """The payment page of this attempt. One the provider will not open for a day makes room for another."""
    try:
        return payments().start_checkout(_request(commitment))
    except AnswerKept:  # nobody was ever sent to a page of that attempt
        _ready_an_attempt(commitment, over=True)
        return payments().start_checkout(_request(commitment))
    except IdempotencyConflict:
        log.error("%s asks for another page under the key of the first", commitment.public_id)
        raise


def _ready_an_attempt(commitment: Commitment, *, over: bool) -> None:
    """Take up the open attempt, or count a new one when that one can lead to no payment."""
    with transaction() as session:
        session.refresh(commitment, with_for_update=True)
        if over:
            commitment.attempt += 1
            commitment.stripe_session_id = None
            commitment.attempted_at = None
            if commitment.state is PlanState.ABANDONED:
                commitment.state = PlanState.PENDING
        if commitment.attempted_at is None:
            commitment.attempted_at = now()


def _leads_nowhere(commitment: Commitment) -> bool:
    return commitment.attempted_at is not None and _is_over(commitment)


def _is_over(commitment: Commitment) -> bool:
    if commitment.stripe_session_id is None:
        assert commitment.attempted_at is not None
        return now() - commitment.attempted_at > KEY_HOLDS_FOR
    checkout = payments().fetch_checkout(commitment.stripe_session_id)
    if checkout.status == "complete":
        refresh_commitment(commitment)
        if _came_to_nothing(commitment, checkout):
            return True
        raise AlreadyGiven
    return checkout.status == "expired"


def _came_to_nothing(commitment: Commitment, checkout: CheckoutSnapshot) -> bool:
    """Whether what a donor completed takes nothing any more: a direct debit the bank refused days
    later, a plan the provider gave up."""
    if isinstance(commitment, Gift):
        return commitment.state in LED_NOWHERE
    if checkout.subscription_id is None:
        return False
    return payments().fetch_subscription(checkout.subscription_id).status in OVER


def opens_a_new_page(commitment: Commitment) -> bool:
    """Whether paying needs a payment page that is not open yet; the guard is asked before that.

    Raises AlreadyGiven and the errors of the gateway.
    """
    if commitment.state not in MAY_PAY:
        raise AlreadyGiven
    return commitment.stripe_session_id is None or _is_over(commitment)


def guard_subject(commitment: Commitment) -> str:
    """What the guard knows the next payment page of a gift or plan by: each page is let through once.

    The first one is that of its form, so that a double click is no second attempt.
    """
    page = commitment.attempt + (commitment.stripe_session_id is not None)
    if page == 1 and commitment.form_token is not None:
        return form_subject(commitment.form_token, type(commitment))
    return f"{commitment.public_id}:{page}"


def form_subject(token: str, kind: type[Commitment]) -> str:
    """What the guard knows a form with its answers by; once and regularly are two payment pages."""
    return f"{token}:plan" if kind is Plan else token


def _request(commitment: Commitment) -> CheckoutRequest:
    """Made from the row alone, so that it is the same each time."""
    typed = commitment.typed or {}
    kind: CheckoutKind = "plan" if isinstance(commitment, Plan) else "gift"
    return CheckoutRequest(
        kind=kind,
        amount=commitment.amount,
        interval=commitment.interval.value if isinstance(commitment, Plan) else None,
        idempotency_key=idempotency_key(kind, commitment.id, commitment.attempt),
        reference=str(commitment.public_id),
        description=_description(commitment),
        donor_email=typed.get("email") or commitment.donor.email,
        customer_id=typed.get("customer_id"),
        language=str(commitment.language),
        success_url=thanks_url(commitment),
        cancel_url=again_url(commitment),
    )


def _description(commitment: Commitment) -> str:
    with i18n.in_language(str(commitment.language)):
        purpose = purpose_words(commitment.purpose, commitment.programme)
        interval = commitment.interval.value if isinstance(commitment, Plan) else ""
        return subject_words(interval, purpose)


__all__ = [
    "MAY_PAY",
    "AlreadyGiven",
    "CheckoutClosed",
    "begin_checkout",
    "form_subject",
    "guard_subject",
]
