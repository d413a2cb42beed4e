"""Webhooks: sent in their order, sent again when nobody takes them, doubled, held and lost."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

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


def test_each_event_can_come_several_times(
    gateway: StripeGateway, donor: Donor, hand: Hand, receiver: Receiver
) -> None:
    hand.does("webhooks", mode="on", copies=3, types=["payment_intent.succeeded"])
    pay(gateway, donor)
    eventually(lambda: receiver.types.count("payment_intent.succeeded") == 3)
    eventually(lambda: "checkout.session.completed" in receiver.types)
    assert receiver.types.count("checkout.session.completed") == 1


def test_only_the_events_named_are_lost_and_can_be_replayed(
    gateway: StripeGateway, donor: Donor, hand: Hand, receiver: Receiver
) -> None:
    hand.does("webhooks", mode="drop", types=["charge.*", "payment_intent.succeeded"])
    pay(gateway, donor)
    eventually(lambda: "checkout.session.completed" in receiver.types)
    assert "charge.succeeded" not in receiver.types
    assert hand.does("events/replay", states=["dropped"], types=["charge.*"])["queued"] == 1
    eventually(lambda: "charge.succeeded" in receiver.types)
    assert "payment_intent.succeeded" not in receiver.types


def test_an_event_can_be_late(
    gateway: StripeGateway, donor: Donor, hand: Hand, receiver: Receiver
) -> None:
    hand.does("webhooks", mode="on", delay=0.3, types=["payment_intent.succeeded"])
    pay(gateway, donor)
    eventually(lambda: "payment_intent.succeeded" in receiver.types)
    assert receiver.types[-1] == "payment_intent.succeeded"


def test_events_that_wait_a_while_come_in_disorder(hand: Hand, simulator: Simulator) -> None:
    hand.does("webhooks", mode="on", jitter=60)
    with simulator.account.store.transaction():
        for number in range(30):
            simulator.account.emit("product.created", {"id": f"prod_{number}", "object": "product"})
    waits = [each["due_at"] for each in hand.asks("deliveries")["deliveries"]]
    assert len(waits) == 30
    assert waits != sorted(waits)


@pytest.mark.parametrize("order", ["as made", "backwards", "shuffled"])
def test_held_events_come_in_the_order_asked_for(
    gateway: StripeGateway, donor: Donor, hand: Hand, receiver: Receiver, order: str
) -> None:
    hand.does("webhooks", mode="hold")
    pay(gateway, donor)
    made = [each["event"] for each in hand.asks("deliveries")["deliveries"]]
    hand.does("webhooks", mode="on", order=order, seed=7)
    eventually(lambda: len(receiver.received) == len(made))
    came = [each["id"] for each in receiver.events]
    assert sorted(came) == sorted(made)
    known = {"as made": made, "backwards": made[::-1]}
    assert came == known[order] if order in known else came not in known.values()


def test_a_replay_begins_where_it_is_told(
    gateway: StripeGateway, donor: Donor, hand: Hand, receiver: Receiver
) -> None:
    pay(gateway, donor)
    hand.lets_pass(days=1)
    since = hand.asks()["now"]
    assert hand.does("events/replay", since=since + 5)["queued"] == 0
    eventually(lambda: "checkout.session.completed" in receiver.types)
    before = len(receiver.received)
    queued = hand.does("events/replay", since=0, types=["checkout.*"], order="backwards")
    assert queued["queued"] == 1
    eventually(lambda: len(receiver.received) == before + 1)


@pytest.mark.parametrize(
    "wanted",
    [
        {"mode": "on", "copies": 0},
        {"mode": "on", "delay": -1},
        {"mode": "on", "delay": "soon"},
        {"mode": "on", "types": "charge.*"},
        {"mode": "on", "order": "sideways"},
    ],
)
def test_rules_for_events_that_make_no_sense_are_refused(
    hand: Hand, wanted: dict[str, Any]
) -> None:
    assert hand.refuses("webhooks", **wanted)["message"]


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
