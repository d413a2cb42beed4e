"""What we ask of Stripe, and what its refusals mean to us."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from portal.core.money import Money
from portal.donations import gateway as door
from portal.donations.stripe_gateway import asks
from portal.donations.stripe_gateway.refusals import meaning
from tests.integration.stripe.actors import a_plan

REFUSED: Any = stripe.InvalidRequestError
DECLINED: Any = stripe.CardError
CUT_OFF: Any = stripe.APIConnectionError
AT = datetime(2027, 1, 31, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "minor"),
    [
        (Money(1050), 1050),
        (Money(500, "JPY"), 500),
        (Money(4_100_000, "KHR"), 4_100_000),
        (Money(500, "ISK"), 500),
    ],
)
def test_amounts_are_counted_as_stripe_counts_them(amount: Money, minor: int) -> None:
    assert asks.minor_units(amount) == minor


@pytest.mark.parametrize("amount", [Money(5124, "KWD"), Money(550, "ISK"), Money(101, "UGX")])
def test_an_amount_stripe_would_misread_is_refused_before_the_call(amount: Money) -> None:
    with pytest.raises(door.GatewayRefused):
        asks.minor_units(amount)


@pytest.mark.parametrize(
    ("interval", "recurring"),
    [("month", ("month", 1)), ("quarter", ("month", 3)), ("year", ("year", 1))],
)
def test_a_plans_interval_is_said_in_stripes_words(
    interval: door.Interval, recurring: tuple[str, int]
) -> None:
    price = asks.checkout(a_plan(interval=interval))["line_items"][0]["price_data"]
    assert tuple(price["recurring"].values()) == recurring


def test_a_moved_debit_charges_nothing_in_between() -> None:
    asked = asks.next_debit(AT)
    assert asked == {"trial_end": int(AT.timestamp()), "proration_behavior": "none"}


def test_a_pause_voids_what_falls_due_and_has_an_end() -> None:
    assert asks.pause(AT)["pause_collection"] == {
        "behavior": "void",
        "resumes_at": int(AT.timestamp()),
    }


@pytest.mark.parametrize(
    ("present", "asked"),
    [
        ({}, {"pause_collection": "", "cancel_at_period_end": False}),
        (
            {"cancel_at_period_end": True, "cancel_at": 1},
            {"pause_collection": "", "cancel_at_period_end": False},
        ),
        ({"cancel_at": 1}, {"pause_collection": "", "cancel_at": ""}),
    ],
    ids=["runs", "ends with the period", "ends on a day of its own"],
)
def test_going_on_takes_back_pause_and_end(present: dict[str, Any], asked: dict[str, Any]) -> None:
    assert asks.resume(present) == asked


@pytest.mark.parametrize(
    ("error", "means"),
    [
        (CUT_OFF("gone"), door.GatewayUnavailable),
        (stripe.APIError("html", http_status=502), door.GatewayUnavailable),
        (stripe.APIError("oops", http_status=500), door.GatewayUnavailable),
        (stripe.APIError("in use", http_status=409), door.GatewayUnavailable),
        (stripe.RateLimitError("slow", http_status=429), door.GatewayUnavailable),
        (stripe.AuthenticationError("key", http_status=401), door.GatewayMisconfigured),
        (stripe.PermissionError("key", http_status=403), door.GatewayMisconfigured),
        (stripe.IdempotencyError("key", http_status=400), door.IdempotencyConflict),
        (
            REFUSED("no", None, code="resource_missing", http_status=404),
            door.ObjectUnknown,
        ),
        (REFUSED("no", "mode", http_status=400), door.GatewayRefused),
        (
            DECLINED("no", None, "card_declined", http_status=402),
            door.GatewayRefused,
        ),
        (stripe.StripeError("new kind", http_status=418), door.GatewayUnavailable),
    ],
    ids=lambda each: getattr(each, "__name__", None) or type(each).__name__,
)
def test_each_of_stripes_errors_has_our_name(
    error: stripe.StripeError, means: type[door.GatewayError]
) -> None:
    assert type(meaning(error)) is means


def test_giving_back_too_much_has_a_name_of_its_own() -> None:
    error = REFUSED("no", "amount", code="amount_too_large", http_status=400)
    assert type(meaning(error, refund=True)) is door.RefundTooLarge
    assert type(meaning(error)) is door.GatewayRefused


def test_what_is_said_of_an_error_holds_no_words_of_the_provider() -> None:
    error = DECLINED("Camille's card 4242", None, "card_declined", http_status=402)
    assert "Camille" not in str(meaning(error))
