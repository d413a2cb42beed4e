"""What we ask of Stripe, as its parameters. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.core.money import Money
from portal.donations.gateway import CheckoutRequest, Interval

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
        "unit_amount": request.amount.minor,
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
    if request.interval is None:
        data = {"description": request.description, "metadata": ours}
        return {
            **common,
            "mode": "payment",
            "submit_type": "donate",
            "payment_intent_data": data,
        }
    price["recurring"] = _RECURRING[request.interval]
    data = {"description": request.description, "metadata": ours}
    return {**common, "mode": "subscription", "subscription_data": data}


def new_amount(subscription: Mapping[str, Any], amount: Money) -> dict[str, Any]:
    """The change of a subscription's amount: no interval changes, nothing is charged in between."""
    item = subscription["items"]["data"][0]
    price, recurring = item["price"], item["price"]["recurring"]
    data = {
        "currency": price["currency"],
        "product": price["product"],
        "recurring": {name: recurring[name] for name in ("interval", "interval_count")},
        "unit_amount": amount.minor,
    }
    return {"items": [{"id": item["id"], "price_data": data}], "proration_behavior": "none"}
