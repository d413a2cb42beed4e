"""Invoices of plans, and the payments made against them."""

from __future__ import annotations

from portal.stripe_simulator.account import Account
from portal.stripe_simulator.blanks import blank
from portal.stripe_simulator.store import Body


def create(account: Account, subscription: Body, reason: str, *, amount: int | None = None) -> Body:
    """A draft of the invoice for the subscription's present period; no event is told yet.

    `amount` is what the plan's price says unless it is given.
    """
    invoice = {"id": account.new_id("in"), **draft(account, subscription, reason, amount)}
    invoice["lines"]["url"] = f"/v1/invoices/{invoice['id']}/lines"
    invoice["lines"]["data"][0]["invoice"] = invoice["id"]
    account.save(invoice)
    subscription["latest_invoice"] = invoice["id"]
    account.save(subscription)
    return invoice


def draft(account: Account, subscription: Body, reason: str, amount: int | None) -> Body:
    """What an invoice written now would say, without an id: nothing is kept."""
    item = subscription["items"]["data"][0]
    customer = account.get("customer", subscription["customer"])
    if amount is None:
        amount = item["price"]["unit_amount"] * item["quantity"]
    period = {"start": item["current_period_start"], "end": item["current_period_end"]}
    return {
        "object": "invoice",
        **blank("invoice"),
        **_amounts(amount),
        "account_country": "FR",
        "account_name": account.merchant,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": False,
        "automatic_tax": _no_tax(),
        "billing_reason": reason,
        "collection_method": "charge_automatically",
        "created": account.now(),
        "currency": item["price"]["currency"],
        "customer": customer["id"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_tax_rates": [],
        "discounts": [],
        "effective_at": None,
        "issuer": {"type": "self"},
        "lines": _lines(account, subscription, amount, period),
        "livemode": False,
        "metadata": {},
        "number": None,
        "parent": {
            "type": "subscription_details",
            "quote_details": None,
            "subscription_details": {
                "metadata": dict(subscription["metadata"]),
                "subscription": subscription["id"],
            },
        },
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "period_end": account.now(),
        "period_start": account.now() if reason == "subscription_create" else period["start"],
        "starting_balance": 0,
        "status": "draft",
        "status_transitions": {
            "finalized_at": None,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
    }


def finalise(account: Account, invoice: Body) -> None:
    """The invoice is asked for: it gets its number and a page to pay it at."""
    customer = account.get("customer", invoice["customer"])
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    invoice.update(
        status="open",
        number=number,
        effective_at=account.now(),
        hosted_invoice_url=f"{account.address}/i/{invoice['id']}",
    )
    invoice["status_transitions"]["finalized_at"] = account.now()
    account.save(invoice)
    customer["next_invoice_sequence"] += 1
    account.save(customer)


def announce(account: Account, invoice: Body) -> None:
    """Tell that the invoice was written and is asked for."""
    account.emit("invoice.created", invoice)
    account.emit("invoice.finalized", invoice)


def link(account: Account, invoice: Body, intent: Body) -> Body:
    """Write down that this payment is meant for this invoice."""
    intent["_sim"]["invoice"] = invoice["id"]
    account.save(intent)
    return account.save(
        {
            "id": account.new_id("inpay"),
            "object": "invoice_payment",
            "amount_paid": None,
            "amount_requested": invoice["amount_due"],
            "created": account.now(),
            "currency": invoice["currency"],
            "invoice": invoice["id"],
            "is_default": True,
            "livemode": False,
            "payment": {"type": "payment_intent", "payment_intent": intent["id"]},
            "status": "open",
            "status_transitions": {"canceled_at": None, "paid_at": None},
        }
    )


def payments_of(account: Account, invoice_id: str) -> list[Body]:
    """The payments made against an invoice, oldest first."""
    return account.store.bodies(
        "invoice_payment", "json_extract(body, '$.invoice') = ?", (invoice_id,)
    )


def open_of(account: Account, subscription_id: str) -> list[Body]:
    """The invoices of a plan that are still to be paid or still drafts, oldest first."""
    return account.store.bodies(
        "invoice",
        "json_extract(body, '$.parent.subscription_details.subscription') = ?"
        " and json_extract(body, '$.status') in ('draft', 'open')",
        (subscription_id,),
    )


def mark_paid(account: Account, invoice: Body) -> None:
    """The money has come."""
    total = invoice["amount_due"]
    for payment in payments_of(account, invoice["id"]):
        payment.update(status="paid", amount_paid=total)
        payment["status_transitions"]["paid_at"] = account.now()
        account.save(payment)
        account.emit("invoice_payment.paid", payment)
    invoice.update(
        status="paid",
        amount_paid=total,
        amount_remaining=0,
        attempted=True,
        auto_advance=False,
        next_payment_attempt=None,
    )
    invoice["status_transitions"]["paid_at"] = account.now()
    account.save(invoice)
    account.emit("invoice.paid", invoice)
    account.emit("invoice.payment_succeeded", invoice)


def count_attempt(invoice: Body, by_schedule: bool) -> None:
    """Any first attempt counts, later ones only when the schedule made them."""
    if by_schedule or not invoice["attempt_count"]:
        invoice["attempt_count"] += 1


def mark_failed(account: Account, invoice: Body, next_attempt: int | None) -> None:
    """An attempt to take the money failed; it is tried again then, or never."""
    invoice.update(
        attempted=True, next_payment_attempt=next_attempt, auto_advance=next_attempt is not None
    )
    account.save(invoice)
    account.emit("invoice.payment_failed", invoice)


def void(account: Account, invoice: Body) -> None:
    """The invoice does not count."""
    invoice.update(status="void", amount_remaining=0, next_payment_attempt=None)
    invoice["status_transitions"]["voided_at"] = account.now()
    account.save(invoice)
    account.emit("invoice.voided", invoice)


def mark_uncollectible(account: Account, invoice: Body) -> None:
    """Nobody expects this money any more."""
    invoice.update(status="uncollectible", next_payment_attempt=None, auto_advance=False)
    invoice["status_transitions"]["marked_uncollectible_at"] = account.now()
    account.save(invoice)
    account.emit("invoice.marked_uncollectible", invoice)


def _amounts(amount: int) -> Body:
    same = ("amount_due", "amount_remaining", "subtotal", "subtotal_excluding_tax", "total")
    zero = (
        "amount_overpaid",
        "amount_paid",
        "amount_paid_off_stripe",
        "amount_shipping",
        "post_payment_credit_notes_amount",
        "pre_payment_credit_notes_amount",
    )
    return {
        **dict.fromkeys(same, amount),
        "total_excluding_tax": amount,
        **dict.fromkeys(zero, 0),
    }


def _no_tax() -> Body:
    return dict.fromkeys(("disabled_reason", "liability", "provider", "status")) | {
        "enabled": False
    }


def _lines(account: Account, subscription: Body, amount: int, period: Body) -> Body:
    item = subscription["items"]["data"][0]
    price = item["price"]
    line = {
        "id": account.new_id("il"),
        "object": "line_item",
        "amount": amount,
        "currency": price["currency"],
        "description": subscription["description"],
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": dict(subscription["metadata"]),
        "parent": {
            "type": "subscription_item_details",
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": False,
                "proration_details": None,
                "subscription": subscription["id"],
                "subscription_item": item["id"],
            },
        },
        "period": period,
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": item["quantity"],
        "subtotal": amount,
        "taxes": [],
    }
    return {
        "object": "list",
        "data": [line],
        "has_more": False,
        "url": "/v1/invoices/lines",
    }
