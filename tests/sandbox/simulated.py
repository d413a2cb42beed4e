"""The scenarios' actor at the simulator."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar

import requests

from portal.core.money import Money
from portal.donations.gateway import Interval, MethodRequest
from portal.stripe_simulator import Simulator
from tests.contract.client import GatewayUnderContract
from tests.contract.watch import watched
from tests.integration.stripe.actors import KEY, SECRET, SITE, Donor, Hand, a_gift, a_plan
from tests.sandbox.actors import REFERENCE, Outcome

_T = TypeVar("_T")


class SimulatedActor:
    """Pays on the simulator's pages and moves its clock, watched by both contracts."""

    def __init__(self, folder: Path) -> None:
        self._simulator = Simulator(0, folder / "stripe.sqlite3", "http://127.0.0.1:9/", SECRET)
        self._thread = threading.Thread(target=self._simulator.serve)
        self._thread.start()
        self._watch = watched(self._simulator)
        self._watch.__enter__()
        self._http = requests.Session()
        self._http.trust_env = False
        self._donor, self._hand = Donor(self._http), Hand(self._simulator.address, self._http)
        self._hand.does("webhooks", mode="drop")
        self._numbers = count(1)
        self.gateway = GatewayUnderContract(KEY, (SECRET,), self._simulator.address, 5.0)
        self.began = datetime.now(UTC) - timedelta(minutes=1)

    def name(self, what: str) -> str:
        return f"{what}-{next(self._numbers)}"

    def gives(self, amount: Money, outcome: Outcome = "paid") -> str:
        request = a_gift(amount, key=self.name("gift"), reference=REFERENCE)
        started = self.gateway.start_checkout(request)
        self._donor.chooses(started.url, "paid" if outcome == "disputed" else outcome)
        payment = self.gateway.fetch_checkout(started.session_id).payment_intent_id or ""
        if outcome == "disputed":
            charge = self.gateway.fetch_payment(payment).charge_id
            self._hand.does(f"charges/{charge}/dispute")
        return payment

    def begins_plan(self, amount: Money, interval: Interval = "month") -> str:
        key = self.name("plan")
        request = a_plan(amount, key=key, interval=interval, reference=REFERENCE)
        started = self.gateway.start_checkout(request)
        self._donor.chooses(started.url, "paid")
        return self.gateway.fetch_checkout(started.session_id).subscription_id or ""

    def gives_card(self, plan: str) -> str:
        return self.gateway.fetch_setup(self._keeps(plan, "paid")).method_id or ""

    def consents_to_debits(self, plan: str) -> str:
        return self._keeps(plan, "sepa")

    def card_stops_working(self, plan: str) -> None:
        self._hand.does(f"subscriptions/{plan}/next_payments", outcome="declined")

    def lets_pass(self, plan: str, days: int) -> None:
        self._hand.lets_pass(days)

    def until(self, ask: Callable[[], _T], ready: Callable[[_T], object] = bool) -> _T:
        answer = ask()
        assert ready(answer), "the simulator does at once what Stripe takes a while for"
        return answer

    def goes(self) -> None:
        try:
            self.gateway.close()
            self._watch.__exit__(None, None, None)
        finally:
            self._http.close()
            self._simulator.stop()
            self._thread.join()

    def _keeps(self, plan: str, outcome: str) -> str:
        request = MethodRequest(
            customer_id=self.gateway.fetch_subscription(plan).customer_id,
            subscription_id=plan,
            currency="EUR",
            idempotency_key=self.name("method"),
            reference=REFERENCE,
            language="fr",
            success_url=f"{SITE}/me/plans",
            cancel_url=f"{SITE}/me/plans",
        )
        started = self.gateway.start_method_update(request)
        self._donor.chooses(started.url, outcome)
        return self.gateway.fetch_checkout(started.session_id).setup_intent_id or ""
