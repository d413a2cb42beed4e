"""The door to the payment provider, in our own words: what we ask, what we are told, what can go wrong.

Whoever settles gifts and plans talks to a `PaymentGateway` and sees nothing of the provider's own
types. Amounts are `Money` in minor units, instants are aware and in UTC. `reference` is always our
own public id of the gift or plan; it travels with the payment and comes back in every snapshot.
"""

from __future__ import annotations

from portal.donations.gateway.errors import (
    AnswerKept,
    EventMalformed,
    GatewayError,
    GatewayMisconfigured,
    GatewayRefused,
    GatewayUnavailable,
    IdempotencyConflict,
    LivemodeMismatch,
    ObjectUnknown,
    RefundTooLarge,
    SignatureInvalid,
    WebhookRefused,
)
from portal.donations.gateway.protocol import PaymentGateway
from portal.donations.gateway.requests import CheckoutRequest, MethodRequest
from portal.donations.gateway.snapshots import (
    CheckoutSnapshot,
    CheckoutStarted,
    DisputeSnapshot,
    FraudWarningSnapshot,
    InvoiceSnapshot,
    LedgerLine,
    MandateSnapshot,
    MethodSnapshot,
    PaymentSnapshot,
    PayoutSnapshot,
    RefundSnapshot,
    SetupSnapshot,
    SubscriptionSnapshot,
    VerifiedEvent,
)
from portal.donations.gateway.words import (
    CheckoutKind,
    CheckoutStatus,
    Interval,
    PaymentMethod,
    PaymentStatus,
)

__all__ = [
    "AnswerKept",
    "CheckoutKind",
    "CheckoutRequest",
    "CheckoutSnapshot",
    "CheckoutStarted",
    "CheckoutStatus",
    "DisputeSnapshot",
    "EventMalformed",
    "FraudWarningSnapshot",
    "GatewayError",
    "GatewayMisconfigured",
    "GatewayRefused",
    "GatewayUnavailable",
    "IdempotencyConflict",
    "Interval",
    "InvoiceSnapshot",
    "LedgerLine",
    "LivemodeMismatch",
    "MandateSnapshot",
    "MethodRequest",
    "MethodSnapshot",
    "ObjectUnknown",
    "PaymentGateway",
    "PaymentMethod",
    "PaymentSnapshot",
    "PaymentStatus",
    "PayoutSnapshot",
    "RefundSnapshot",
    "RefundTooLarge",
    "SetupSnapshot",
    "SignatureInvalid",
    "SubscriptionSnapshot",
    "VerifiedEvent",
    "WebhookRefused",
]
