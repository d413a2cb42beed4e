"""How things stand at the payment provider: frozen, in our own words, never its types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portal.core.money import Money
from portal.donations.gateway.words import (
    CheckoutStatus,
    Interval,
    PaymentMethod,
    PaymentStatus,
)


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
    setup_intent_id: str | None = None
    """The consent that came out of a checkout which only keeps a means of payment."""


@dataclass(frozen=True, slots=True)
class PaymentSnapshot:
    """A payment as it stands now.

    `failed` means the last attempt failed: while its checkout is open the donor may still try again.
    `fee`, `settled` and `balance_transaction_id` are known once the money is on the provider's
    balance; fee and settled (gross, before the fee) are in the currency of that balance, and
    `exchange_rate` is how many units of it one unit of the donor's currency brought, None when both
    are the same. `reference` of a plan's payment is the plan's. `needs_action`: the donor must
    confirm with their bank before it can go on.
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
    settled: Money | None = None
    exchange_rate: Decimal | None = None
    needs_action: bool = False
    disputed: bool = False
    method_id: str | None = None


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
    paused: bool = False
    paused_until: datetime | None = None
    method_id: str | None = None
    latest_invoice_id: str | None = None


@dataclass(frozen=True, slots=True)
class InvoiceSnapshot:
    """One debit of a plan; `status` is draft, open, paid, void or uncollectible.

    `attempts` counts the tries to collect it; `next_attempt_at` is the next one, None when there will
    be none; `pay_url` is the provider's own page where the donor can pay or confirm it.
    """

    id: str
    subscription_id: str | None
    status: str
    amount: Money
    paid_at: datetime | None
    payment_intent_id: str | None
    reference: str
    created_at: datetime | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    pay_url: str = ""


@dataclass(frozen=True, slots=True)
class RefundSnapshot:
    """Money given back, wholly or in part; `status` is pending, requires_action, succeeded, failed
    or canceled. `settled` is what left the provider's balance, in its currency, as a positive sum;
    `reference` is our name of a refund asked for here, empty for one made elsewhere.
    """

    id: str
    payment_intent_id: str
    amount: Money
    status: str
    created_at: datetime
    balance_transaction_id: str | None = None
    settled: Money | None = None
    failure_reason: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class MethodSnapshot:
    """A means of payment as far as its holder may see it: never more than four figures of it.

    `brand` is the card's (visa) or the bank's code; a direct debit has no expiry.
    """

    id: str
    method: PaymentMethod
    brand: str
    last4: str
    expires: tuple[int, int] | None
    """Year and month until whose end a card is good."""
    customer_id: str | None


@dataclass(frozen=True, slots=True)
class SetupSnapshot:
    """A means of payment a donor has just consented to; `status` is the provider's word.

    `succeeded` alone means that it may be used. `reference` is the plan it is meant for.
    """

    id: str
    status: str
    method_id: str | None
    mandate_id: str | None
    customer_id: str | None
    reference: str
    failure_code: str = ""


@dataclass(frozen=True, slots=True)
class MandateSnapshot:
    """A direct debit mandate; `status` is active, inactive or pending, `reference` the RUM."""

    id: str
    status: str
    method_id: str
    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of the provider's balance, in the currency of that balance; never changes.

    `category` is the provider's reporting category (charge, refund, dispute, dispute_reversal, fee,
    payout, payout_reversal …; new ones may appear). `source_id` is what it is about (a charge, a
    refund, a dispute, a payout). `gross` and `net` are signed: what leaves is below zero, and
    gross - fee = net always holds.
    """

    id: str
    category: str
    gross: Money
    fee: Money
    net: Money
    source_id: str
    payout_id: str | None
    created_at: datetime
    available_on: datetime
    exchange_rate: Decimal | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class DisputeSnapshot:
    """A payment the donor's bank questions or takes back.

    `status` is the provider's word (needs_response, under_review, won, lost, warning_*, prevented;
    new ones may appear); `lines` are what it really moved on the balance, which is what counts.
    """

    id: str
    payment_intent_id: str
    amount: Money
    status: str
    reason: str
    created_at: datetime
    answer_by: datetime | None
    lines: tuple[LedgerLine, ...] = ()


@dataclass(frozen=True, slots=True)
class FraudWarningSnapshot:
    """A bank believes a payment was not its holder's; no money moved yet."""

    id: str
    payment_intent_id: str
    kind: str
    actionable: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PayoutSnapshot:
    """Money sent from the provider's balance to the bank.

    `status` is pending, in_transit, paid, failed or canceled; paid may still become failed. Only an
    `automatic` one can be told apart into the lines it pays out. `reconciled`: those lines are
    complete.
    """

    id: str
    amount: Money
    status: str
    automatic: bool
    reconciled: bool
    created_at: datetime
    arrives_on: date
    balance_transaction_id: str | None
    failure_reason: str = ""
    statement_descriptor: str = ""


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
