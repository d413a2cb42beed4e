"""Subscriptions: what the charity calls plans."""

from __future__ import annotations

from portal.stripe_simulator import invoices
from portal.stripe_simulator import parameters as p
from portal.stripe_simulator.account import DAY, Account
from portal.stripe_simulator.blanks import blank
from portal.stripe_simulator.periods import period_end
from portal.stripe_simulator.preferences import preference
from portal.stripe_simulator.refusals import no_such
from portal.stripe_simulator.store import Body

REASON = p.shape(
    {
        "comment": p.removable(p.text()),
        "feedback": p.removable(
            p.one_of(
                "customer_service",
                "low_quality",
                "missing_features",
                "other",
                "switched_service",
                "too_complex",
                "too_expensive",
                "unused",
            )
        ),
    }
)
_TRIAL_NOTICE = 3 * DAY
_TASKS = ("renew", "upcoming", "trial_ends_soon", "resume", "end_on_day")
CANCEL = p.shape({"cancellation_details": REASON, "invoice_now": p.flag, "prorate": p.flag})


def create(
    account: Account,
    *,
    customer: str,
    price: Body,
    quantity: int,
    method: Body,
    description: str | None,
    metadata: dict[str, str],
    subscription_id: str | None = None,
) -> Body:
    """A running plan whose first period begins now; no event is told yet."""
    start = account.now()
    recurring = price["recurring"]
    end = period_end(start, recurring["interval"], recurring["interval_count"], 1)
    subscription_id = subscription_id or account.new_id("sub")
    subscription: Body = {
        "id": subscription_id,
        "object": "subscription",
        **blank("subscription"),
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": start,
        "billing_mode": {"type": "flexible"},
        "billing_schedules": [],
        "cancel_at_period_end": False,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "created": start,
        "currency": price["currency"],
        "customer": customer,
        "default_payment_method": method["id"],
        "default_tax_rates": [],
        "description": description,
        "discounts": [],
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "items": _items(account, subscription_id, price, quantity, (start, end)),
        "latest_invoice": None,
        "livemode": False,
        "metadata": metadata,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "start_date": start,
        "status": "active",
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        "_sim": {"periods": 1},
    }
    account.save(subscription)
    plan_renewal(account, subscription)
    return subscription


def plan_renewal(account: Account, subscription: Body) -> None:
    """Put the end of the present period on the agenda, and the notice that comes before it."""
    due = subscription["items"]["data"][0]["current_period_end"]
    for task in ("renew", "upcoming", "trial_ends_soon"):
        account.unplan(task, subscription["id"])
    account.plan(due, "renew", subscription["id"])
    notice = due - preference(account, "upcoming_days") * DAY
    if account.now() <= notice < due:
        account.plan(notice, "upcoming", subscription["id"])
    if subscription["trial_end"] == due:
        soon = max(account.now(), due - _TRIAL_NOTICE)
        account.plan(soon, "trial_ends_soon", subscription["id"])


def begin_next_period(account: Account, subscription: Body) -> None:
    """Move on to the next period; its end is counted from the plan's anchor."""
    item = subscription["items"]["data"][0]
    end = end_of_next_period(subscription)
    subscription["_sim"]["periods"] += 1
    item.update(current_period_start=item["current_period_end"], current_period_end=end)
    plan_renewal(account, subscription)
    account.save(subscription)


def end_of_next_period(subscription: Body) -> int:
    """When the period after the present one will end."""
    recurring = subscription["items"]["data"][0]["price"]["recurring"]
    return period_end(
        subscription["billing_cycle_anchor"],
        recurring["interval"],
        recurring["interval_count"],
        subscription["_sim"]["periods"] + 1,
    )


def cancel(account: Account, given: Body) -> Body:
    """End a plan now."""
    subscription = account.get("subscription", given["id"])
    if subscription["status"] == "canceled":
        raise no_such("subscription", subscription["id"])
    details = given.get("cancellation_details", {})
    return end(account, subscription, "cancellation_requested", details)


def end(account: Account, subscription: Body, reason: str, details: Body | None = None) -> Body:
    """The plan is over."""
    subscription.update(
        status="canceled",
        ended_at=account.now(),
        canceled_at=subscription["canceled_at"] or account.now(),
        cancellation_details={
            **subscription["cancellation_details"],
            **(details or {}),
            "reason": subscription["cancellation_details"]["reason"] or reason,
        },
    )
    for task in _TASKS:
        account.unplan(task, subscription["id"])
    _stop_collecting(account, subscription)
    account.save(subscription)
    account.emit("customer.subscription.deleted", subscription)
    return subscription


def _stop_collecting(account: Account, subscription: Body) -> None:
    for invoice in invoices.open_of(account, subscription["id"]):
        account.unplan("retry", invoice["id"])
        account.unplan("finalise", invoice["id"])
        invoice.update(auto_advance=False, next_payment_attempt=None)
        account.save(invoice)


def _items(
    account: Account, subscription_id: str, price: Body, quantity: int, period: tuple[int, int]
) -> Body:
    start, end = period
    item: Body = {
        "id": account.new_id("si"),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": start,
        "current_period_end": end,
        "current_period_start": start,
        "discounts": [],
        "metadata": {},
        "plan": plan_of(price),
        "price": price,
        "quantity": quantity,
        "subscription": subscription_id,
        "tax_rates": [],
    }
    return {
        "object": "list",
        "data": [item],
        "has_more": False,
        "total_count": 1,
        "url": f"/v1/subscription_items?subscription={subscription_id}",
    }


def plan_of(price: Body) -> Body:
    """The price in the older shape that subscription items still carry."""
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": price["currency"],
        "interval": price["recurring"]["interval"],
        "interval_count": price["recurring"]["interval_count"],
        "livemode": False,
        "metadata": {},
        "meter": None,
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
