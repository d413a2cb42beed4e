"""What each button of the desk does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from portal.stripe_simulator import (
    agenda,
    billing,
    dispatch,
    disputes,
    faults,
    fraud_warnings,
    mandates,
    payment_methods,
    payouts,
    refunds,
    subscriptions,
)
from portal.stripe_simulator.account import DAY, Account
from portal.stripe_simulator.currencies import minor
from portal.stripe_simulator.refusals import Refusal

Form = Mapping[str, str]
_STEPS = {"hour": 3600, "day": DAY, "week": 7 * DAY, "month": 31 * DAY}


def _clock(account: Account, form: Form) -> None:
    step = form.get("step", "")
    if step == "debit":
        due = agenda.next_due(account, agenda.DEBITS)
        if due is None:
            raise Refusal("No debit is due.")
        agenda.advance(account, max(due, account.now()))
    else:
        agenda.advance(account, account.now() + _STEPS[_one_of(step, _STEPS)])


def _settle(account: Account, form: Form) -> None:
    intent = account.get("payment_intent", form.get("id", ""))
    intent["_sim"]["outcome"] = _one_of(form.get("outcome", ""), ("sepa", "sepa_fails"))
    account.save(intent)
    account.unplan("settle_debit", intent["id"])
    billing.settle(account, intent)


def _refund(account: Account, form: Form) -> None:
    charge = account.get("charge", form.get("id", ""))
    wanted = form.get("amount", "").strip()
    given = {"amount": minor(wanted, charge["currency"])} if wanted else {}
    refunds.create(account, {**given, "charge": charge["id"]})


def _fail_refund(account: Account, form: Form) -> None:
    refund = account.get("refund", form.get("id", ""))
    refunds.fail(account, refund, "expired_or_canceled_card")


def _dispute(account: Account, form: Form) -> None:
    charge = account.get("charge", form.get("id", ""))
    disputes.open_dispute(account, charge, status=form.get("status") or None)


def _move_dispute(account: Account, form: Form) -> None:
    disputes.move(account, account.get("dispute", form.get("id", "")), form.get("status", ""))


def _warn(account: Account, form: Form) -> None:
    charge = account.get("charge", form.get("id", ""))
    fraud_warnings.warn(account, charge, "unauthorized_use_of_card")


def _next_debits(account: Account, form: Form) -> None:
    method = billing.method_of(account, account.get("subscription", form.get("id", "")))
    if method is None:
        raise Refusal("Nothing is left to take this plan's debits from.")
    payment_methods.set_outcome(account, method, form.get("outcome", ""))


def _replace_card(account: Account, form: Form) -> None:
    method = account.get("payment_method", form.get("id", ""))
    payment_methods.replaced_by_bank(account, method, 2040, 12, "1881")


def _revoke(account: Account, form: Form) -> None:
    mandates.revoke(account, account.get("mandate", form.get("id", "")))


def _end_plan(account: Account, form: Form) -> None:
    subscriptions.cancel(account, {"id": form.get("id", "")})


def _pay_out(account: Account, _form: Form) -> None:
    if payouts.pay_out(account) is None:
        raise Refusal("Nothing is available to pay out.")


def _fail_payout(account: Account, form: Form) -> None:
    payouts.fail(account, account.get("payout", form.get("id", "")), "account_closed")


def _webhooks(account: Account, form: Form) -> None:
    rule = dispatch.Rule(mode=form.get("mode", ""), copies=2 if form.get("twice") else 1)
    dispatch.set_rule(account, rule, form.get("order", "as made"))


def _fault(account: Account, form: Form) -> None:
    status, times = form.get("status", ""), form.get("times", "1")
    if not (status.isdecimal() and times.isdecimal()):
        raise Refusal("Choose a failure and how many times.")
    faults.order(account, faults.Fault(status=int(status), times=int(times)))


def _no_faults(account: Account, _form: Form) -> None:
    faults.forget(account)


def _reset(account: Account, form: Form) -> None:
    if form.get("sure") != "yes":
        raise Refusal("Tick the box first.")
    account.store.empty()


def _one_of(word: str, words: Mapping[str, int] | tuple[str, ...]) -> str:
    if word not in words:
        raise Refusal(f"Choose one of {', '.join(words)}.")
    return word


ACTS: dict[str, Callable[[Account, Form], None]] = {
    "clock": _clock,
    "dispute": _dispute,
    "end_plan": _end_plan,
    "fail_payout": _fail_payout,
    "fail_refund": _fail_refund,
    "fault": _fault,
    "move_dispute": _move_dispute,
    "next_debits": _next_debits,
    "no_faults": _no_faults,
    "pay_out": _pay_out,
    "refund": _refund,
    "replace_card": _replace_card,
    "reset": _reset,
    "revoke": _revoke,
    "settle": _settle,
    "warn": _warn,
    "webhooks": _webhooks,
}
