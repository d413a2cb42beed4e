"""What gifts keep of a person, for the file they may download (GDPR art. 15).

Left out: addresses that open something without a password, and who of the office acted.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from portal.core import personal_data
from portal.core.db import db
from portal.donations import queries
from portal.donations.models import (
    DebitFailure,
    Dispute,
    FraudWarning,
    Gift,
    Plan,
    PlanCorrespondent,
    PlanMethod,
    ProviderOrder,
    Refund,
)

NOT_TOLD = frozenset({"url", "mandate"})
"""The open page of the provider, and its own id of a mandate."""


def register() -> None:
    """Have gifts, plans and all that happened to them in the file."""
    personal_data.register("gifts", gifts_of_donor)
    personal_data.register("plans", plans_of_donor)
    personal_data.register("refunds", refunds_of_donor)
    personal_data.register("disputes", disputes_of_donor)
    personal_data.register("fraud_warnings", fraud_warnings_of_donor)
    personal_data.register("followed_by", correspondents_of_donor)


def gifts_of_donor(donor_id: int) -> list[dict[str, Any]]:
    """Each gift with its day, amount and state."""
    return [
        {
            "ref": gift.ref,
            "date": str(gift.tax_on or ""),
            "amount": str(gift.amount),
            "euros": str(gift.euros or ""),
            "rate_source": gift.rate_source,
            "refunded": str(gift.refunded),
            "mode": str(gift.mode or ""),
            "purpose": str(gift.programme or gift.purpose),
            "state": str(gift.state),
            "tribute": gift.tribute_name,
        }
        for gift in queries.gifts_of(donor_id)
    ]


def plans_of_donor(donor_id: int) -> list[dict[str, Any]]:
    """Each plan with its amount and dates, its cards, its failed debits, what was changed."""
    return [
        {
            "amount": str(plan.amount),
            "purpose": str(plan.programme or plan.purpose),
            "state": str(plan.state),
            "interval": str(plan.interval),
            "started_on": str(plan.started_on or ""),
            "ended_on": str(plan.ended_on or ""),
            "stop_reason": plan.stop_reason,
            "cards_and_accounts": _methods(plan),
            "failed_debits": _failures(plan),
            "changes": _changes(plan),
        }
        for plan in queries.plans_of(donor_id)
    ]


def _methods(plan: Plan) -> list[dict[str, Any]]:
    chosen = sa.select(PlanMethod).where(PlanMethod.plan_id == plan.id).order_by(PlanMethod.id)
    return [
        {
            "kind": row.kind,
            "brand": row.brand,
            "ends_with": row.last4,
            "expires_on": str(row.expires_on or ""),
            "mandate_reference": row.mandate_reference,
            "since": _when(row.since_at),
            "until": _when(row.until_at),
        }
        for row in db.session.scalars(chosen)
    ]


def _failures(plan: Plan) -> list[dict[str, Any]]:
    chosen = sa.select(DebitFailure).where(DebitFailure.plan_id == plan.id)
    return [
        {
            "amount": str(row.amount),
            "due_on": str(row.due_on),
            "attempts": row.attempts,
            "reason": row.failure_code,
            "state": str(row.state),
        }
        for row in db.session.scalars(chosen.order_by(DebitFailure.id))
    ]


def _changes(plan: Plan) -> list[dict[str, Any]]:
    """What the provider was asked to change, by whom, and what became of it."""
    chosen = sa.select(ProviderOrder).where(ProviderOrder.plan_id == plan.id)
    return [
        {
            "at": _when(row.asked_at),
            "what": str(row.kind),
            "asked_by": str(row.channel),
            "before": _told(row.before),
            "after": _told(row.after),
            "state": str(row.state),
            "problem": row.problem,
        }
        for row in db.session.scalars(chosen.order_by(ProviderOrder.id))
    ]


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in NOT_TOLD}


def refunds_of_donor(donor_id: int) -> list[dict[str, Any]]:
    """What went back to them."""
    chosen = sa.select(Refund).join(Refund.gift).where(Gift.donor_id == donor_id)
    return [
        {
            "gift": row.gift.ref,
            "amount": str(row.amount),
            "date": str(row.refunded_on),
            "state": row.state,
            "reason": row.reason,
        }
        for row in db.session.scalars(chosen.order_by(Refund.id))
    ]


def disputes_of_donor(donor_id: int) -> list[dict[str, Any]]:
    """Payments their bank took back while it looked into them."""
    chosen = sa.select(Dispute).join(Dispute.gift).where(Gift.donor_id == donor_id)
    return [
        {
            "gift": row.gift.ref,
            "amount": str(row.amount),
            "reason": row.reason,
            "status": row.status,
            "opened_at": _when(row.opened_at),
            "closed_at": _when(row.closed_at),
        }
        for row in db.session.scalars(chosen.order_by(Dispute.id))
    ]


def fraud_warnings_of_donor(donor_id: int) -> list[dict[str, Any]]:
    """Payments a bank thinks somebody else may have made with their card."""
    chosen = sa.select(FraudWarning).join(FraudWarning.gift).where(Gift.donor_id == donor_id)
    return [
        {
            "gift": row.gift.ref,
            "kind": row.kind,
            "warned_at": _when(row.warned_at),
            "kept_at": _when(row.kept_at),
        }
        for row in db.session.scalars(chosen.order_by(FraudWarning.id))
    ]


def correspondents_of_donor(donor_id: int) -> list[dict[str, Any]]:
    """Whom they had invited to follow a child, and who had them invited (without that address)."""
    mine = sa.or_(Plan.donor_id == donor_id, PlanCorrespondent.donor_id == donor_id)
    chosen = sa.select(PlanCorrespondent).join(PlanCorrespondent.plan).where(mine)
    return [
        {
            "payer": row.plan.donor.name,
            "follower": row.name,
            "follower_email": row.email,
            "relation": row.relation,
            "invited_at": _when(row.invited_at),
            "accepted_at": _when(row.confirmed_at),
            "declined_at": _when(row.declined_at),
        }
        for row in db.session.scalars(chosen.order_by(PlanCorrespondent.id))
    ]


def _when(at: dt.datetime | None) -> str:
    return at.isoformat() if at is not None else ""
