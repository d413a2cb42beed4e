"""The door to the payment provider, in our own words: what we ask, what we are told, what can go wrong.

Whoever settles gifts and plans talks to a `PaymentGateway` and sees nothing of the provider's own
types. Amounts are `Money` in minor units, instants are aware and in UTC. `reference` is always our
own public id of the gift or plan; it travels with the payment and comes back in every snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from portal.core.money import Money

CheckoutKind: TypeAlias = Literal["gift", "plan"]
Interval: TypeAlias = Literal["month", "quarter", "year"]
CheckoutStatus: TypeAlias = Literal["open", "complete", "expired"]
PaymentStatus: TypeAlias = Literal["pending", "processing", "succeeded", "failed", "canceled"]
PaymentMethod: TypeAlias = Literal["card", "sepa", "other"]


class GatewayError(Exception):
    """The payment provider was not able, or not willing, to do what was asked."""


class GatewayUnavailable(GatewayError):
    """No usable answer came: the same call, with the same key, may be made again later."""


class GatewayMisconfigured(GatewayError):
    """The keys, the address or the version do not fit together: a person must look."""


class GatewayRefused(GatewayError):
    """The provider understood and said no; asking again changes nothing."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code
        """The provider's word for the reason, empty when it gave none."""


class ObjectUnknown(GatewayRefused):
    """The provider has no object of that id."""


class RefundTooLarge(GatewayRefused):
    """More was to be given back than is left of the payment."""


class IdempotencyConflict(GatewayRefused):
    """The key was used before for another request: nothing was done, and a person must look."""


class WebhookRefused(GatewayError):
    """What arrived at the webhook is not to be believed or not to be understood."""


class SignatureInvalid(WebhookRefused):
    """The signature is missing, wrong, or further than 300 seconds from now."""


class EventMalformed(WebhookRefused):
    """Signed, but not an event we can read."""


class LivemodeMismatch(WebhookRefused):
    """An event of the test world came to the live door, or the reverse."""


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
class CheckoutStarted:
    """The page the donor is sent to."""

    session_id: str
    url: str


@dataclass(frozen=True, slots=True)
class CheckoutSnapshot:
    """A checkout as it stands now.

    `payment_status` is ``paid``, ``unpaid`` or ``no_payment_required``; complete and unpaid is a
    direct debit under way, which is not money yet.
    """

    session_id: str
    status: CheckoutStatus
    payment_status: str
    reference: str
    customer_id: str | None
    payment_intent_id: str | None
    subscription_id: str | None


@dataclass(frozen=True, slots=True)
class PaymentSnapshot:
    """A payment as it stands now.

    `failed` means the last attempt failed: while its checkout is open the donor may still try again.
    `fee` and `balance_transaction_id` are known once the money is on the provider's balance; the fee
    is in the currency of that balance. `reference` of a plan's payment is the plan's.
    """

    payment_intent_id: str
    charge_id: str | None
    status: PaymentStatus
    amount: Money
    fee: Money | None
    balance_transaction_id: str | None
    succeeded_at: datetime | None
    method: PaymentMethod
    refunded: Money
    failure_code: str | None
    reference: str
    invoice_id: str | None
    subscription_id: str | None
    customer_id: str | None


@dataclass(frozen=True, slots=True)
class SubscriptionSnapshot:
    """A plan as the provider sees it.

    `status` is the provider's word (active, past_due, unpaid, canceled, paused, incomplete …; new
    ones may appear). `amount` is what the next debit takes.
    """

    id: str
    status: str
    amount: Money
    interval: Interval
    current_period_end: datetime
    cancel_at_period_end: bool
    reference: str
    customer_id: str


@dataclass(frozen=True, slots=True)
class InvoiceSnapshot:
    """One debit of a plan; `status` is draft, open, paid, void or uncollectible."""

    id: str
    subscription_id: str | None
    status: str
    amount: Money
    paid_at: datetime | None
    payment_intent_id: str | None
    reference: str


@dataclass(frozen=True, slots=True)
class RefundSnapshot:
    """Money given back, wholly or in part; `status` is pending, succeeded, failed or canceled."""

    id: str
    payment_intent_id: str
    amount: Money
    status: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class VerifiedEvent:
    """An event whose signature is good: it tells what changed, never how things stand.

    Some objects (an invoice that is only upcoming) have no id: `object_id` is then empty.
    """

    id: str
    type: str
    object_type: str
    object_id: str
    api_version: str
    livemode: bool
    created_at: datetime


class PaymentGateway(Protocol):
    """What the portal asks of a payment provider.

    Every verb but `verify` may raise `GatewayUnavailable`, `GatewayRefused` (with its named kinds)
    and `GatewayMisconfigured`. A verb that changes something takes an idempotency key: the same key
    with the same request does it once and answers the same, within 24 hours.
    """

    def start_checkout(self, request: CheckoutRequest) -> CheckoutStarted:
        """Open a hosted payment page for a gift or a plan."""

    def fetch_checkout(self, session_id: str) -> CheckoutSnapshot:
        """The checkout as it stands now."""

    def fetch_payment(self, payment_intent_id: str) -> PaymentSnapshot:
        """The payment as it stands now, with its fee and what was given back."""

    def fetch_subscription(self, subscription_id: str) -> SubscriptionSnapshot:
        """The plan as it stands now."""

    def fetch_invoice(self, invoice_id: str) -> InvoiceSnapshot:
        """One debit of a plan as it stands now."""

    def list_invoices(self, subscription_id: str) -> list[InvoiceSnapshot]:
        """The debits of a plan's last year, oldest first; 14 at most."""

    def refund(self, payment_intent_id: str, amount: Money, idempotency_key: str) -> RefundSnapshot:
        """Give back all or part; raises RefundTooLarge when less than that is left."""

    def list_refunds(self, payment_intent_id: str) -> list[RefundSnapshot]:
        """Everything given back of a payment, oldest first."""

    def change_amount(
        self, subscription_id: str, amount: Money, idempotency_key: str
    ) -> SubscriptionSnapshot:
        """Take another amount from the next debit on; nothing is charged or given back now."""

    def cancel_subscription(
        self, subscription_id: str, at_period_end: bool, idempotency_key: str
    ) -> SubscriptionSnapshot:
        """End a plan, now or when the period already paid for is over."""

    def verify(self, raw: bytes, header: str) -> VerifiedEvent:
        """Read an event from the bytes and the signature header; raises WebhookRefused's kinds."""
