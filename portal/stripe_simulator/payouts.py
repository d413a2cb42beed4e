"""Payouts: what has become available goes to the charity's bank, once a day."""

from __future__ import annotations

from portal.stripe_simulator import balance
from portal.stripe_simulator.account import DAY, Account
from portal.stripe_simulator.blanks import blank
from portal.stripe_simulator.store import Body

_ARRIVES_AFTER = DAY


def pay_out(account: Account, currency: str) -> Body | None:
    """Send everything available in that currency; nothing when there is nothing to send."""
    due = [each for each in _unpaid(account, currency) if each["available_on"] <= account.now()]
    total = sum(each["net"] for each in due)
    if total <= 0:
        return None
    payout = _create(account, total, currency)
    own = balance.record(
        account,
        kind="payout",
        category="payout",
        amount=-total,
        currency=currency,
        source=payout["id"],
        description="STRIPE PAYOUT",
    )
    payout["balance_transaction"] = own["id"]
    account.save(payout)
    for each in [*due, own]:
        each["status"] = "available"
        each["_sim"]["payout"] = payout["id"]
        account.save(each)
    account.emit("payout.created", payout)
    account.plan(payout["arrival_date"], "payout_arrives", payout["id"])
    return payout


def arrive(account: Account, payout: Body) -> None:
    """The bank has the money."""
    payout.update(status="paid", reconciliation_status="completed")
    account.save(payout)
    account.emit("payout.paid", payout)
    account.emit("payout.reconciliation_completed", payout)


def _unpaid(account: Account, currency: str) -> list[Body]:
    rows = account.store.rows(
        "select id from objects where kind = 'balance_transaction'"
        " and json_extract(body, '$._sim.payout') is null"
        " and json_extract(body, '$.currency') = ? order by seq",
        (currency,),
    )
    return [account.get("balance_transaction", row["id"]) for row in rows]


def _create(account: Account, amount: int, currency: str) -> Body:
    return {
        "id": account.new_id("po"),
        "object": "payout",
        **blank("payout"),
        "amount": amount,
        "arrival_date": account.now() + _ARRIVES_AFTER,
        "automatic": True,
        "balance_transaction": None,
        "created": account.now(),
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "reconciliation_status": "in_progress",
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit",
        "type": "bank_account",
    }
