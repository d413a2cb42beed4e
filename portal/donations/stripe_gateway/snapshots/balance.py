"""The balance, its lines, and the payouts to the bank."""

from __future__ import annotations

from collections import defaultdict

from portal.core.money import Money
from portal.donations.gateway import LedgerLine, PayoutSnapshot
from portal.donations.stripe_gateway.snapshots.values import (
    Found,
    id_of,
    moment,
    money,
    rate_of,
    word,
)


def ledger_line(found: Found, payout_id: str | None = None) -> LedgerLine:
    """A balance transaction; Stripe tells which payout paid it out only when asked by payout."""
    currency = found["currency"]
    return LedgerLine(
        id=found["id"],
        category=word(found.get("reporting_category")) or str(found.get("type")),
        gross=money(found["amount"], currency),
        fee=money(found["fee"], currency),
        net=money(found["net"], currency),
        source_id=id_of(found.get("source")) or "",
        payout_id=payout_id,
        created_at=moment(found["created"]),
        available_on=moment(found["available_on"]),
        exchange_rate=rate_of(found),
        description=word(found.get("description")),
    )


def payout(found: Found) -> PayoutSnapshot:
    """A payout."""
    return PayoutSnapshot(
        id=found["id"],
        amount=money(found["amount"], found["currency"]),
        status=str(found.get("status")),
        automatic=bool(found.get("automatic")),
        reconciled=found.get("reconciliation_status") == "completed",
        created_at=moment(found["created"]),
        arrives_on=moment(found["arrival_date"]).date(),
        balance_transaction_id=id_of(found.get("balance_transaction")),
        failure_reason=word(found.get("failure_code")),
        statement_descriptor=word(found.get("statement_descriptor")),
    )


def balance(found: Found) -> tuple[Money, ...]:
    """What is there and what is on its way, a sum a currency."""
    sums: dict[str, int] = defaultdict(int)
    for part in [*(found.get("available") or []), *(found.get("pending") or [])]:
        sums[part["currency"]] += part["amount"]
    return tuple(money(minor, currency) for currency, minor in sorted(sums.items()))
