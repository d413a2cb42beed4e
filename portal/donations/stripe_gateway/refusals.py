"""Stripe's errors, said in the words of the gateway."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import stripe

from portal.donations.gateway import (
    AnswerKept,
    GatewayError,
    GatewayMisconfigured,
    GatewayRefused,
    GatewayUnavailable,
    IdempotencyConflict,
    ObjectUnknown,
    RefundTooLarge,
)

_NOT_NOW = frozenset({409, 429})
_NOTHING_LEFT = frozenset({"charge_already_refunded", "amount_too_large"})


@contextmanager
def translated(refund: bool = False) -> Iterator[None]:
    """Whatever Stripe's library raises inside comes out as one of our errors."""
    try:
        yield
    except stripe.StripeError as error:
        raise meaning(error, refund) from error


def meaning(error: stripe.StripeError, refund: bool = False) -> GatewayError:
    """Our name for what went wrong; messages carry Stripe's request id, never personal data."""
    code, status = str(error.code or ""), error.http_status or 0
    where = f"{code or type(error).__name__} (status {status}, request {error.request_id})"
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return GatewayMisconfigured(where)
    if isinstance(error, stripe.IdempotencyError):
        return IdempotencyConflict(where, code)
    if status >= 500 and _said_before(error):
        return AnswerKept(where)
    if status == 0 or status >= 500 or status in _NOT_NOW:
        return GatewayUnavailable(where)
    if code == "resource_missing":
        return ObjectUnknown(where, code)
    if refund and (code in _NOTHING_LEFT or getattr(error, "param", None) == "amount"):
        return RefundTooLarge(where, code)
    if isinstance(error, stripe.InvalidRequestError | stripe.CardError):
        return GatewayRefused(where, code)
    return GatewayUnavailable(where)


def _said_before(error: stripe.StripeError) -> bool:
    """Whether it is the answer Stripe gave to the first call with that key, errors of its own included."""
    return (error.headers or {}).get("Idempotent-Replayed") == "true"
