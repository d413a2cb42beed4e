"""The account's balance, in euros: one transaction for each movement of money, with Stripe's fee."""

from __future__ import annotations

from portal.stripe_simulator.account import DAY, Account
from portal.stripe_simulator.currencies import SETTLEMENT, converted
from portal.stripe_simulator.preferences import rate
from portal.stripe_simulator.store import Body

SEPA_FEE = 35
DISPUTE_FEE = 2000
RETURN_FEE = 1500
PAYOUT_DELAY = 3 * DAY
_AT_ONCE = frozenset(("payout", "payout_failure", "payout_cancel", "stripe_fee"))


def card_fee(amount: int) -> int:
    """1.5 % and 25 cents, rounded half up: the European card rate."""
    return (amount * 15 + 500) // 1000 + 25


def charge_fee(method: str, amount: int) -> int:
    """What Stripe keeps of a successful payment, both in cents of euros."""
    return SEPA_FEE if method == "sepa_debit" else card_fee(amount)


def in_euros(account: Account, amount: int, currency: str) -> int:
    """So many minor units at today's rate, in cents of euros."""
    return converted(amount, currency, rate(account, currency))


def record(
    account: Account,
    *,
    kind: str,
    category: str,
    amount: int,
    currency: str,
    source: str | None,
    fee: int = 0,
    description: str | None = None,
) -> Body:
    """Write a movement down; positive is money in. It is paid out some days later.

    `amount` is in the payment's currency and written down in euros; `fee` is in cents of euros.
    """
    line = written(
        account.new_id("txn"),
        kind=kind,
        category=category,
        amount=in_euros(account, amount, currency),
        source=source,
        fee=fee,
        created=account.now(),
        description=description,
    )
    if currency != SETTLEMENT:
        line["exchange_rate"] = float(rate(account, currency))
    account.save(line)
    if kind != "payout":
        account.plan_once(line["available_on"], "pay_out", SETTLEMENT)
    return line


def written(
    line_id: str,
    *,
    kind: str,
    category: str,
    amount: int,
    source: str | None,
    fee: int,
    created: int,
    description: str | None,
) -> Body:
    """A line of the balance in cents of euros, not kept yet."""
    details = {
        "amount": fee,
        "application": None,
        "currency": SETTLEMENT,
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    return {
        "id": line_id,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": created if kind in _AT_ONCE else (created + PAYOUT_DELAY) // DAY * DAY,
        "balance_type": "payments",
        "created": created,
        "currency": SETTLEMENT,
        "description": description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [details] if fee else [],
        "net": amount - fee,
        "reporting_category": category,
        "source": source,
        "status": "pending",
        "type": kind,
        "_sim": {"payout": None},
    }


def make_available(account: Account) -> None:
    """What is due by now can be paid out."""
    due = "json_extract(body, '$.status') = 'pending' and json_extract(body, '$.available_on') <= ?"
    for line in account.store.bodies("balance_transaction", due, (account.now(),), "lines_pending"):
        line["status"] = "available"
        account.save(line)


def unpaid(account: Account) -> list[Body]:
    """The available lines that no payout has paid out yet, oldest first."""
    make_available(account)
    return account.store.bodies(
        "balance_transaction",
        "json_extract(body, '$._sim.payout') is null and json_extract(body, '$.status') = ?",
        ("available",),
        "lines_unpaid",
    )


def show(account: Account, _given: Body) -> Body:
    """`GET /v1/balance`: what is there, and what is on its way."""
    make_available(account)
    rows = account.store.rows(
        "select json_extract(body, '$.status') as status, sum(json_extract(body, '$.net')) as net"
        " from objects indexed by lines_unpaid where kind = 'balance_transaction'"
        " and json_extract(body, '$._sim.payout') is null group by 1"
    )
    sums = {row["status"]: row["net"] for row in rows}
    return {
        "object": "balance",
        "available": [_sum(sums.get("available", 0))],
        "livemode": False,
        "pending": [_sum(sums.get("pending", 0))],
    }


def _sum(amount: int) -> Body:
    return {"amount": amount, "currency": SETTLEMENT, "source_types": {"card": amount}}
