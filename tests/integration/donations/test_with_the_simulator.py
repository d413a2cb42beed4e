"""The whole way with the real library and the stand-in for Stripe: pay, be told, settle, renew."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.money import Money
from portal.donations.models import EventState, Gift, Plan, PlanState, WebhookEvent
from portal.donations.rules.gift import GiftState
from portal.stripe_simulator import Simulator
from tests.contract.client import GatewayUnderContract
from tests.contract.watch import watched
from tests.fakes.payments import FakePayments
from tests.integration.donations.conftest import Giver, knock
from tests.integration.stripe.actors import KEY, SECRET, Donor, Hand, Receiver, eventually
from tests.jobs import run_due_jobs
from tests.pages import PageClient


@dataclass
class World:
    """The portal, the stand-in, and what the stand-in told."""

    giver: Giver
    donor: Donor
    hand: Hand
    receiver: Receiver
    handed_on: int = 0

    def hears(self, kind: str, times: int = 1) -> None:
        """Wait until the stand-in told it, then hand everything on to the portal's door."""
        eventually(lambda: self.receiver.types.count(kind) >= times)
        self.hands_on()

    def hands_on(self) -> None:
        told = self.receiver.received
        while self.handed_on < len(told):
            signature, raw = told[self.handed_on]
            headers = {"Stripe-Signature": signature}
            answer = knock(self.giver.browser, raw, headers)
            assert answer.status == 200
            self.handed_on += 1
        run_due_jobs(only="donations.process_event")
        db.session.expire_all()


@pytest.fixture
def world(app: Flask, visitor: PageClient, clock: FrozenClock, tmp_path: Path) -> Iterator[World]:
    receiver = Receiver()
    simulator = Simulator(
        0, tmp_path / "stripe.sqlite3", receiver.url, SECRET, retry_after=(0.05, 0.1)
    )
    thread = threading.Thread(target=simulator.serve)
    thread.start()
    before = app.extensions["payments"]
    gateway = GatewayUnderContract(KEY, (SECRET,), simulator.address, 5.0)
    app.extensions["payments"] = gateway
    clock.instant = datetime.now(UTC)
    try:
        with requests.Session() as http, watched(simulator):
            http.trust_env = False
            giver = Giver(visitor, clock, FakePayments())
            yield World(giver, Donor(http), Hand(simulator.address, http), receiver)
    finally:
        app.extensions["payments"] = before
        gateway.close()
        simulator.stop()
        thread.join()
        receiver.stop()


def test_a_card_gift_is_settled_with_its_fee(world: World) -> None:
    page = world.giver.sends(purpose="food")
    answer = world.donor.chooses(page.location, "paid")
    gift: Any = db.session.query(Gift).one()
    assert f"/en/thanks/{gift.public_id}/" in answer.headers["Location"]
    world.hears("checkout.session.completed")
    assert gift.state == GiftState.SETTLED
    assert gift.fee.minor > 0
    assert gift.stripe_balance_transaction_id
    states = {event.state for event in db.session.query(WebhookEvent)}
    assert states <= {EventState.DONE, EventState.IGNORED}


def test_a_declined_card_and_then_another_is_one_gift(world: World) -> None:
    page = world.giver.sends()
    world.donor.chooses(page.location, "declined")
    world.donor.chooses(page.location, "paid")
    world.hears("checkout.session.completed")
    assert db.session.query(Gift).one().state == GiftState.SETTLED


def test_a_direct_debit_settles_days_later(world: World) -> None:
    page = world.giver.sends()
    world.donor.chooses(page.location, "sepa")
    world.hears("checkout.session.completed")
    gift: Any = db.session.query(Gift).one()
    assert gift.state == GiftState.PROCESSING
    world.hand.lets_pass(6)
    world.hears("checkout.session.async_payment_succeeded")
    assert gift.state == GiftState.SETTLED
    assert gift.mode == "sepa"


def test_a_sponsorship_is_debited_each_month_and_stops(world: World) -> None:
    page = world.giver.sends("sponsor")
    world.donor.chooses(page.location, "paid")
    world.hears("invoice.paid")
    plan: Any = db.session.query(Plan).one()
    assert plan.state == PlanState.ACTIVE
    for month in (2, 3):
        world.hand.lets_pass(32)
        world.hears("invoice.paid", month)
    assert db.session.query(Gift).filter_by(plan_id=plan.id, state="settled").count() == 3
    from portal.donations import services

    services.change_plan_amount(plan.id, Money(6_000), form_token="t" * 20)
    assert plan.amount == Money(6_000)
    world.hand.lets_pass(32)
    world.hears("invoice.paid", 4)
    newest = db.session.query(Gift).order_by(Gift.id.desc()).first()
    assert newest is not None
    assert newest.amount == Money(6_000)
    services.stop_plan(plan.id, reason="")
    assert plan.cancels_on is not None
    world.hand.lets_pass(32)
    world.hears("customer.subscription.deleted")
    assert plan.state == PlanState.ENDED


def test_a_refund_goes_through_and_comes_back_as_a_message(world: World) -> None:
    from portal.donations import services
    from tests.factories.people import make_account

    page = world.giver.sends()
    world.donor.chooses(page.location, "paid")
    world.hears("checkout.session.completed")
    gift: Any = db.session.query(Gift).one()
    by = make_account().id
    services.refund_gift(gift.id, Money(2_000), reason="r", by=by, form_token="refund-1")
    world.hears("charge.refunded")
    assert gift.state == GiftState.PARTIALLY_REFUNDED
    assert gift.refunded == Money(2_000)


def test_a_disputed_gift_is_told_of(world: World) -> None:
    page = world.giver.sends()
    world.donor.chooses(page.location, "paid")
    world.hears("checkout.session.completed")
    gift: Any = db.session.query(Gift).one()
    opened = world.hand.does(f"charges/{gift.stripe_charge_id}/dispute")
    world.hears("charge.dispute.created")
    assert gift.state == GiftState.DISPUTED
    world.hand.does(f"disputes/{opened['id']}/close", won=False)
    world.hears("charge.dispute.closed")
    assert gift.state == GiftState.REFUNDED
    assert gift.refunded == gift.amount


def test_messages_that_were_lost_are_made_up_for_by_asking(world: World) -> None:
    from datetime import timedelta

    from portal.donations import services

    world.hand.does("webhooks", mode="drop")
    page = world.giver.sends()
    world.donor.chooses(page.location, "paid")
    world.giver.clock.instant += timedelta(minutes=11)
    services.sweep()
    db.session.expire_all()
    assert db.session.query(Gift).one().state == GiftState.SETTLED


def test_debits_whose_messages_were_lost_are_made_up_for_by_asking(world: World) -> None:
    from datetime import timedelta

    from portal.donations import services

    world.hand.does("webhooks", mode="drop")
    page = world.giver.sends("sponsor")
    world.donor.chooses(page.location, "paid")
    plan: Any = db.session.query(Plan).one()
    services.refresh_commitment(plan)
    assert plan.state == PlanState.ACTIVE
    world.hand.lets_pass(64)
    world.giver.clock.instant += timedelta(days=64)
    services.sweep()
    db.session.expire_all()
    assert db.session.query(Gift).filter_by(plan_id=plan.id, state="settled").count() == 3
