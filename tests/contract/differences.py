"""Where the description is known not to fit: a short list, each with its reason.

It describes 2026-08-26.dahlia; we speak 2026-10-28.endive, which the library declares. Besides, the
description leaves out some fields that Stripe answers since long and the library still declares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_WORDS = {"type": "array", "items": {"type": "string"}, "nullable": True}
_SESSIONS = "/v1/checkout/sessions"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answered:
    """A field Stripe answers that the description does not name."""

    schema: str
    field: str
    holds: dict[str, Any]
    why: str


ANSWERED = (
    Answered(
        "checkout.session",
        "allowed_payment_method_types",
        _WORDS,
        "endive: what replaces payment_method_types in requests is answered too",
    ),
    Answered(
        "dispute_evidence_details",
        "submission_method",
        {"type": "string"},
        "endive: how evidence was handed in; the library declares it",
    ),
    Answered(
        "charge",
        "source",
        {"enum": [None]},
        "from before payment methods; the library declares it, it is null for us",
    ),
    Answered(
        "payment_intent",
        "source",
        {"enum": [None]},
        "from before payment methods; the library declares it, it is null for us",
    ),
    Answered(
        "recurring",
        "trial_period_days",
        {"enum": [None]},
        "from before trials were the subscription's; the library declares it, it is null for us",
    ),
    Answered(
        "subscription_item",
        "plan",
        {"type": "object"},
        "what prices were before; the library declares it",
    ),
    Answered(
        "product",
        "type",
        {"type": "string", "enum": ["good", "service"]},
        "from before products were one kind; the library declares it",
    ),
)


def apply(spec: dict[str, Any]) -> None:
    """Bring the description to the version we speak; raises ValueError where that is done by now."""
    schemas = spec["components"]["schemas"]
    for each in ANSWERED:
        own = schemas[each.schema]["properties"]
        if each.field in own:
            raise ValueError(f"{each.schema}.{each.field} is described by now")
        own[each.field] = each.holds
    # A subscription has counted its items since before the description was public.
    items = schemas["subscription"]["properties"]["items"]["properties"]
    items["total_count"] = {"type": "integer"}
    # endive refuses a session's payment_method_types; allowed_… takes its place.
    asked = spec["paths"][_SESSIONS]["post"]["requestBody"]["content"][_FORM]
    fields = asked["schema"]["properties"]
    fields["allowed_payment_method_types"] = fields.pop("payment_method_types")
