"""What gifts keep of a person, for the file they may download (GDPR art. 15)."""

from __future__ import annotations

from typing import Any

from portal.core import personal_data
from portal.donations import queries


def register() -> None:
    """Have gifts and plans in the file."""
    personal_data.register("gifts", gifts_of_donor)
    personal_data.register("plans", plans_of_donor)


def gifts_of_donor(donor_id: int) -> list[dict[str, Any]]:
    """Each gift with its day, amount and state."""
    return [
        {
            "ref": gift.ref,
            "date": str(gift.tax_on or ""),
            "amount": str(gift.amount),
            "refunded": str(gift.refunded),
            "mode": str(gift.mode or ""),
            "purpose": str(gift.programme or gift.purpose),
            "state": str(gift.state),
            "tribute": gift.tribute_name,
        }
        for gift in queries.gifts_of(donor_id)
    ]


def plans_of_donor(donor_id: int) -> list[dict[str, Any]]:
    """Each monthly plan with its amount and dates."""
    return [
        {
            "amount": str(plan.amount),
            "purpose": str(plan.programme or plan.purpose),
            "state": str(plan.state),
            "interval": str(plan.interval),
            "started_on": str(plan.started_on or ""),
            "ended_on": str(plan.ended_on or ""),
        }
        for plan in queries.plans_of(donor_id)
    ]
