"""Orders about payments: debits settled, refunds, disputes, early fraud warnings."""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue

from portal.stripe_simulator import billing, disputes, fraud_warnings, refunds
from portal.stripe_simulator.account import public
from portal.stripe_simulator.api import this_account
from portal.stripe_simulator.control.door import control, optional_whole, order, text
from portal.stripe_simulator.outcomes import OUTCOMES
from portal.stripe_simulator.refusals import Refusal


@control.post("/payment_intents/<intent_id>/settle")
def settle(intent_id: str) -> ResponseReturnValue:
    """Let the bank answer about a direct debit now."""
    account, wanted = this_account(), order("outcome")
    with account.store.transaction():
        intent = account.get("payment_intent", intent_id)
        if intent["status"] != "processing":
            raise Refusal("This payment is not processing.", param="id")
        outcome = wanted.get("outcome", intent["_sim"]["outcome"])
        fitting = [each.code for each in OUTCOMES.values() if _of_debit(each.code)]
        if outcome not in fitting:
            raise Refusal(f"outcome must be one of {', '.join(fitting)}", param="outcome")
        intent["_sim"]["outcome"] = outcome
        account.save(intent)
        account.unplan("settle_debit", intent_id)
        billing.settle(account, intent)
    return jsonify(public(intent))


@control.post("/charges/<charge_id>/refund")
def refund(charge_id: str) -> ResponseReturnValue:
    """Refund in Stripe's dashboard: the portal hears of it by events only."""
    account, wanted = this_account(), order("amount", "reason")
    given = {name: value for name, value in wanted.items() if value is not None}
    optional_whole(wanted, "amount")
    with account.store.transaction():
        made = refunds.create(account, {**given, "charge": charge_id})
    return jsonify(public(made))


@control.post("/refunds/<refund_id>/succeed")
def succeed_refund(refund_id: str) -> ResponseReturnValue:
    """A pending refund has reached the donor."""
    account = this_account()
    with account.store.transaction():
        refunded = refunds.succeed(account, account.get("refund", refund_id))
    return jsonify(public(refunded))


@control.post("/refunds/<refund_id>/fail")
def fail_refund(refund_id: str) -> ResponseReturnValue:
    """A refund comes back, even one that had succeeded."""
    account = this_account()
    reason = text(order("reason"), "reason") or "expired_or_canceled_card"
    with account.store.transaction():
        failed = refunds.fail(account, account.get("refund", refund_id), reason)
    return jsonify(public(failed))


@control.post("/charges/<charge_id>/dispute")
def dispute(charge_id: str) -> ResponseReturnValue:
    """The bank disputes the charge or part of it, or only asks, or has it averted."""
    account, wanted = this_account(), order("status", "amount", "reason")
    with account.store.transaction():
        opened = disputes.open_dispute(
            account,
            account.get("charge", charge_id),
            status=text(wanted, "status"),
            amount=optional_whole(wanted, "amount"),
            reason=text(wanted, "reason"),
        )
    return jsonify(public(opened))


@control.post("/disputes/<dispute_id>/move")
def move_dispute(dispute_id: str) -> ResponseReturnValue:
    """Take a dispute a step on."""
    account, status = this_account(), text(order("status"), "status") or ""
    with account.store.transaction():
        moved = disputes.move(account, account.get("dispute", dispute_id), status)
    return jsonify(public(moved))


@control.post("/disputes/<dispute_id>/close")
def close_dispute(dispute_id: str) -> ResponseReturnValue:
    """The bank decides; an inquiry is just closed."""
    account, won = this_account(), order("won").get("won") is True
    with account.store.transaction():
        found = account.get("dispute", dispute_id)
        inquiry = found["status"].startswith("warning")
        status = "warning_closed" if inquiry else "won" if won else "lost"
        closed = disputes.move(account, found, status)
    return jsonify(public(closed))


@control.post("/charges/<charge_id>/fraud_warning")
def warn(charge_id: str) -> ResponseReturnValue:
    """The card's issuer suspects fraud."""
    account = this_account()
    kind = text(order("kind"), "kind") or "unauthorized_use_of_card"
    with account.store.transaction():
        warning = fraud_warnings.warn(account, account.get("charge", charge_id), kind)
    return jsonify(public(warning))


def _of_debit(code: str) -> bool:
    outcome = OUTCOMES[code]
    return outcome.method == "sepa_debit" and outcome.offered
