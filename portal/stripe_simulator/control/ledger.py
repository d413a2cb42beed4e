"""Orders about the balance: payouts, fees, and very many lines at once."""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue

from portal.stripe_simulator import balance, ledger_fill, payouts
from portal.stripe_simulator.account import public
from portal.stripe_simulator.api import this_account
from portal.stripe_simulator.control.door import control, optional_whole, order, text, whole
from portal.stripe_simulator.currencies import SETTLEMENT
from portal.stripe_simulator.refusals import Refusal


@control.post("/payouts")
def pay_out() -> ResponseReturnValue:
    """Send what is available to the bank now; ``by_hand`` any part of it."""
    account, wanted = this_account(), order("by_hand", "amount")
    amount = optional_whole(wanted, "amount")
    with account.store.transaction():
        if wanted.get("by_hand") is True:
            return jsonify(public(payouts.pay_out_by_hand(account, amount)))
        payout = payouts.pay_out(account)
    if payout is None:
        raise Refusal("Nothing is available to pay out.")
    return jsonify(public(payout))


@control.post("/payouts/<payout_id>/fail")
def fail_payout(payout_id: str) -> ResponseReturnValue:
    """The bank sends a payout back, even one that was paid."""
    account, code = this_account(), text(order("code"), "code") or "account_closed"
    with account.store.transaction():
        failed = payouts.fail(account, account.get("payout", payout_id), code)
    return jsonify(public(failed))


@control.post("/payouts/<payout_id>/cancel")
def cancel_payout(payout_id: str) -> ResponseReturnValue:
    """Stop a payout that has not arrived."""
    account = this_account()
    with account.store.transaction():
        cancelled = payouts.cancel(account, account.get("payout", payout_id))
    return jsonify(public(cancelled))


@control.post("/ledger/fee")
def charge_fee() -> ResponseReturnValue:
    """Stripe takes a fee of its own from the balance, in cents of euros."""
    account, wanted = this_account(), order("amount", "description")
    with account.store.transaction():
        line = balance.record(
            account,
            kind="stripe_fee",
            category="fee",
            amount=-whole(wanted, "amount"),
            currency=SETTLEMENT,
            source=None,
            description=text(wanted, "description") or "Radar (simulated)",
        )
    return jsonify(public(line))


@control.post("/ledger/fill")
def fill() -> ResponseReturnValue:
    """Write very many lines of the past year, paid out in so many payouts."""
    account, wanted = this_account(), order("lines", "payouts")
    with account.store.transaction():
        made = ledger_fill.fill(account, whole(wanted, "lines", 1000), whole(wanted, "payouts", 10))
    return jsonify(made)
