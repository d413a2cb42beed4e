"""After the payment page: thanks, an honest "we are confirming", or a way back."""

from __future__ import annotations

import uuid
from contextlib import suppress

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.core.web.audience import everyone
from portal.core.web.limits import limiter
from portal.donations import queries, services
from portal.donations.gateway import CheckoutSnapshot, GatewayError
from portal.donations.models import Gift, Plan, PlanCorrespondent, PlanState
from portal.donations.routes import bp
from portal.donations.routes.paying import address_of, shown
from portal.donations.routes.questions import try_again
from portal.donations.routes.visitor import remember_device
from portal.donations.rules.gift import GiftState
from portal.donations.services import Commitment

UNDECIDED = frozenset(
    {
        GiftState.PENDING,
        GiftState.ABANDONED,
        GiftState.FAILED,
        PlanState.PENDING,
        PlanState.ABANDONED,
    }
)
REFUSED = frozenset({GiftState.FAILED, PlanState.ABANDONED})
SENT_BACK = frozenset({GiftState.REFUNDED, GiftState.DISPUTED})


@bp.app_context_processor
def about_debits() -> dict[str, object]:
    """When a direct debit should be here, and where a failed gift is tried again, for templates."""
    return {
        "expected_on": services.expected_on,
        "again_address": lambda gift: address_of("again", gift),
    }


@bp.get("/thanks/<uuid:public_id>/<token>")
@everyone
@limiter.limit("60/minute")
def thanks(public_id: uuid.UUID, token: str) -> ResponseReturnValue:
    """What became of the gift. Shows only: never decided by the address, never written here."""
    commitment = _found(public_id, token)
    standing = _standing(commitment)
    if standing == "open":
        return redirect(address_of("again", commitment), 303)
    first = queries.first_debit_of(commitment.id) if isinstance(commitment, Plan) else commitment
    return render_template(
        "donations/thanks.html",
        standing=standing,
        gift=first,
        correspondent=_correspondent(commitment),
        has_account=current_user.is_authenticated,
        **shown(commitment),
    )


@bp.post("/thanks/<uuid:public_id>/<token>/check")
@everyone
@limiter.limit("30/5 minutes")
def check(public_id: uuid.UUID, token: str) -> ResponseReturnValue:
    """Ask the payment provider now, instead of waiting for its message."""
    commitment = _found(public_id, token)
    with suppress(GatewayError):  # the page then says that we are still confirming
        services.refresh_commitment(commitment)
    return redirect(address_of("thanks", commitment), 303)


@bp.route("/give/again/<uuid:public_id>/<token>", methods=["GET", "POST"])
@everyone
@limiter.limit("60/10 minutes", methods=["POST"])
def again(public_id: uuid.UUID, token: str) -> ResponseReturnValue:
    """For whom nothing was taken (left, refused, too late): try again, or change something."""
    commitment = _found(public_id, token)
    if commitment.state not in UNDECIDED:
        return redirect(address_of("thanks", commitment), 303)
    if request.method == "POST":
        return try_again(commitment)
    remember_device()
    return render_template(
        "donations/again.html", why=_why_not_paid(commitment), **shown(commitment)
    )


def _why_not_paid(commitment: Commitment) -> str:
    """``refused`` by a bank, ``late`` (the payment page closed), or ``left``."""
    if commitment.state is GiftState.FAILED or (
        commitment.state is PlanState.ABANDONED and queries.first_debit_was_refused(commitment.id)
    ):
        return "refused"
    if commitment.state in (GiftState.ABANDONED, PlanState.ABANDONED):
        return "late"
    return "left"


def _refused_of(checkout: CheckoutSnapshot, commitment: Commitment) -> bool:
    """Whether what was refused is what this page asked for, not an attempt before it."""
    if isinstance(commitment, Plan):
        known = commitment.stripe_subscription_id
        return commitment.state in REFUSED and checkout.subscription_id in (None, known)
    known = commitment.stripe_payment_intent_id
    return commitment.state in REFUSED and checkout.payment_intent_id in (None, known)


def _correspondent(commitment: Commitment) -> PlanCorrespondent | None:
    return services.correspondent_of(commitment.id) if isinstance(commitment, Plan) else None


def _found(public_id: uuid.UUID, token: str) -> Commitment:
    if not services.token_fits(public_id, token):
        abort(404)
    return queries.commitment_by_public_id(public_id) or abort(404)


def _standing(commitment: Commitment) -> str:
    """``received``, ``processing``, ``confirming``, ``sent_back`` or ``open`` (nothing was paid)."""
    if isinstance(commitment, Gift) and commitment.state in SENT_BACK:
        return "sent_back"
    if commitment.state is GiftState.PROCESSING:
        return "processing"
    if commitment.state not in UNDECIDED:
        return "received"
    return _asked(commitment)


def _asked(commitment: Commitment) -> str:
    """Not settled here yet: what the payment provider says, read only."""
    if commitment.stripe_session_id is None:
        return "open"
    try:
        checkout = services.payments().fetch_checkout(commitment.stripe_session_id)
    except GatewayError:
        return "confirming"
    if checkout.status != "complete":
        return "open"
    if checkout.payment_status == "paid":
        return "confirming"
    return "open" if _refused_of(checkout, commitment) else "processing"
