"""Who plays with the simulator in the tests: a donor's browser, the portal's webhook door, the hand on it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from portal.core.money import Money
from portal.donations.gateway import CheckoutRequest, Interval

KEY = "sk_test_sim_portal"
SECRET = "whsec_simulated"
SITE = "http://127.0.0.1:9"


@dataclass
class Receiver:
    """The webhook's address: keeps what comes, answers what it is told to."""

    status: int = 200
    received: list[tuple[str, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append((self.headers["Stripe-Signature"], raw))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks/stripe"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(raw) for _, raw in self.received]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]


@dataclass
class Donor:
    """A browser without scripts that has been sent to a payment page."""

    http: requests.Session

    def opens(self, url: str, language: str = "en") -> requests.Response:
        return self.http.get(url, headers={"Accept-Language": language})

    def chooses(self, url: str, outcome: str, **fields: str) -> requests.Response:
        form = {"outcome": outcome, **fields}
        return self.http.post(url, data=form, allow_redirects=False)

    def answers_bank(self, url: str, answer: str) -> requests.Response:
        return self.http.post(f"{url}/authenticate", data={"answer": answer}, allow_redirects=False)


@dataclass
class Hand:
    """The simulator's own controls."""

    address: str
    http: requests.Session

    def does(self, what: str, **wanted: Any) -> dict[str, Any]:
        response = self.http.post(f"{self.address}/_sim/{what}", json=wanted)
        assert response.status_code == 200, response.text
        return dict(response.json())

    def refuses(self, what: str, **wanted: Any) -> dict[str, Any]:
        """Give an order that is refused; answers the error."""
        response = self.http.post(f"{self.address}/_sim/{what}", json=wanted)
        assert response.status_code == 400, response.text
        return dict(response.json()["error"])

    def asks(self, what: str = "") -> dict[str, Any]:
        return dict(self.http.get(f"{self.address}/_sim/{what}").json())

    def lets_pass(self, days: int) -> None:
        self.does("clock", days=days)


def eventually(true: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait until it is so; fail when it does not become so."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)


def a_gift(amount: int | Money = 4700, *, key: str = "gift-1", **other: Any) -> CheckoutRequest:
    """A donor about to give once."""
    return _request("gift", amount, None, key, other)


def a_plan(
    amount: int | Money = 3000, *, key: str = "plan-1", interval: Interval = "month", **other: Any
) -> CheckoutRequest:
    """A donor about to give regularly."""
    return _request("plan", amount, interval, key, other)


def _request(
    kind: Any, amount: int | Money, interval: Interval | None, key: str, other: dict[str, Any]
) -> CheckoutRequest:
    wanted: dict[str, Any] = {
        "kind": kind,
        "amount": amount if isinstance(amount, Money) else Money(amount, "EUR"),
        "interval": interval,
        "idempotency_key": key,
        "reference": f"{kind}-ref-1",
        "description": "Where most needed",
        "donor_email": "camille@example.org",
        "customer_id": None,
        "language": "fr",
        "success_url": f"{SITE}/fr/give/thanks?session={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{SITE}/fr/give",
        **other,
    }
    return CheckoutRequest(**wanted)
