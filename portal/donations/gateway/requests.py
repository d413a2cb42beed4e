"""What we ask of the payment provider."""

from __future__ import annotations

from dataclasses import dataclass

from portal.core.money import Money
from portal.donations.gateway.words import CheckoutKind, Interval


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """What the donor is about to be asked to pay.

    A plan names its interval, a gift does not. `donor_email` is ignored when `customer_id` is given:
    the provider takes one or the other.
    """

    kind: CheckoutKind
    amount: Money
    interval: Interval | None
    idempotency_key: str
    reference: str
    description: str
    donor_email: str
    customer_id: str | None
    language: str
    success_url: str
    cancel_url: str

    def __post_init__(self) -> None:
        if (self.kind == "plan") != (self.interval is not None):
            raise ValueError("a plan has an interval, a gift has none")
        if self.amount.minor <= 0:
            raise ValueError("an amount to pay is more than nothing")
        if not self.idempotency_key or not self.reference:
            raise ValueError("a checkout needs an idempotency key and a reference")


@dataclass(frozen=True, slots=True)
class MethodRequest:
    """A donor is about to be asked for another card or IBAN for a plan that runs.

    Nothing is charged. `reference` is the plan's public id.
    """

    customer_id: str
    subscription_id: str
    currency: str
    idempotency_key: str
    reference: str
    language: str
    success_url: str
    cancel_url: str

    def __post_init__(self) -> None:
        if not self.idempotency_key or not self.reference or not self.customer_id:
            raise ValueError("a new means of payment needs a key, a reference and a customer")
