"""Webhooks: sent in their order, sent again when nobody takes them, doubled, held and lost."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from portal.donations.stripe_gateway import StripeGateway
from portal.stripe_simulator import Simulator
from tests.integration.stripe.actors import (
    SECRET,
    Donor,
    Hand,
    Receiver,
    a_gift,
    a_plan,
    eventually,
)


def pay(gateway: StripeGateway, donor: Donor, outcome: str = "paid") -> str:
    started = gateway.start_checkout(a_gift())
    donor.chooses(started.url, outcome)
    return started.session_id


def test_a_paid_gift_is_told_in_order_and_signed(
    gateway: StripeGateway, donor: Donor, receiver: Receiver
) -> None:
    session = pay(gateway, donor)
    eventually(lambda: "checkout.session.completed" in receiver.types)
    told = [each for each in receiver.types if not each.startswith(("product.", "price."))]
    assert told == [
        "payment_intent.created",
        "payment_intent.succeeded",
        "charge.succeeded",
        "checkout.session.completed",
    ]
    header, raw = receiver.received[-1]
    event = gateway.verify(raw, header)
    assert (event.type, event.object_type, event.object_id) == (
        "checkout.session.completed",
        "checkout.session",
        session,
    )
    assert (event.api_version, event.livemode) == ("2026-10-28.endive", False)


def test_a_plan_is_told_in_order(gateway: StripeGateway, donor: Donor, receiver: Receiver) -> None:
    started = gateway.start_checkout(a_plan())
    donor.chooses(started.url, "paid")
    eventually(lambda: "invoice.paid" in receiver.types)
    wanted = (
        "payment_intent.succeeded",
        "charge.succeeded",
        "checkout.session.completed",
        "customer.subscription.created",
        "invoice_payment.paid",
        "invoice.paid",
    )
    assert tuple(each for each in receiver.types if each in wanted) == wanted


def test_a_direct_debit_is_told_twice(
    gateway: StripeGateway, donor: Donor, hand: Hand, receiver: Receiver
) -> None:
    pay(gateway, donor, "sepa")
    hand.lets_pass(days=5)
    eventually(lambda: "checkout.session.async_payment_succeeded" in receiver.types)
    completed = next(each for each in receiver.events if each["type"].endswith("completed"))
    assert completed["data"]["object"]["payment_status"] == "unpaid"


def test_a_door_that_answers_badly_is_knocked_at_again(
    gateway: StripeGateway, donor: Donor, hand: Hand, receiver: Receiver
) -> None:
    receiver.status = 500
    pay(gateway, donor)
    eventually(lambda: len(receiver.received) >= 6)
    receiver.status = 200
    eventually(
        lambda: "queued" not in {each["state"] for each in hand.asks("deliveries")["deliveries"]}
    )
    states = {each["type"]: each["state"] for each in hand.asks("deliveries")["deliveries"]}
    assert set(states.values()) <= {"delivered", "given up"}
    assert max(each["attempts"] for each in hand.asks("deliveries")["deliveries"]) > 1


def test_nobody_at_the_door_is_no_reason_to_fall(
    tmp_path: Path, gateway: StripeGateway, donor: Donor, hand: Hand, receiver: Receiver
) -> None:
    receiver.stop()
    session = pay(gateway, donor)
    eventually(
        lambda: {each["state"] for each in hand.asks("deliveries")["deliveries"]} == {"given up"}
    )
    assert gateway.fetch_checkout(session).payment_status == "paid"


def test_an_event_can_come_twice(
    gateway: StripeGateway, donor: Donor, hand: Hand, receiver: Receiver
) -> None:
    pay(gateway, donor)
    eventually(lambda: "checkout.session.completed" in receiver.types)
    event = receiver.events[-1]["id"]
    hand.does(f"events/{event}/send", copies=2)
    eventually(lambda: [each["id"] for each in receiver.events].count(event) == 3)


def test_held_events_come_late_and_backwards(
    gateway: StripeGateway, donor: Donor, hand: Hand, receiver: Receiver
) -> None:
    hand.does("webhooks", mode="hold")
    pay(gateway, donor)
    assert receiver.received == []
    released = hand.does("webhooks", mode="on", backwards=True)["released"]
    eventually(lambda: len(receiver.received) == released)
    assert receiver.types[0] == "checkout.session.completed"


def test_lost_events_are_still_listed(
    gateway: StripeGateway, donor: Donor, hand: Hand, simulator: Simulator, receiver: Receiver
) -> None:
    hand.does("webhooks", mode="drop")
    pay(gateway, donor)
    hand.does("webhooks", mode="on")
    assert {each["state"] for each in hand.asks("deliveries")["deliveries"]} == {"dropped"}
    assert receiver.received == []


def test_a_restart_keeps_the_state_and_sends_what_was_waiting(
    tmp_path: Path, receiver: Receiver, donor: Donor
) -> None:
    state = tmp_path / "kept.sqlite3"
    receiver.status = 500
    first = Simulator(0, state, receiver.url, SECRET, retry_after=(0.3,))
    with running(first) as gateway:
        session = pay(gateway, donor)
    receiver.status = 200
    second = Simulator(0, state, receiver.url, SECRET, retry_after=(0.3,))
    with running(second) as gateway:
        assert gateway.fetch_checkout(session).status == "complete"
        eventually(
            lambda: session in {each["data"]["object"].get("id") for each in receiver.events}
        )


class running:  # noqa: N801 - reads as a sentence
    """A simulator in a thread, and a gateway to it."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.thread = threading.Thread(target=simulator.serve)

    def __enter__(self) -> StripeGateway:
        self.thread.start()
        self.gateway = StripeGateway("sk_test_sim_x", (SECRET,), self.simulator.address, 5.0)
        return self.gateway

    def __exit__(self, *_: object) -> None:
        self.gateway.close()
        self.simulator.stop()
        self.thread.join()


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "/webhooks", ""])
def test_webhooks_need_an_address(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Simulator(0, tmp_path / "s.sqlite3", url, SECRET)
