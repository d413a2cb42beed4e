"""The scenarios' actor at Stripe's own sandbox, with the test key of an account kept for it.

Hosted pages cannot be paid by a program: gifts and plans are made by the API with Stripe's test means
of payment, and each plan's customer lives by a test clock of its own.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import stripe

from portal.core.money import Money
from portal.donations.gateway import Interval
from portal.donations.stripe_gateway import API_VERSION
from tests.contract.client import GatewayUnderContract, Watched
from tests.sandbox.actors import REFERENCE, Outcome

_T = TypeVar("_T")
_CARDS: Final = {
    "paid": "pm_card_visa",
    "declined": "pm_card_visa_chargeDeclined",
    "disputed": "pm_card_createDispute",
}
_DECLINES_LATER: Final = "pm_card_chargeCustomerFail"
_IBAN: Final = "FR1420041010050500013M02606"
_CONSENT: Any = {
    "customer_acceptance": {
        "type": "online",
        "online": {"ip_address": "192.0.2.1", "user_agent": "scenario"},
    }
}
_INTERVALS: Final[dict[Interval, tuple[str, int]]] = {
    "month": ("month", 1),
    "quarter": ("month", 3),
    "year": ("year", 1),
}
_PATIENCE: Final = 180.0


class NotATestKey(ValueError):
    """The scenarios run with a test key only: they make payments."""


class RealActor:
    """Pays with Stripe's test means of payment and moves test clocks."""

    def __init__(self, key: str) -> None:
        if not key.startswith(("sk_test_", "rk_test_")):
            raise NotATestKey("STRIPE_TEST_KEY is not a test key")
        client = stripe.StripeClient(key, stripe_version=API_VERSION, max_network_retries=2)
        self._stripe: Any = Watched(client.v1, [])
        self.gateway = GatewayUnderContract(key, (), None, 30.0)
        self.began = datetime.now(UTC) - timedelta(minutes=1)
        self._clocks: dict[str, str] = {}

    def name(self, what: str) -> str:
        return f"{what}-{uuid.uuid4()}"

    def gives(self, amount: Money, outcome: Outcome = "paid") -> str:
        means = self._debit_means() if outcome == "sepa" else {"payment_method": _CARDS[outcome]}
        kind = "sepa_debit" if outcome == "sepa" else "card"
        try:
            intent = self._stripe.payment_intents.create(
                {
                    "amount": amount.minor,
                    "currency": amount.currency.lower(),
                    "confirm": True,
                    "allowed_payment_method_types": [kind],
                    "metadata": {"reference": REFERENCE},
                    **means,
                }
            )
        except stripe.CardError as declined:
            told: Any = declined.error
            return str(told.payment_intent.id)
        return str(intent.id)

    def begins_plan(self, amount: Money, interval: Interval = "month") -> str:
        clock = self._stripe.test_helpers.test_clocks.create({"frozen_time": int(time.time())}).id
        customer = self._stripe.customers.create(
            {"test_clock": clock, "email": "camille@example.org"}
        ).id
        unit, every = _INTERVALS[interval]
        price = {
            "currency": amount.currency.lower(),
            "product": self._stripe.products.create({"name": "Where most needed"}).id,
            "recurring": {"interval": unit, "interval_count": every},
            "unit_amount": amount.minor,
        }
        plan = self._stripe.subscriptions.create(
            {
                "customer": customer,
                "items": [{"price_data": price}],
                "default_payment_method": self._attached("pm_card_visa", customer),
                "metadata": {"reference": REFERENCE},
            }
        ).id
        self._clocks[plan] = clock
        return str(plan)

    def gives_card(self, plan: str) -> str:
        return self._attached("pm_card_mastercard", self._customer(plan))

    def consents_to_debits(self, plan: str) -> str:
        setup = self._stripe.setup_intents.create(
            {
                "confirm": True,
                "customer": self._customer(plan),
                "allowed_payment_method_types": ["sepa_debit"],
                "metadata": {"reference": REFERENCE},
                **self._debit_means(),
            }
        )
        return str(setup.id)

    def card_stops_working(self, plan: str) -> None:
        card = self._attached(_DECLINES_LATER, self._customer(plan))
        self._stripe.subscriptions.update(plan, {"default_payment_method": card})

    def lets_pass(self, plan: str, days: int) -> None:
        clocks, clock = self._stripe.test_helpers.test_clocks, self._clocks[plan]
        then = clocks.retrieve(clock).frozen_time + days * 86_400
        clocks.advance(clock, {"frozen_time": then})
        self.until(lambda: clocks.retrieve(clock).status == "ready")

    def until(self, ask: Callable[[], _T], ready: Callable[[_T], object] = bool) -> _T:
        last = time.monotonic() + _PATIENCE
        while not ready(answer := ask()):
            assert time.monotonic() < last, "it did not happen in time"
            time.sleep(2)
        return answer

    def goes(self) -> None:
        for clock in self._clocks.values():
            self._stripe.test_helpers.test_clocks.delete(clock)
        self.gateway.close()

    def _customer(self, plan: str) -> str:
        return self.gateway.fetch_subscription(plan).customer_id

    def _attached(self, card: str, customer: str) -> str:
        return str(self._stripe.payment_methods.attach(card, {"customer": customer}).id)

    def _debit_means(self) -> dict[str, Any]:
        method = self._stripe.payment_methods.create(
            {
                "type": "sepa_debit",
                "sepa_debit": {"iban": _IBAN},
                "billing_details": {"name": "Camille Durand", "email": "camille@example.org"},
            }
        )
        return {"payment_method": method.id, "mandate_data": _CONSENT}
