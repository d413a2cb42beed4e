"""Subscriptions and their invoices."""

from __future__ import annotations

from collections.abc import Mapping

from portal.donations.gateway import (
    GatewayRefused,
    Interval,
    InvoiceSnapshot,
    SubscriptionSnapshot,
)
from portal.donations.stripe_gateway.snapshots.values import (
    Found,
    id_of,
    instant,
    moment,
    money,
    nested,
    reference_of,
    word,
)

_INTERVAL: Mapping[tuple[str, int], Interval] = {
    ("month", 1): "month",
    ("month", 3): "quarter",
    ("month", 12): "year",
    ("year", 1): "year",
}
# A plan whose next debit was moved is "in trial" until that day: for a donor it simply runs.
_STATUS: Mapping[str, str] = {"trialing": "active"}


def subscription(found: Found) -> SubscriptionSnapshot:
    """A subscription; raises GatewayRefused when it is not a plan of ours.

    That is one price, so much at a time, at an interval we offer: somebody made or changed it in
    Stripe's dashboard otherwise.
    """
    item = _only_item(found)
    price = item["price"]
    pause = nested(found.get("pause_collection"))
    return SubscriptionSnapshot(
        id=found["id"],
        status=_STATUS.get(str(found["status"]), str(found["status"])),
        amount=money(price["unit_amount"] * (item.get("quantity") or 1), price["currency"]),
        interval=_interval(found, price),
        current_period_end=moment(item["current_period_end"]),
        cancel_at_period_end=bool(found.get("cancel_at_period_end") or found.get("cancel_at")),
        reference=reference_of(found),
        customer_id=id_of(found.get("customer")) or "",
        paused=bool(pause),
        paused_until=instant(pause.get("resumes_at")),
        method_id=id_of(found.get("default_payment_method")),
        latest_invoice_id=id_of(found.get("latest_invoice")),
    )


def invoice(found: Found) -> InvoiceSnapshot:
    """An invoice with its payments expanded."""
    details = nested(nested(found.get("parent")).get("subscription_details"))
    return InvoiceSnapshot(
        id=found["id"],
        subscription_id=id_of(details.get("subscription")),
        status=str(found.get("status") or "draft"),
        amount=money(found["total"], found["currency"]),
        paid_at=instant(nested(found.get("status_transitions")).get("paid_at")),
        payment_intent_id=_paying_intent(found),
        reference=reference_of(details),
        created_at=instant(found.get("created")),
        attempts=int(found.get("attempt_count") or 0),
        next_attempt_at=instant(found.get("next_payment_attempt")),
        pay_url=word(found.get("hosted_invoice_url")),
    )


def _only_item(found: Found) -> Found:
    items = nested(found.get("items")).get("data") or []
    if len(items) != 1 or nested(items[0].get("price")).get("unit_amount") is None:
        raise GatewayRefused(f"subscription {found['id']} is not one price", "items")
    only: Found = items[0]
    return only


def _interval(found: Found, price: Found) -> Interval:
    recurring = nested(price.get("recurring"))
    interval = _INTERVAL.get((str(recurring.get("interval")), recurring.get("interval_count") or 1))
    if interval is None:
        raise GatewayRefused(
            f"subscription {found['id']} is due at an interval we do not offer", "interval"
        )
    return interval


def _paying_intent(found: Found) -> str | None:
    """The payment that paid it, else the newest one that tries to."""
    payments = nested(found.get("payments")).get("data") or []
    paid = [each for each in payments if each.get("status") == "paid"]
    for each in [*paid, *reversed(payments)]:
        intent = id_of(nested(each.get("payment")).get("payment_intent"))
        if intent:
            return intent
    return None
