"""The account's balance: one transaction for each movement of money, with Stripe's fee."""

from __future__ import annotations

from portal.stripe_simulator.account import DAY, Account
from portal.stripe_simulator.store import Body

SEPA_FEE = 35
DISPUTE_FEE = 2000
PAYOUT_DELAY = 3 * DAY
MINIMUM = {"eur": 50, "usd": 50, "chf": 50, "gbp": 30, "jpy": 50}
"""The smallest charge Stripe takes, in minor units; 50 for currencies not named."""
_ZERO_DECIMAL = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
ZERO_DECIMAL = frozenset(_ZERO_DECIMAL.split())


def card_fee(amount: int) -> int:
    """1.5 % and 25 cents, rounded half up: the European card rate."""
    return (amount * 15 + 500) // 1000 + 25


def charge_fee(method: str, amount: int) -> int:
    """What Stripe keeps of a successful payment."""
    return SEPA_FEE if method == "sepa_debit" else card_fee(amount)


def record(
    account: Account,
    *,
    kind: str,
    category: str,
    amount: int,
    currency: str,
    source: str,
    fee: int = 0,
    description: str | None = None,
) -> Body:
    """Write a movement down; positive is money in. It is paid out some days later."""
    details = {
        "amount": fee,
        "application": None,
        "currency": currency,
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    available = (account.now() + PAYOUT_DELAY) // DAY * DAY
    transaction = account.save(
        {
            "id": account.new_id("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": available,
            "balance_type": "payments",
            "created": account.now(),
            "currency": currency,
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
    )
    if kind != "payout":
        account.plan(available, "pay_out", currency)
    return transaction
