"""What a test of the simulator begins with: gifts and plans already made, and questions put to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import stripe

from portal.core.money import Money
from portal.donations.gateway import Interval
from portal.donations.stripe_gateway import StripeGateway
from tests.integration.stripe.actors import Donor, Hand, a_gift, a_plan

Found = dict[str, Any]


@dataclass
class Scene:
    """The portal's gateway, a donor, the hand on the simulator, and Stripe's bare library."""

    gateway: StripeGateway
    sdk: stripe.StripeClient
    donor: Donor
    hand: Hand
    made: int = field(default=0)

    def gift(self, outcome: str = "paid", amount: int | Money = 4000) -> str:
        """A gift that ended so; its payment's id."""
        self.made += 1
        started = self.gateway.start_checkout(a_gift(amount, key=f"scene-{self.made}"))
        self.donor.chooses(started.url, outcome)
        return self.gateway.fetch_checkout(started.session_id).payment_intent_id or ""

    def charge(self, outcome: str = "paid", amount: int | Money = 4000) -> str:
        """A gift that ended so; its charge's id."""
        return str(self.intent(self.gift(outcome, amount))["latest_charge"])

    def plan(
        self, outcome: str = "paid", interval: Interval = "month", amount: int | Money = 3000
    ) -> str:
        """A plan whose first debit ended so; its subscription's id."""
        self.made += 1
        request = a_plan(amount, key=f"scene-{self.made}", interval=interval)
        started = self.gateway.start_checkout(request)
        self.donor.chooses(started.url, outcome)
        return self.gateway.fetch_checkout(started.session_id).subscription_id or ""

    def intent(self, intent_id: str) -> Found:
        return self.sdk.v1.payment_intents.retrieve(intent_id).to_dict(for_json=True)

    def charged(self, charge_id: str) -> Found:
        return self.sdk.v1.charges.retrieve(charge_id).to_dict(for_json=True)

    def subscription(self, plan: str) -> Found:
        return self.sdk.v1.subscriptions.retrieve(plan).to_dict(for_json=True)

    def invoices(self, plan: str) -> list[Found]:
        """The plan's invoices, oldest first."""
        page = self.sdk.v1.invoices.list(
            {"subscription": plan, "limit": 100, "expand": ["data.payments"]}
        )
        return list(reversed(page.to_dict(for_json=True)["data"]))

    def latest(self, plan: str) -> Found:
        """The plan's newest invoice."""
        return self.invoices(plan)[-1]

    def lines(self, **wanted: Any) -> list[Found]:
        """Lines of the balance, oldest first."""
        asked: Any = {"limit": 100, **wanted}
        page = self.sdk.v1.balance_transactions.list(asked)
        return list(reversed(page.to_dict(for_json=True)["data"]))

    def line(self, line_id: str) -> Found:
        found = self.sdk.v1.balance_transactions.retrieve(line_id)
        return found.to_dict(for_json=True)

    def told(self, *types: str, about: str = "") -> list[str]:
        """The types of the events of these beginnings, oldest first, about one object if named."""
        events = self.sdk.v1.events.list({"limit": 100}).auto_paging_iter()
        return [
            each.type
            for each in reversed(list(events))
            if each.type.startswith(types) and about in ("", getattr(each.data.object, "id", None))
        ]

    def now(self) -> int:
        return int(self.hand.asks()["now"])

    def next_debits(self, plan: str, outcome: str) -> None:
        self.hand.does(f"subscriptions/{plan}/next_payments", outcome=outcome)

    def to_next_debit(self) -> None:
        self.hand.does("clock", next="debit")
