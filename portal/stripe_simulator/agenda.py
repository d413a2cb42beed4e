"""What is due, done in its order: the only way anything happens by itself."""

from __future__ import annotations

from collections.abc import Callable

from portal.stripe_simulator import (
    billing,
    disputes,
    fraud_warnings,
    payments,
    payouts,
    plan_changes,
    refunds,
    sessions,
    subscriptions,
)
from portal.stripe_simulator.account import Account
from portal.stripe_simulator.refusals import Refusal
from portal.stripe_simulator.store import Body


def run_due(account: Account, until: int) -> int:
    """Do everything due by that instant, each at its own; answers how many tasks were done."""
    done = 0
    while True:
        row = account.store.row(
            "select * from agenda where due_at <= ? order by due_at, seq limit 1", (until,)
        )
        if row is None:
            return done
        account.store.write("delete from agenda where seq = ?", (row["seq"],))
        with account.at(row["due_at"]):
            TASKS[row["task"]](account, row["subject"])
        done += 1


def advance(account: Account, to: int) -> int:
    """Move the clock forward to that instant, doing what becomes due on the way."""
    if to < account.now():
        raise Refusal("The clock only moves forward.", param="to")
    done = run_due(account, to)
    account.advance_to(to)
    return done


def next_due(account: Account, tasks: tuple[str, ...]) -> int | None:
    """When the next of these tasks is due."""
    marks = ", ".join("?" * len(tasks))
    row = account.store.row(
        f"select min(due_at) as due_at from agenda where task in ({marks})",  # noqa: S608
        tasks,
    )
    return None if row is None or row["due_at"] is None else int(row["due_at"])


def _on(kind: str, act: Callable[[Account, Body], object]) -> Callable[[Account, str], None]:
    def task(account: Account, subject: str) -> None:
        act(account, account.get(kind, subject))

    return task


def _expire(account: Account, session: Body) -> None:
    if session["status"] == "open":
        sessions.close(account, session)


def _dispute(account: Account, charge: Body) -> None:
    if not charge["disputed"] and not charge["refunded"]:
        disputes.open_dispute(account, charge, reason=_reason(charge))


def _reason(charge: Body) -> str:
    sepa = charge["payment_method_details"]["type"] == "sepa_debit"
    return "debit_not_authorized" if sepa else "fraudulent"


def _warn(account: Account, charge: Body) -> None:
    fraud_warnings.warn(account, charge, "unauthorized_use_of_card")


def _end_on_day(account: Account, subscription: Body) -> None:
    if subscription["status"] != "canceled":
        subscriptions.end(account, subscription, "cancellation_requested")


def _trial_ends_soon(account: Account, subscription: Body) -> None:
    account.emit("customer.subscription.trial_will_end", subscription)


def _pay_out(account: Account, _currency: str) -> None:
    payouts.pay_out_daily(account)


TASKS: dict[str, Callable[[Account, str], None]] = {
    "book": _on("charge", payments.book),
    "dispute": _on("charge", _dispute),
    "dispute_overdue": _on("dispute", disputes.overdue),
    "end_on_day": _on("subscription", _end_on_day),
    "expire": _on("checkout.session", _expire),
    "finalise": _on("invoice", billing.finalise),
    "pay_out": _pay_out,
    "payout_arrives": _on("payout", payouts.arrive),
    "payout_reconciled": _on("payout", payouts.reconcile),
    "refund_ends": _on("refund", refunds.end),
    "renew": _on("subscription", billing.renew),
    "resume": _on("subscription", plan_changes.resume),
    "retry": _on("invoice", billing.retry),
    "settle_debit": _on("payment_intent", billing.settle),
    "trial_ends_soon": _on("subscription", _trial_ends_soon),
    "upcoming": _on("subscription", billing.announce_upcoming),
    "warn": _on("charge", _warn),
}
DEBITS = ("renew", "retry", "settle_debit", "finalise")
"""The tasks in which money is asked for or comes."""
PAYOUTS = ("pay_out", "payout_arrives")
"""The tasks in which money leaves for the bank."""
