"""Stripe's objects as they look since 2025 (no payment on an invoice), sparse, and with words not known yet."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from portal.core.money import Money
from portal.donations.gateway import GatewayRefused
from portal.donations.stripe_gateway import snapshots

AT = 1_795_348_800
INSTANT = datetime.fromtimestamp(AT, UTC)
LINE: dict[str, Any] = {
    "id": "txn_1", "amount": 4700, "currency": "eur", "fee": 96, "net": 4604, "created": AT,
    "available_on": AT + 86400, "reporting_category": "charge", "type": "charge",
    "source": "ch_1", "exchange_rate": None, "description": None,
}  # fmt: skip
INTENT: dict[str, Any] = {
    "id": "pi_1", "amount": 4700, "currency": "eur", "status": "succeeded", "customer": "cus_1",
    "metadata": {"reference": "gift-1"}, "payment_method": "pm_1", "last_payment_error": None,
    "latest_charge": {
        "id": "ch_1", "created": AT - 60, "amount_refunded": 0, "disputed": False,
        "payment_method_details": {"type": "card"}, "balance_transaction": LINE,
    },
}  # fmt: skip
PARENT = {
    "type": "subscription_details",
    "subscription_details": {"subscription": "sub_1", "metadata": {"reference": "plan-1"}},
}
INVOICE: dict[str, Any] = {
    "id": "in_1", "status": "open", "total": 3000, "currency": "eur", "created": AT,
    "parent": PARENT, "attempt_count": 2, "next_payment_attempt": AT + 3600,
    "hosted_invoice_url": "https://invoice.example.org/in_1", "status_transitions": {},
    "payments": {"data": [{"status": "open", "payment": {"payment_intent": "pi_9"}}]},
}  # fmt: skip
PLAN: dict[str, Any] = {
    "id": "sub_1", "status": "active", "customer": {"id": "cus_1"}, "cancel_at_period_end": False,
    "metadata": {"reference": "plan-1"}, "latest_invoice": {"id": "in_1"},
    "default_payment_method": "pm_1", "pause_collection": None, "cancel_at": None,
    "items": {"data": [{
        "id": "si_1", "current_period_end": AT, "quantity": 1,
        "price": {
            "unit_amount": 3000, "currency": "eur", "product": "prod_1",
            "recurring": {"interval": "month", "interval_count": 1},
        },
    }]},
}  # fmt: skip


def without(found: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in names}


def paid_in(currency: str, minor: int, **line: Any) -> dict[str, Any]:
    charge = {**INTENT["latest_charge"], "balance_transaction": {**LINE, **line}}
    return {**INTENT, "amount": minor, "currency": currency, "latest_charge": charge}


def test_a_payment_tells_what_reached_the_balance() -> None:
    told = snapshots.payment(INTENT, None)
    assert (told.status, told.method, told.reference) == ("succeeded", "card", "gift-1")
    assert (told.settled, told.fee, told.exchange_rate) == (Money(4700), Money(96), None)
    assert (told.method_id, told.needs_action, told.disputed) == ("pm_1", False, False)
    assert told.succeeded_at == INSTANT


@pytest.mark.parametrize(
    ("currency", "minor", "settled", "written", "rate"),
    [
        ("usd", 5000, 4600, 0.92, "0.92"),
        ("jpy", 10_000, 6100, 0.61, "0.0061"),
        ("jpy", 10_000, 6100, 0.0061, "0.0061"),
    ],
    ids=["dollars", "yen, minor to minor", "yen, unit to unit"],
)
def test_a_rate_says_how_many_euros_one_unit_brought(
    currency: str, minor: int, settled: int, written: float, rate: str
) -> None:
    intent = paid_in(currency, minor, amount=settled, exchange_rate=written)
    told = snapshots.payment(intent, None)
    assert told.amount == Money(minor, currency.upper())
    assert told.settled == Money(settled)
    assert told.exchange_rate == Decimal(rate)


def test_a_payment_whose_money_is_not_on_the_balance_yet_tells_no_fee() -> None:
    charge = without(INTENT["latest_charge"], "balance_transaction")
    told = snapshots.payment({**INTENT, "latest_charge": charge}, None)
    assert (told.fee, told.settled, told.balance_transaction_id) == (None, None, None)


def test_a_plans_payment_is_led_back_through_its_invoice() -> None:
    told = snapshots.payment({**INTENT, "metadata": {}}, INVOICE)
    assert (told.reference, told.invoice_id, told.subscription_id) == ("plan-1", "in_1", "sub_1")


def test_a_renewal_refused_because_nobody_was_there_needs_the_donor() -> None:
    error = {
        "code": "authentication_required",
        "payment_method": {"id": "pm_2", "type": "card"},
    }
    refused = {
        **INTENT,
        "status": "requires_payment_method",
        "payment_method": None,
        "latest_charge": None,
        "last_payment_error": error,
    }
    told = snapshots.payment(refused, None)
    assert (told.status, told.needs_action) == ("failed", True)
    assert (told.method, told.method_id, told.failure_code) == (
        "card",
        "pm_2",
        "authentication_required",
    )


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("processing", "processing"),
        ("canceled", "canceled"),
        ("requires_action", "pending"),
        ("requires_payment_method", "pending"),
        ("awaiting_the_moon", "pending"),
    ],
)
def test_only_what_is_known_to_be_paid_counts_as_paid(status: str, told: str) -> None:
    found = snapshots.payment({**INTENT, "status": status}, None)
    assert found.status == told
    assert found.succeeded_at is None


def test_a_payment_of_which_almost_nothing_is_told_can_be_read() -> None:
    bare = {"id": "pi_1", "amount": 100, "currency": "eur", "status": "succeeded"}
    told = snapshots.payment(bare, None)
    assert (told.method, told.charge_id, told.customer_id, told.reference) == (
        "other",
        None,
        None,
        "",
    )


def test_an_invoice_names_the_payment_that_tries_to_pay_it() -> None:
    told = snapshots.invoice(INVOICE)
    assert (told.payment_intent_id, told.subscription_id) == ("pi_9", "sub_1")
    assert (told.attempts, told.status, told.reference) == (2, "open", "plan-1")
    assert told.next_attempt_at == datetime.fromtimestamp(AT + 3600, UTC)
    assert told.pay_url.endswith("/in_1")


def test_the_payment_that_paid_comes_before_one_that_tried() -> None:
    tries = [
        {"status": "paid", "payment": {"payment_intent": {"id": "pi_paid"}}},
        {"status": "canceled", "payment": {"payment_intent": "pi_last"}},
    ]
    told = snapshots.invoice({**INVOICE, "payments": {"data": tries}})
    assert told.payment_intent_id == "pi_paid"


def test_an_invoice_of_which_almost_nothing_is_told_can_be_read() -> None:
    told = snapshots.invoice({"id": "in_1", "total": 0, "currency": "eur"})
    assert (told.status, told.payment_intent_id, told.subscription_id) == ("draft", None, None)
    assert (told.attempts, told.next_attempt_at, told.pay_url) == (0, None, "")


def test_a_plan_tells_its_pause_and_its_means_of_payment() -> None:
    pause = {"behavior": "void", "resumes_at": AT}
    told = snapshots.subscription({**PLAN, "pause_collection": pause})
    assert (told.paused, told.paused_until) == (True, INSTANT)
    assert (told.method_id, told.latest_invoice_id, told.customer_id) == ("pm_1", "in_1", "cus_1")
    assert not snapshots.subscription(PLAN).paused


@pytest.mark.parametrize(
    ("status", "told"),
    [("trialing", "active"), ("past_due", "past_due"), ("hibernating", "hibernating")],
)
def test_a_plan_whose_debit_was_moved_runs(status: str, told: str) -> None:
    assert snapshots.subscription({**PLAN, "status": status}).status == told


def test_an_end_on_a_day_of_its_own_is_an_end_ahead() -> None:
    assert snapshots.subscription({**PLAN, "cancel_at": AT}).cancel_at_period_end


def with_recurring(**recurring: Any) -> dict[str, Any]:
    item = PLAN["items"]["data"][0]
    price = {**item["price"], "recurring": recurring}
    return {**PLAN, "items": {"data": [{**item, "price": price}]}}


@pytest.mark.parametrize(
    ("interval", "each", "told"),
    [("month", 1, "month"), ("month", 3, "quarter"), ("month", 12, "year"), ("year", 1, "year")],
)
def test_an_interval_has_one_name_however_it_is_written(
    interval: str, each: int, told: str
) -> None:
    found = with_recurring(interval=interval, interval_count=each)
    assert snapshots.subscription(found).interval == told


@pytest.mark.parametrize(
    "altered",
    [
        with_recurring(interval="week", interval_count=1),
        with_recurring(interval="fortnight", interval_count=1),
        {**PLAN, "items": {"data": []}},
        {**PLAN, "items": {"data": PLAN["items"]["data"] * 2}},
    ],
    ids=["weekly", "a new word", "no price", "two prices"],
)
def test_a_plan_that_is_none_of_ours_is_refused_by_name(altered: dict[str, Any]) -> None:
    with pytest.raises(GatewayRefused, match="sub_1"):
        snapshots.subscription(altered)
