"""Means of payment, the consent to use them, and mandates."""

from __future__ import annotations

from portal.donations.gateway import MandateSnapshot, MethodSnapshot, SetupSnapshot
from portal.donations.stripe_gateway.snapshots.values import (
    METHODS,
    Found,
    id_of,
    nested,
    reference_of,
    word,
)


def method(found: Found) -> MethodSnapshot:
    """A payment method."""
    kind = str(found.get("type"))
    details = nested(found.get(kind))
    return MethodSnapshot(
        id=found["id"],
        method=METHODS.get(kind, "other"),
        brand=word(details.get("brand") or details.get("bank_code")) or kind,
        last4=word(details.get("last4")),
        expires=_expiry(details),
        customer_id=id_of(found.get("customer")),
    )


def setup(found: Found) -> SetupSnapshot:
    """A setup intent."""
    error = nested(found.get("last_setup_error"))
    return SetupSnapshot(
        id=found["id"],
        status=str(found.get("status")),
        method_id=id_of(found.get("payment_method")),
        mandate_id=id_of(found.get("mandate")),
        customer_id=id_of(found.get("customer")),
        reference=reference_of(found),
        failure_code=word(error.get("decline_code") or error.get("code")),
    )


def mandate(found: Found) -> MandateSnapshot:
    """A mandate; only a direct debit's has a reference and a page."""
    details = nested(nested(found.get("payment_method_details")).get("sepa_debit"))
    return MandateSnapshot(
        id=found["id"],
        status=str(found.get("status")),
        method_id=id_of(found.get("payment_method")) or "",
        reference=word(details.get("reference")),
        url=word(details.get("url")),
    )


def _expiry(details: Found) -> tuple[int, int] | None:
    year, month = details.get("exp_year"), details.get("exp_month")
    return (year, month) if year and month else None
