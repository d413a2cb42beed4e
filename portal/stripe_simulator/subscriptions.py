"""Subscriptions: what the charity calls plans."""

from __future__ import annotations

from typing import Any

from portal.stripe_simulator import catalogue
from portal.stripe_simulator import parameters as p
from portal.stripe_simulator.account import Account, changed
from portal.stripe_simulator.blanks import blank
from portal.stripe_simulator.periods import period_end
from portal.stripe_simulator.refusals import Refusal, no_such, wrong_parameter
from portal.stripe_simulator.store import Body

_ITEM = p.shape(
    {"id": p.text(), "price": p.text(), "price_data": catalogue.PRICE_DATA, "quantity": p.whole(1)},
    required=("id",),
)
_REASON = p.shape(
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
UPDATE = p.shape(
    {
        "cancel_at_period_end": p.flag,
        "cancellation_details": _REASON,
        "default_payment_method": p.removable(p.text()),
        "description": p.removable(p.text(500)),
        "items": p.list_of(_ITEM),
        "metadata": p.metadata,
        "pause_collection": p.removable(
            p.shape(
                {
                    "behavior": p.one_of("keep_as_draft", "mark_uncollectible", "void"),
                    "resumes_at": p.whole(0),
                },
                required=("behavior",),
            )
        ),
        "proration_behavior": p.one_of("always_invoice", "create_prorations", "none"),
    }
)
CANCEL = p.shape({"cancellation_details": _REASON, "invoice_now": p.flag, "prorate": p.flag})


def create(
    account: Account,
    *,
    customer: str,
    price: Body,
    quantity: int,
    method: Body,
    description: str | None,
    metadata: dict[str, str],
) -> Body:
    """A running plan whose first period begins now; no event is told yet."""
    start = account.now()
    recurring = price["recurring"]
    end = period_end(start, recurring["interval"], recurring["interval_count"], 1)
    subscription_id = account.new_id("sub")
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
    account.plan(end, "renew", subscription_id)
    return subscription


def begin_next_period(account: Account, subscription: Body) -> None:
    """Move on to the next period; its end is counted from the day the plan began."""
    item = subscription["items"]["data"][0]
    recurring = item["price"]["recurring"]
    subscription["_sim"]["periods"] += 1
    item["current_period_start"] = item["current_period_end"]
    item["current_period_end"] = period_end(
        subscription["billing_cycle_anchor"],
        recurring["interval"],
        recurring["interval_count"],
        subscription["_sim"]["periods"],
    )
    account.plan(item["current_period_end"], "renew", subscription["id"])
    account.save(subscription)


def update(account: Account, given: Body) -> Body:
    """Change a plan: its amount, its card, its pause or its end."""
    subscription = account.get("subscription", given.pop("id"))
    _refuse_when_over(subscription)
    fields: dict[str, Any] = {}
    if "items" in given:
        fields["items"] = _with_new_price(
            account, subscription, given.pop("items"), given.get("proration_behavior")
        )
    given.pop("proration_behavior", None)
    if given.get("default_payment_method"):
        account.get("payment_method", given["default_payment_method"], "default_payment_method")
    if "metadata" in given:
        fields["metadata"] = p.merged(subscription["metadata"], given.pop("metadata"))
    if "cancel_at_period_end" in given:
        fields.update(_cancellation(account, subscription, given))
    if given.get("pause_collection"):
        given["pause_collection"].setdefault("resumes_at", None)
    given.pop("cancellation_details", None)
    return changed(account, subscription, "customer.subscription.updated", **given, **fields)


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
    account.unplan("renew", subscription["id"])
    account.unplan("retry", subscription["id"])
    account.save(subscription)
    account.emit("customer.subscription.deleted", subscription)
    return subscription


def _refuse_when_over(subscription: Body) -> None:
    if subscription["status"] == "canceled":
        raise Refusal(
            "A canceled subscription can only update its cancellation_details and metadata.",
            code="subscription_canceled",
        )


def _cancellation(account: Account, subscription: Body, given: Body) -> Body:
    if not given["cancel_at_period_end"]:
        cleared = {"comment": None, "feedback": None, "reason": None}
        return {"cancel_at": None, "canceled_at": None, "cancellation_details": cleared}
    return {
        "cancel_at": subscription["items"]["data"][0]["current_period_end"],
        "canceled_at": account.now(),
        "cancellation_details": {
            **subscription["cancellation_details"],
            **given.get("cancellation_details", {}),
            "reason": "cancellation_requested",
        },
    }


def _with_new_price(
    account: Account, subscription: Body, wanted: list[Body], proration: str | None
) -> Body:
    if proration != "none":
        raise wrong_parameter(
            "The simulator changes an amount only with proration_behavior=none",
            "proration_behavior",
        )
    items: Body = {**subscription["items"], "data": list(subscription["items"]["data"])}
    item: Body = items["data"][0]
    if len(wanted) != 1 or wanted[0]["id"] != item["id"]:
        raise wrong_parameter("No such subscription item on this subscription", "items[0][id]")
    price = _wanted_price(account, wanted[0], item["price"])
    same = ("interval", "interval_count")
    if price["currency"] != subscription["currency"]:
        raise Refusal("The currency of a subscription cannot be changed.", param="items[0]")
    if [price["recurring"][name] for name in same] != [
        item["price"]["recurring"][name] for name in same
    ]:
        raise Refusal("The simulator does not change a plan's interval.", param="items[0]")
    items["data"][0] = {
        **item,
        "price": price,
        "plan": plan_of(price),
        "quantity": wanted[0].get("quantity", item["quantity"]),
    }
    return items


def _wanted_price(account: Account, wanted: Body, present: Body) -> Body:
    if "price_data" in wanted:
        data = wanted["price_data"]
        if "product_data" in data or "product" not in data or "recurring" not in data:
            raise wrong_parameter(
                "price_data here takes a product that exists, and recurring",
                "items[0][price_data][product]",
            )
        return catalogue.inline_price(account, data, "items[0][price_data]")
    if "price" in wanted:
        price = account.get("price", wanted["price"], "items[0][price]")
        if not price["recurring"]:
            raise wrong_parameter("The price is not recurring", "items[0][price]")
        return price
    return present


def _items(
    account: Account, subscription_id: str, price: Body, quantity: int, period: tuple[int, int]
) -> Body:
    start, end = period
    item: Body = {
        "id": account.new_id("si"),
        "object": "subscription_item",
        "billed_until": None,
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
