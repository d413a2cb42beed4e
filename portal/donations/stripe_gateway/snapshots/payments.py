"""Payment intents with their charges, and refunds."""

from __future__ import annotations

from collections.abc import Mapping

from portal.donations.gateway import PaymentMethod, PaymentSnapshot, PaymentStatus, RefundSnapshot
from portal.donations.stripe_gateway.snapshots.values import (
    METHODS,
    Found,
    id_of,
    instant,
    moment,
    money,
    nested,
    rate_between,
    reference_of,
    word,
)

_STATUS: Mapping[str, PaymentStatus] = {
    "processing": "processing",
    "succeeded": "succeeded",
    "canceled": "canceled",
}
_BANK_ASKS = "authentication_required"


def payment(intent: Found, invoice: Found | None) -> PaymentSnapshot:
    """A payment intent with its latest charge and balance transaction expanded.

    `invoice` is the plan's invoice it pays, if any. The instant of success is the one at which the
    money reached the balance: for a direct debit that is days after the charge was made.
    """
    charge = nested(intent.get("latest_charge"))
    booked = nested(charge.get("balance_transaction"))
    details = nested(nested(nested(invoice).get("parent")).get("subscription_details"))
    status = _payment_status(intent)
    amount = money(intent["amount"], intent["currency"])
    settled = money(booked["amount"], booked["currency"]) if booked else None
    return PaymentSnapshot(
        payment_intent_id=intent["id"],
        charge_id=id_of(intent.get("latest_charge")),
        status=status,
        amount=amount,
        fee=money(booked["fee"], booked["currency"]) if booked else None,
        balance_transaction_id=id_of(charge.get("balance_transaction")),
        succeeded_at=instant(booked.get("created") or charge.get("created"))
        if status == "succeeded"
        else None,
        method=_method(intent, charge),
        refunded=money(charge.get("amount_refunded") or 0, intent["currency"]),
        failure_code=_failure(intent, charge),
        reference=reference_of(intent) or reference_of(details),
        invoice_id=id_of(invoice),
        subscription_id=id_of(details.get("subscription")),
        customer_id=id_of(intent.get("customer")),
        settled=settled,
        exchange_rate=rate_between(booked, amount, settled) if settled else None,
        needs_action=_needs_action(intent),
        disputed=bool(charge.get("disputed")),
        method_id=_method_id(intent, charge),
    )


def refund(found: Found) -> RefundSnapshot:
    """A refund, with its balance transaction expanded when it has one."""
    booked = nested(found.get("balance_transaction"))
    return RefundSnapshot(
        id=found["id"],
        payment_intent_id=id_of(found.get("payment_intent")) or "",
        amount=money(found["amount"], found["currency"]),
        status=str(found.get("status") or "pending"),
        created_at=moment(found["created"]),
        balance_transaction_id=id_of(found.get("balance_transaction")),
        settled=money(-booked["amount"], booked["currency"]) if booked else None,
        failure_reason=word(found.get("failure_reason")),
        reference=reference_of(found),
    )


def _payment_status(intent: Found) -> PaymentStatus:
    known = _STATUS.get(str(intent.get("status")))
    if known is not None:
        return known
    waiting = intent.get("status") == "requires_payment_method"
    return "failed" if waiting and intent.get("last_payment_error") else "pending"


def _failure(intent: Found, charge: Found) -> str | None:
    error = _error(intent)
    found = error.get("decline_code") or error.get("code") or charge.get("failure_code")
    return str(found) if found else None


def _needs_action(intent: Found) -> bool:
    """The bank asks now, or refused a debit because the donor was not there to be asked."""
    if intent.get("status") == "requires_action":
        return True
    error = _error(intent)
    asked = _BANK_ASKS in (error.get("code"), error.get("decline_code"))
    return intent.get("status") == "requires_payment_method" and asked


def _method(intent: Found, charge: Found) -> PaymentMethod:
    used = nested(charge.get("payment_method_details")) or nested(
        _error(intent).get("payment_method")
    )
    return METHODS.get(str(used.get("type")), "other")


def _method_id(intent: Found, charge: Found) -> str | None:
    return (
        id_of(intent.get("payment_method"))
        or id_of(charge.get("payment_method"))
        or id_of(_error(intent).get("payment_method"))
    )


def _error(intent: Found) -> Found:
    return nested(intent.get("last_payment_error"))
