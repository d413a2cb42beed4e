"""What is due, done in its order: the only way anything happens by itself."""

from __future__ import annotations

from collections.abc import Callable

from portal.stripe_simulator import billing, payouts, refunds, sessions
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
            _TASKS[row["task"]](account, row["subject"])
        done += 1


def advance(account: Account, to: int) -> int:
    """Move the clock forward to that instant, doing what becomes due on the way."""
    if to < account.now():
        raise Refusal("The clock only moves forward.", param="to")
    done = run_due(account, to)
    account.advance_to(to)
    return done


def _on(kind: str, act: Callable[[Account, Body], object]) -> Callable[[Account, str], None]:
    def task(account: Account, subject: str) -> None:
        act(account, account.get(kind, subject))

    return task


def _expire(account: Account, session: Body) -> None:
    if session["status"] == "open":
        sessions.close(account, session)


def _dispute(account: Account, charge: Body) -> None:
    if not charge["disputed"] and not charge["refunded"]:
        refunds.open_dispute(account, charge)


def _pay_out(account: Account, currency: str) -> None:
    payouts.pay_out(account, currency)


_TASKS: dict[str, Callable[[Account, str], None]] = {
    "dispute": _on("charge", _dispute),
    "expire": _on("checkout.session", _expire),
    "pay_out": _pay_out,
    "payout_arrives": _on("payout", payouts.arrive),
    "renew": _on("subscription", billing.renew),
    "retry": _on("subscription", billing.retry),
    "settle_debit": _on("payment_intent", billing.settle),
}
