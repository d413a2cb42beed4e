"""Checkout sessions."""

from __future__ import annotations

from collections.abc import Mapping

from portal.donations.gateway import CheckoutSnapshot, CheckoutStarted, CheckoutStatus
from portal.donations.stripe_gateway.snapshots.values import Found, id_of, reference_of, word

_STATUS: Mapping[str, CheckoutStatus] = {"complete": "complete", "expired": "expired"}


def checkout_started(session: Found) -> CheckoutStarted:
    """The page of a session that was just made."""
    return CheckoutStarted(session_id=session["id"], url=session["url"])


def checkout(session: Found) -> CheckoutSnapshot:
    """A checkout session."""
    return CheckoutSnapshot(
        session_id=session["id"],
        status=_STATUS.get(str(session.get("status")), "open"),
        payment_status=word(session.get("payment_status")),
        reference=word(session.get("client_reference_id")) or reference_of(session),
        customer_id=id_of(session.get("customer")),
        payment_intent_id=id_of(session.get("payment_intent")),
        subscription_id=id_of(session.get("subscription")),
        setup_intent_id=id_of(session.get("setup_intent")),
    )
