"""Donors in front of the forms, and a payment provider that stands still until a test moves it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.donations import events
from portal.donations.models import Gift, Plan
from tests.fakes.payments import FakePayments
from tests.jobs import run_due_jobs
from tests.pages import Page, PageClient

ANSWERS: dict[str, Any] = {
    "choice": "5000",
    "rhythm": "once",
    "purpose": "general",
    "kind": "person",
    "first_name": "Camille",
    "last_name": "Durand",
    "email": "camille@example.org",
    "address1": "3 rue des Lilas",
    "postcode": "78000",
    "city": "Versailles",
    "country": "FR",
}
MONTHLY = {"choice": "4700"}
SIGNALS = (
    "gift_settled", "gift_fee_known", "gift_refunded", "refund_failed", "gift_disputed",
    "dispute_closed", "dispute_moved", "debit_returned", "gift_euros_known", "gift_change_requested", "gift_changed", "plan_wished",
    "plan_activated", "plan_past_due", "plan_ended",
)  # fmt: skip


@pytest.fixture
def payments(app: Flask) -> Iterator[FakePayments]:
    """The payment provider of this test."""
    before = app.extensions["payments"]
    fake = FakePayments(now=app.extensions["clock"].now())
    app.extensions["payments"] = fake
    yield fake
    app.extensions["payments"] = before


@dataclass
class Giver:
    """Somebody in front of the forms."""

    browser: PageClient
    clock: FrozenClock
    payments: FakePayments

    def opens(self, form: str = "give", language: str = "en") -> dict[str, Any]:
        """Open a form and take the time to read it; gives what must be sent back with it."""
        page = self.browser.get(f"/{language}/{form}")
        self.clock.instant += timedelta(seconds=20)
        return {"form_token": hidden(page, "form_token")}

    def sends(self, form: str = "give", language: str = "en", **answers: Any) -> Page:
        """Fill the form in and press its button, which says exactly what is about to happen."""
        kept = answers.pop("opened", None) or self.opens(form, language)
        filled = ANSWERS | (MONTHLY if form == "sponsor" else {}) | kept | answers
        rhythm = filled["rhythm"] if form == "give" else "monthly"
        filled.setdefault("seen", f"{rhythm}:{filled['choice']}")
        return self.browser.post(f"/{language}/{form}", filled)

    def gives(self, form: str = "give", **answers: Any) -> Any:
        """As far as the payment page; gives the pending gift or plan."""
        page = self.sends(form, **answers)
        assert page.status == 303, page.text
        kind = Gift if form == "give" and answers.get("rhythm") != "monthly" else Plan
        return db.session.query(kind).order_by(kind.id.desc()).first()

    def is_told(self, kind: str, object_id: str, **values: Any) -> Page:
        """The provider's message arrives, and its job is done."""
        body, headers = self.payments.event(kind, object_id, **values)
        page = knock(self.browser, body, headers)
        run_due_jobs(only="donations.process_event")
        db.session.expire_all()
        return page

    def pays(self, gift: Gift, **how: Any) -> str:
        """The donor pays, and the provider tells."""
        session = self.payments.session_of(gift.public_id)
        intent = self.payments.donor_pays(session, **how)
        self.is_told("checkout.session.completed", session)
        return intent

    def subscribes(self, plan: Plan, **how: Any) -> tuple[str, str]:
        """The donor begins a plan, and the provider tells."""
        session = self.payments.session_of(plan.public_id)
        subscription, invoice = self.payments.donor_subscribes(session, **how)
        self.is_told("invoice.paid", invoice)
        return subscription, invoice


def knock(browser: PageClient, body: bytes, headers: dict[str, str]) -> Page:
    """Send a message to the webhook's door."""
    return browser._page(browser.client.post("/webhooks/stripe", data=body, headers=headers))


@pytest.fixture
def giver(visitor: PageClient, clock: FrozenClock, payments: FakePayments) -> Giver:
    """A visitor who is about to give."""
    return Giver(visitor, clock, payments)


@pytest.fixture
def giver_as(clock: FrozenClock, payments: FakePayments) -> Callable[[PageClient], Giver]:
    """``giver_as(sponsor)``: somebody who is signed in and about to give."""
    return lambda browser: Giver(browser, clock, payments)


@dataclass
class Told:
    """The signals that were sent, in order, with what came along."""

    names: list[str] = field(default_factory=list)
    details: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def told() -> Iterator[Told]:
    """What features above were told."""
    heard = Told()
    receivers = {name: _hearer(heard, name) for name in SIGNALS}
    for name, hear in receivers.items():
        getattr(events, name).connect(hear)
    yield heard
    for name, hear in receivers.items():
        getattr(events, name).disconnect(hear)


def _hearer(heard: Told, name: str) -> Callable[..., None]:
    def hear(_sender: Any, **details: Any) -> None:
        heard.names.append(name)
        heard.details.append(details)

    return hear


def hidden(page: Page, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.html)
    assert found, f"no {name} on the page"
    return found[1]
