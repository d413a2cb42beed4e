"""Gifts in other currencies: what the donor pays, and what reaches the balance in euros."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from portal.core.money import Money
from portal.donations import gateway as door
from portal.donations.stripe_gateway import StripeGateway
from tests.integration.stripe.actors import a_gift
from tests.integration.stripe.scenes import Scene


@pytest.mark.parametrize(
    ("money", "rate", "euros"),
    [
        (Money(5000, "USD"), "0.92", 4600),
        (Money(2500, "CHF"), "1.05", 2625),
        (Money(3000, "GBP"), "1.1667", 3500),
        (Money(5000, "JPY"), "0.0061", 3050),
        (Money(4_100_000, "KHR"), "0.00023", 943),
    ],
)
def test_a_foreign_gift_reaches_the_balance_in_euros(
    scene: Scene, money: Money, rate: str, euros: int
) -> None:
    scene.hand.does("rates", **{money.currency.lower(): rate})
    charge = scene.charged(scene.charge("paid", money))
    assert (charge["amount"], charge["currency"]) == (money.minor, money.currency.lower())
    line = scene.line(charge["balance_transaction"])
    assert (line["currency"], line["amount"]) == ("eur", euros)
    assert line["exchange_rate"] == float(rate)
    assert line["net"] == line["amount"] - line["fee"]
    assert line["fee"] == (euros * 15 + 500) // 1000 + 25


def test_a_euro_gift_has_no_rate(scene: Scene) -> None:
    line = scene.line(scene.charged(scene.charge())["balance_transaction"])
    assert line["exchange_rate"] is None


def test_a_refund_goes_at_the_rate_of_its_own_day(scene: Scene) -> None:
    intent = scene.gift("paid", Money(10000, "USD"))
    scene.hand.does("rates", usd="0.80")
    refund = scene.sdk.v1.refunds.create({"payment_intent": intent, "amount": 5000})
    line = scene.line(str(refund.balance_transaction))
    assert (line["amount"], line["exchange_rate"]) == (-4000, 0.8)
    assert refund.currency == "usd"


def test_a_foreign_dispute_takes_euros_and_a_fee(scene: Scene) -> None:
    charge = scene.charge("paid", Money(10000, "CHF"))
    dispute = scene.hand.does(f"charges/{charge}/dispute")
    (line,) = dispute["balance_transactions"]
    assert (dispute["amount"], dispute["currency"]) == (10000, "chf")
    assert (line["amount"], line["fee"], line["currency"]) == (-10500, 2000, "eur")


@pytest.mark.parametrize(
    ("currency", "amount", "param"),
    [
        ("zzz", 1000, "line_items[0][price_data][currency]"),
        ("kwd", 5124, "line_items[0][price_data][unit_amount]"),
        ("isk", 150050, "line_items[0][price_data][unit_amount]"),
        ("jpy", 49, "line_items"),
        ("khr", 100_000, "line_items"),
        ("gbp", 29, "line_items"),
        ("eur", 49, "line_items"),
    ],
)
def test_amounts_stripe_would_not_take_are_refused(
    scene: Scene, currency: str, amount: int, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        scene.sdk.v1.checkout.sessions.create(
            {
                "mode": "payment",
                "success_url": "http://127.0.0.1:9/",
                "line_items": [
                    {
                        "quantity": 1,
                        "price_data": {
                            "currency": currency,
                            "unit_amount": amount,
                            "product_data": {"name": "Gift"},
                        },
                    }
                ],
            }
        )
    assert refusal.value.param == param


def test_a_dollar_gift_below_the_smallest_charge_is_refused(gateway: StripeGateway) -> None:
    with pytest.raises(door.GatewayRefused):
        gateway.start_checkout(a_gift(Money(49, "USD")))


@pytest.mark.parametrize("wanted", [{"usd": 0.92}, {"usd": "-1"}, {"usd": "x"}, {"eur": "1"}])
def test_rates_that_make_no_sense_are_refused(scene: Scene, wanted: dict[str, Any]) -> None:
    assert scene.hand.refuses("rates", **wanted)["message"]


@pytest.mark.parametrize("wallet", ["apple_pay", "google_pay"])
def test_a_wallet_is_a_card_that_says_so(scene: Scene, wallet: str) -> None:
    details = scene.charged(scene.charge(wallet))["payment_method_details"]
    assert details["type"] == "card"
    assert details["card"]["wallet"]["type"] == wallet
