"""Orders about plans and what they are paid with."""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue

from portal.stripe_simulator import billing, mandates, payment_methods, plan_changes, subscriptions
from portal.stripe_simulator.account import public
from portal.stripe_simulator.api import this_account
from portal.stripe_simulator.control.door import control, optional_whole, order, text, whole
from portal.stripe_simulator.refusals import Refusal


@control.post("/subscriptions/<subscription_id>/next_payments")
def next_payments(subscription_id: str) -> ResponseReturnValue:
    """How the plan's next debits end."""
    account, wanted = this_account(), order("outcome")
    with account.store.transaction():
        subscription = account.get("subscription", subscription_id)
        method = billing.method_of(account, subscription)
        if method is None:
            raise Refusal("Nothing is left to take this plan's debits from.", param="id")
        payment_methods.set_outcome(account, method, str(wanted.get("outcome")))
    return jsonify(payment_method=method["id"], outcome=wanted["outcome"])


@control.post("/subscriptions/<subscription_id>/cancel")
def cancel(subscription_id: str) -> ResponseReturnValue:
    """End the plan in Stripe's dashboard: now, on a day, or when its period is over."""
    account, wanted = this_account(), order("at", "at_period_end")
    day = optional_whole(wanted, "at")
    with account.store.transaction():
        given = {"id": subscription_id}
        if day is not None:
            ended = plan_changes.update(account, {**given, "cancel_at": day})
        elif wanted.get("at_period_end") is True:
            ended = plan_changes.update(account, {**given, "cancel_at_period_end": True})
        else:
            ended = subscriptions.cancel(account, given)
    return jsonify(public(ended))


@control.post("/payment_methods/<method_id>/replaced")
def replaced(method_id: str) -> ResponseReturnValue:
    """The donor's bank has sent another card and told Stripe."""
    account, wanted = this_account(), order("exp_year", "exp_month", "last4")
    with account.store.transaction():
        method = payment_methods.replaced_by_bank(
            account,
            account.get("payment_method", method_id),
            whole(wanted, "exp_year", 2040),
            _month(whole(wanted, "exp_month", 12)),
            text(wanted, "last4") or "1881",
        )
    return jsonify(public(method))


@control.post("/payment_methods/<method_id>/expires")
def expires(method_id: str) -> ResponseReturnValue:
    """Until the end of which month the card is good; nobody is told."""
    account, wanted = this_account(), order("exp_year", "exp_month")
    with account.store.transaction():
        method = payment_methods.expire(
            account,
            account.get("payment_method", method_id),
            whole(wanted, "exp_year"),
            _month(whole(wanted, "exp_month")),
        )
    return jsonify(public(method))


@control.post("/mandates/<mandate_id>/revoke")
def revoke(mandate_id: str) -> ResponseReturnValue:
    """The account's holder ends the mandate at the bank."""
    account = this_account()
    with account.store.transaction():
        mandate = mandates.revoke(account, account.get("mandate", mandate_id))
    return jsonify(public(mandate))


def _month(number: int) -> int:
    if not 1 <= number <= 12:
        raise Refusal("exp_month must be 1 to 12", param="exp_month")
    return number
