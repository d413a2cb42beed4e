"""Calls that fail on the way: of one kind only, cut off, slow, or remembered under their key."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import stripe

from portal.donations import gateway as door
from portal.donations.stripe_gateway import StripeGateway
from portal.stripe_simulator import Simulator
from tests.integration.stripe.actors import KEY, Hand, a_gift
from tests.integration.stripe.scenes import Scene


def bare(simulator: Simulator, timeout: float = 5.0) -> stripe.StripeClient:
    """Stripe's library without a second try."""
    session = requests.Session()
    session.trust_env = False
    return stripe.StripeClient(
        KEY,
        base_addresses={"api": simulator.address},
        http_client=stripe.RequestsClient(timeout=timeout, session=session),
        max_network_retries=0,
    )


def test_a_fault_meets_only_the_calls_it_is_meant_for(scene: Scene) -> None:
    scene.hand.does("faults", status=500, times=1, path="/v1/refunds", method="post")
    intent = scene.gift()
    assert scene.sdk.v1.refunds.list().data == []
    with pytest.raises(stripe.APIError):
        scene.sdk.v1.refunds.create({"payment_intent": intent})
    assert scene.sdk.v1.refunds.create({"payment_intent": intent}).amount == 4000


def test_faults_come_in_the_order_they_were_ordered(hand: Hand, simulator: Simulator) -> None:
    hand.does("faults", status=500, times=2)
    hand.does("faults", status=429)
    assert [each["status"] for each in hand.asks()["faults"]] == [500, 429]
    seen = []
    for _ in range(3):
        with pytest.raises(stripe.StripeError) as error:
            bare(simulator).v1.customers.list()
        seen.append(error.value.http_status)
    assert seen == [500, 500, 429]
    assert bare(simulator).v1.customers.list().data == []


def test_no_more_faults_when_they_are_cleared(hand: Hand, simulator: Simulator) -> None:
    hand.does("faults", status=500, times=100)
    hand.does("faults/clear")
    assert bare(simulator).v1.customers.list().data == []


def test_the_connection_can_be_cut_after_the_call_was_carried_out(
    gateway: StripeGateway, library: stripe.StripeClient, hand: Hand
) -> None:
    hand.does("faults", status=0, times=2, after=True)
    started = gateway.start_checkout(a_gift())
    found = library.v1.checkout.sessions.list().data
    assert [each.id for each in found] == [started.session_id]


def test_a_connection_that_is_always_cut_is_named_so(gateway: StripeGateway, hand: Hand) -> None:
    hand.does("faults", status=0, times=50)
    with pytest.raises(door.GatewayUnavailable):
        gateway.start_checkout(a_gift())


def test_an_answer_can_come_too_late_though_the_call_was_carried_out(
    library: stripe.StripeClient, hand: Hand, simulator: Simulator
) -> None:
    hand.does("faults", status=0, after=True, seconds=0.4, path="/v1/customers", method="POST")
    with pytest.raises(stripe.APIConnectionError):
        bare(simulator, 0.1).v1.customers.create({"name": "Camille"})
    assert [each.name for each in library.v1.customers.list().data] == ["Camille"]


def test_a_server_error_is_remembered_under_its_key_as_stripe_does(
    hand: Hand, simulator: Simulator
) -> None:
    hand.does("faults", status=500, kept=True, path="/v1/customers")
    options: stripe.RequestOptions = {"idempotency_key": "k"}
    for _ in range(2):
        with pytest.raises(stripe.APIError) as error:
            bare(simulator).v1.customers.create({"name": "Camille"}, options)
        assert error.value.http_status == 500
    made = bare(simulator).v1.customers.create({"name": "Camille"}, {"idempotency_key": "k2"})
    assert made.name == "Camille"


@pytest.mark.parametrize(
    "wanted",
    [
        {"status": 418},
        {"status": 500, "times": 0},
        {"status": 500, "seconds": 1000},
        {"status": 500, "path": 5},
        {"status": 500, "colour": "red"},
    ],
)
def test_faults_that_make_no_sense_are_refused(hand: Hand, wanted: dict[str, Any]) -> None:
    assert hand.refuses("faults", **wanted)["message"]
