"""Changes of a running plan: its amount, its day, its card, its pause or its end."""

from __future__ import annotations

from typing import Any

from portal.stripe_simulator import catalogue, invoices, payment_methods
from portal.stripe_simulator import parameters as p
from portal.stripe_simulator.account import DAY, Account, changed
from portal.stripe_simulator.refusals import Refusal, wrong_parameter
from portal.stripe_simulator.store import Body
from portal.stripe_simulator.subscriptions import REASON, plan_of, plan_renewal

_ITEM = p.shape(
    {"id": p.text(), "price": p.text(), "price_data": catalogue.PRICE_DATA, "quantity": p.whole(1)},
    required=("id",),
)
UPDATE = p.shape(
    {
        "cancel_at": p.removable(p.whole(0)),
        "cancel_at_period_end": p.flag,
        "cancellation_details": REASON,
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
        "trial_end": p.whole(0),
    }
)
_LONGEST_TRIAL = 730 * DAY


def update(account: Account, given: Body) -> Body:
    """Change a plan: its amount, its card, its pause or its end."""
    subscription = account.get("subscription", given.pop("id"))
    _refuse_when_over(subscription)
    proration = given.pop("proration_behavior", None)
    fields: dict[str, Any] = {}
    if "items" in given:
        fields["items"] = _with_new_price(account, subscription, given.pop("items"), proration)
    if given.get("default_payment_method"):
        payment_methods.of_customer(
            account,
            subscription["customer"],
            given["default_payment_method"],
            "default_payment_method",
        )
    if "metadata" in given:
        fields["metadata"] = p.merged(subscription["metadata"], given.pop("metadata"))
    trial_end = given.pop("trial_end", None)
    if trial_end is not None:
        fields.update(_trial(account, {**subscription, **fields}, trial_end, proration))
    if "cancel_at" in given or "cancel_at_period_end" in given:
        fields.update(_cancellation(account, {**subscription, **fields}, given))
    if "pause_collection" in given:
        _plan_resumption(account, subscription, given["pause_collection"])
    given.pop("cancellation_details", None)
    changed(account, subscription, "customer.subscription.updated", **{**given, **fields})
    if trial_end is not None:
        _begin_trial(account, subscription)
    return subscription


def resume(account: Account, subscription: Body) -> None:
    """The day on which a pause ends has come."""
    if subscription["pause_collection"]:
        changed(account, subscription, "customer.subscription.updated", pause_collection=None)


def _plan_resumption(account: Account, subscription: Body, pause: Body | None) -> None:
    account.unplan("resume", subscription["id"])
    if pause is None:
        return
    until = pause.setdefault("resumes_at", None)
    if until is None:
        return
    if until <= account.now():
        raise wrong_parameter("`resumes_at` must be in the future.", "pause_collection[resumes_at]")
    account.plan(until, "resume", subscription["id"])


def _trial(account: Account, subscription: Body, until: int, proration: str | None) -> Body:
    now = account.now()
    if proration != "none":
        raise wrong_parameter(
            "The simulator moves a debit only with proration_behavior=none", "proration_behavior"
        )
    if not now < until <= now + _LONGEST_TRIAL:
        raise wrong_parameter(
            "Invalid trial_end: it must be in the future and within two years.", "trial_end"
        )
    items = {**subscription["items"]}
    period = {"current_period_start": now, "current_period_end": until}
    items["data"] = [{**items["data"][0], **period}]
    fields: Body = {
        "billing_cycle_anchor": until,
        "items": items,
        "status": "trialing",
        "trial_end": until,
        "trial_start": now,
    }
    return fields | ({"cancel_at": until} if subscription["cancel_at_period_end"] else {})


def _begin_trial(account: Account, subscription: Body) -> None:
    subscription["_sim"]["periods"] = 0
    account.save(subscription)
    plan_renewal(account, subscription)
    invoice = invoices.create(account, subscription, "subscription_update", amount=0)
    invoices.finalise(account, invoice)
    invoices.announce(account, invoice)
    invoices.mark_paid(account, invoice)


def _refuse_when_over(subscription: Body) -> None:
    if subscription["status"] == "canceled":
        raise Refusal(
            "A canceled subscription can only update its cancellation_details and metadata.",
            code="subscription_canceled",
        )


def _cancellation(account: Account, subscription: Body, given: Body) -> Body:
    if "cancel_at" in given and "cancel_at_period_end" in given:
        raise wrong_parameter(
            "You may only specify one of these parameters: cancel_at, cancel_at_period_end.",
            "cancel_at",
        )
    account.unplan("end_on_day", subscription["id"])
    at_end = given.get("cancel_at_period_end", False)
    day = given.pop("cancel_at", None)
    if not at_end and day is None:
        return {
            "cancel_at": None,
            "cancel_at_period_end": False,
            "canceled_at": None,
            "cancellation_details": dict.fromkeys(("comment", "feedback", "reason")),
        }
    if day is not None:
        if day <= account.now():
            raise wrong_parameter("`cancel_at` must be in the future.", "cancel_at")
        account.plan(day, "end_on_day", subscription["id"])
    return {
        "cancel_at": day or subscription["items"]["data"][0]["current_period_end"],
        "cancel_at_period_end": at_end,
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
