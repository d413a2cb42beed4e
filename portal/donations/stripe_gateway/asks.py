"""What we ask of Stripe, as its parameters. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from portal.core.money import Money
from portal.donations.gateway import CheckoutRequest, GatewayRefused, Interval, MethodRequest

THREE_DECIMALS: Final = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
WHOLE_UNITS: Final = frozenset({"ISK", "UGX"})
_RECURRING: Mapping[Interval, dict[str, Any]] = {
    "month": {"interval": "month", "interval_count": 1},
    "quarter": {"interval": "month", "interval_count": 3},
    "year": {"interval": "year", "interval_count": 1},
}


def checkout(request: CheckoutRequest) -> dict[str, Any]:
    """The session that asks a donor for a gift, or for the first debit of a plan."""
    ours = {"reference": request.reference}
    payer = (
        {"customer": request.customer_id}
        if request.customer_id
        else {"customer_email": request.donor_email}
    )
    price: dict[str, Any] = {
        "currency": request.amount.currency.lower(),
        "unit_amount": minor_units(request.amount),
        "product_data": {"name": request.description},
    }
    common = {
        **payer,
        "client_reference_id": request.reference,
        "metadata": ours,
        "locale": request.language,
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
        "line_items": [{"price_data": price, "quantity": 1}],
    }
    data = {"description": request.description, "metadata": ours}
    if request.interval is None:
        return {**common, "mode": "payment", "submit_type": "donate", "payment_intent_data": data}
    price["recurring"] = _RECURRING[request.interval]
    return {**common, "mode": "subscription", "subscription_data": data}


def method_update(request: MethodRequest) -> dict[str, Any]:
    """The session in which a donor gives another card or IBAN; nothing is charged."""
    ours = {"reference": request.reference, "subscription": request.subscription_id}
    return {
        "mode": "setup",
        "currency": request.currency.lower(),
        "customer": request.customer_id,
        "client_reference_id": request.reference,
        "metadata": ours,
        "setup_intent_data": {"metadata": ours},
        "locale": request.language,
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
    }


def new_amount(subscription: Mapping[str, Any], amount: Money) -> dict[str, Any]:
    """The change of a subscription's amount: no interval changes, nothing is charged in between."""
    item = subscription["items"]["data"][0]
    price, recurring = item["price"], item["price"]["recurring"]
    data = {
        "currency": price["currency"],
        "product": price["product"],
        "recurring": {name: recurring[name] for name in ("interval", "interval_count")},
        "unit_amount": minor_units(amount),
    }
    return {
        "items": [{"id": item["id"], "price_data": data, "quantity": 1}],
        "proration_behavior": "none",
    }


def next_debit(at: datetime) -> dict[str, Any]:
    """The next debit on another day, later ones from there; nothing is charged in between."""
    return {"trial_end": int(at.timestamp()), "proration_behavior": "none"}


def pause(until: datetime) -> dict[str, Any]:
    """No debit until then: what falls due meanwhile is void."""
    return {"pause_collection": {"behavior": "void", "resumes_at": int(until.timestamp())}}


def resume(subscription: Mapping[str, Any]) -> dict[str, Any]:
    """No pause and no cancellation ahead, be it at the period's end or on a day of its own."""
    on_a_day = subscription.get("cancel_at") and not subscription.get("cancel_at_period_end")
    running = {"cancel_at": ""} if on_a_day else {"cancel_at_period_end": False}
    return {"pause_collection": "", **running}


def minor_units(amount: Money) -> int:
    """The amount as Stripe counts it.

    Raises GatewayRefused for what it would misread: currencies of three decimals, which `Money`
    does not know, and a fraction of a króna or a Ugandan shilling.
    """
    if amount.currency in THREE_DECIMALS:
        raise GatewayRefused(f"{amount.currency} is not taken", "currency")
    if amount.currency in WHOLE_UNITS and amount.minor % 100:
        raise GatewayRefused(f"{amount.currency} has no fractions", "amount")
    return amount.minor
