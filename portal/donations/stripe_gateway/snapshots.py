"""Stripe's objects, read into our own. Plain dictionaries in, frozen snapshots out; no call is made.

Every field Stripe calls optional may be missing, and every word may be a new one: what is not known
never counts as paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from portal.core.money import Money
from portal.donations.gateway import (
    CheckoutSnapshot,
    CheckoutStarted,
    CheckoutStatus,
    Interval,
    InvoiceSnapshot,
    PaymentMethod,
    PaymentSnapshot,
    PaymentStatus,
    RefundSnapshot,
    SubscriptionSnapshot,
)

Found: TypeAlias = Mapping[str, Any]

_CHECKOUT: Mapping[str, CheckoutStatus] = {"complete": "complete", "expired": "expired"}
_PAYMENT: Mapping[str, PaymentStatus] = {
    "processing": "processing",
    "succeeded": "succeeded",
    "canceled": "canceled",
}
_METHOD: Mapping[str, PaymentMethod] = {"card": "card", "sepa_debit": "sepa"}
_INTERVAL: Mapping[tuple[str, int], Interval] = {
    ("month", 1): "month",
    ("month", 3): "quarter",
    ("month", 12): "year",
    ("year", 1): "year",
}


def checkout_started(session: Found) -> CheckoutStarted:
    """The page of a session that was just made."""
    return CheckoutStarted(session_id=session["id"], url=session["url"])


def checkout(session: Found) -> CheckoutSnapshot:
    """A checkout session."""
    return CheckoutSnapshot(
        session_id=session["id"],
        status=_CHECKOUT.get(str(session.get("status")), "open"),
        payment_status=str(session.get("payment_status") or ""),
        reference=str(session.get("client_reference_id") or reference_of(session)),
        customer_id=_id(session.get("customer")),
        payment_intent_id=_id(session.get("payment_intent")),
        subscription_id=_id(session.get("subscription")),
    )


def payment(intent: Found, invoice: Found | None) -> PaymentSnapshot:
    """A payment intent with its latest charge and balance transaction expanded.

    `invoice` is the plan's invoice it pays, if any. The instant of success is the one at which the
    money reached the balance: for a direct debit that is days after the charge was made.
    """
    charge: Found = _object(intent.get("latest_charge"))
    booked: Found = _object(charge.get("balance_transaction"))
    currency, status = intent["currency"], _payment_status(intent)
    details = _object(charge.get("payment_method_details"))
    return PaymentSnapshot(
        payment_intent_id=intent["id"],
        charge_id=_id(intent.get("latest_charge")),
        status=status,
        amount=_money(intent["amount"], currency),
        fee=_money(booked["fee"], booked["currency"]) if booked else None,
        balance_transaction_id=_id(charge.get("balance_transaction")),
        succeeded_at=_instant(booked.get("created") or charge.get("created"))
        if status == "succeeded"
        else None,
        method=_METHOD.get(str(details.get("type")), "other"),
        refunded=_money(charge.get("amount_refunded") or 0, currency),
        failure_code=_failure(intent, charge),
        reference=reference_of(intent) or (_plan_reference(invoice) if invoice else ""),
        invoice_id=_id(invoice),
        subscription_id=_id(_plan_details(invoice).get("subscription")) if invoice else None,
        customer_id=_id(intent.get("customer")),
    )


def subscription(found: Found) -> SubscriptionSnapshot:
    """A subscription of one item; raises ValueError for an interval we do not offer."""
    item = found["items"]["data"][0]
    price = item["price"]
    recurring = price["recurring"]
    interval = _INTERVAL.get((recurring["interval"], recurring["interval_count"]))
    if interval is None:
        raise ValueError(f"subscription {found['id']} is due at an interval we do not offer")
    return SubscriptionSnapshot(
        id=found["id"],
        status=str(found["status"]),
        amount=_money(price["unit_amount"] * (item.get("quantity") or 1), price["currency"]),
        interval=interval,
        current_period_end=datetime.fromtimestamp(item["current_period_end"], UTC),
        cancel_at_period_end=bool(found.get("cancel_at_period_end")),
        reference=reference_of(found),
        customer_id=_id(found.get("customer")) or "",
    )


def invoice(found: Found) -> InvoiceSnapshot:
    """An invoice with its payments expanded."""
    return InvoiceSnapshot(
        id=found["id"],
        subscription_id=_id(_plan_details(found).get("subscription")),
        status=str(found.get("status") or "draft"),
        amount=_money(found["total"], found["currency"]),
        paid_at=_instant(_object(found.get("status_transitions")).get("paid_at")),
        payment_intent_id=_paying_intent(found),
        reference=_plan_reference(found),
    )


def refund(found: Found) -> RefundSnapshot:
    """A refund."""
    return RefundSnapshot(
        id=found["id"],
        payment_intent_id=_id(found.get("payment_intent")) or "",
        amount=_money(found["amount"], found["currency"]),
        status=str(found.get("status") or "pending"),
        created_at=datetime.fromtimestamp(found["created"], UTC),
    )


def reference_of(found: Found) -> str:
    """Our public id in the object's metadata, empty when there is none."""
    return str(_object(found.get("metadata")).get("reference") or "")


def _payment_status(intent: Found) -> PaymentStatus:
    known = _PAYMENT.get(str(intent.get("status")))
    if known is not None:
        return known
    waiting = intent.get("status") == "requires_payment_method"
    return "failed" if waiting and intent.get("last_payment_error") else "pending"


def _failure(intent: Found, charge: Found) -> str | None:
    error = _object(intent.get("last_payment_error"))
    found = error.get("decline_code") or error.get("code") or charge.get("failure_code")
    return str(found) if found else None


def _plan_details(found: Found) -> Found:
    return _object(_object(found.get("parent")).get("subscription_details"))


def _plan_reference(found: Found) -> str:
    return reference_of(_plan_details(found))


def _paying_intent(found: Found) -> str | None:
    payments = _object(found.get("payments")).get("data") or []
    paid = [each for each in payments if each.get("status") == "paid"]
    for each in [*paid, *reversed(payments)]:
        intent = _id(_object(each.get("payment")).get("payment_intent"))
        if intent:
            return intent
    return None


def _object(value: Any) -> Found:
    return value if isinstance(value, Mapping) else {}


def _id(value: Any) -> str | None:
    """The id of an object that may be expanded, only named, or missing."""
    found = value.get("id") if isinstance(value, Mapping) else value
    return str(found) if found else None


def _money(minor: int, currency: str) -> Money:
    return Money(minor, currency.upper())


def _instant(value: int | None) -> datetime | None:
    return datetime.fromtimestamp(value, UTC) if value else None
