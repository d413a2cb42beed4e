"""Disputes, with what they moved on the balance, and early fraud warnings."""

from __future__ import annotations

from dataclasses import replace

from portal.donations.gateway import DisputeSnapshot, FraudWarningSnapshot
from portal.donations.stripe_gateway.snapshots.balance import ledger_line
from portal.donations.stripe_gateway.snapshots.values import (
    Found,
    id_of,
    instant,
    moment,
    money,
    nested,
    rate_between,
    word,
)


def dispute(found: Found) -> DisputeSnapshot:
    """A dispute; its balance transactions are always told in full."""
    amount = money(found["amount"], found["currency"])
    moved = [nested(each) for each in found.get("balance_transactions") or []]
    lines = [(each, ledger_line(each)) for each in moved if each]
    return DisputeSnapshot(
        id=found["id"],
        payment_intent_id=id_of(found.get("payment_intent")) or "",
        amount=amount,
        status=str(found.get("status")),
        reason=word(found.get("reason")),
        created_at=moment(found["created"]),
        answer_by=instant(nested(found.get("evidence_details")).get("due_by")),
        lines=tuple(
            replace(line, exchange_rate=rate_between(each, amount, line.gross))
            for each, line in lines
        ),
    )


def fraud_warning(found: Found) -> FraudWarningSnapshot:
    """An early fraud warning."""
    return FraudWarningSnapshot(
        id=found["id"],
        payment_intent_id=id_of(found.get("payment_intent")) or "",
        kind=word(found.get("fraud_type")),
        actionable=bool(found.get("actionable")),
        created_at=moment(found["created"]),
    )
