"""The same request twice, keys used for something else, and calls that fail on the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import stripe

from portal.core.money import Money
from portal.donations import gateway as door
from portal.donations.stripe_gateway import StripeGateway
from portal.stripe_simulator import NotLoopback, Simulator
from tests.integration.stripe.actors import KEY, SECRET, Hand, a_gift


def test_the_same_key_and_request_open_one_page(gateway: StripeGateway) -> None:
    assert gateway.start_checkout(a_gift()) == gateway.start_checkout(a_gift())


def test_the_same_request_from_many_at_once_opens_one_page(
    gateway: StripeGateway, library: stripe.StripeClient
) -> None:
    with ThreadPoolExecutor(8) as crowd:
        started = list(crowd.map(gateway.start_checkout, [a_gift()] * 16))
    assert len(set(started)) == 1
    assert len(library.v1.checkout.sessions.list().data) == 1


def test_the_same_key_for_another_request_is_a_conflict(gateway: StripeGateway) -> None:
    gateway.start_checkout(a_gift(4700))
    with pytest.raises(door.IdempotencyConflict):
        gateway.start_checkout(a_gift(5000))


def test_a_key_is_forgotten_after_a_day(gateway: StripeGateway, hand: Hand) -> None:
    first = gateway.start_checkout(a_gift())
    hand.lets_pass(days=1)
    assert gateway.start_checkout(a_gift()).session_id != first.session_id


def test_a_refusal_is_remembered_with_its_status(
    library: stripe.StripeClient, gateway: StripeGateway
) -> None:
    options: stripe.RequestOptions = {"idempotency_key": "k"}
    answers = []
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            library.v1.refunds.create({"payment_intent": "pi_missing"}, options)
        answers.append((refusal.value.http_status, refusal.value.code))
    assert answers == [(404, "resource_missing")] * 2


def test_wrong_parameters_do_not_use_up_a_key(library: stripe.StripeClient) -> None:
    options: stripe.RequestOptions = {"idempotency_key": "k"}
    with pytest.raises(stripe.InvalidRequestError):
        library.v1.customers.create({"email": "no address"}, options)
    customer = library.v1.customers.create({"email": "camille@example.org"}, options)
    assert library.v1.customers.create({"email": "camille@example.org"}, options).id == customer.id


@pytest.mark.parametrize("status", [500, 502, 503, 409])
def test_two_failures_are_tried_through(gateway: StripeGateway, hand: Hand, status: int) -> None:
    hand.does("faults", status=status, times=2)
    assert gateway.start_checkout(a_gift()).url


def test_lasting_failure_is_named_so(gateway: StripeGateway, hand: Hand) -> None:
    hand.does("faults", status=503, times=3)
    with pytest.raises(door.GatewayUnavailable):
        gateway.start_checkout(a_gift())


def test_too_many_requests_is_not_insisted_on(gateway: StripeGateway, hand: Hand) -> None:
    hand.does("faults", status=429, times=1)
    with pytest.raises(door.GatewayUnavailable):
        gateway.start_checkout(a_gift())


def test_an_answer_that_was_lost_is_given_again(
    gateway: StripeGateway, library: stripe.StripeClient, hand: Hand
) -> None:
    hand.does("faults", status=500, times=1, after=True)
    started = gateway.start_checkout(a_gift())
    assert [each.id for each in library.v1.checkout.sessions.list().data] == [started.session_id]


def test_nobody_answering_is_named_so() -> None:
    lonely = StripeGateway(KEY, (SECRET,), "http://127.0.0.1:9", 1.0)
    with pytest.raises(door.GatewayUnavailable):
        lonely.fetch_checkout("cs_test_x")
    lonely.close()


def test_what_does_not_exist_is_named_so(gateway: StripeGateway) -> None:
    with pytest.raises(door.ObjectUnknown):
        gateway.fetch_payment("pi_missing")
    with pytest.raises(door.ObjectUnknown):
        gateway.fetch_subscription("sub_missing")


def test_empty_ids_are_never_sent(gateway: StripeGateway) -> None:
    for ask in (
        gateway.fetch_checkout,
        gateway.fetch_payment,
        gateway.fetch_subscription,
        gateway.fetch_invoice,
        gateway.list_refunds,
    ):
        with pytest.raises(ValueError, match="empty"):
            ask(" ")
    with pytest.raises(ValueError, match="empty"):
        gateway.refund("", Money(1, "EUR"), "k")


@pytest.mark.parametrize(
    ("key", "base"),
    [
        ("sk_live_abc", "http://127.0.0.1:1"),
        ("sk_test_abc", "http://127.0.0.1:1"),
        ("sk_test_sim_abc", None),
        ("pk_test_abc", None),
        ("", None),
    ],
)
def test_keys_and_addresses_that_do_not_fit_are_refused(key: str, base: str | None) -> None:
    with pytest.raises(door.GatewayMisconfigured):
        StripeGateway(key, (SECRET,), base, 5.0)


def test_the_simulator_takes_only_its_own_keys(simulator: Simulator) -> None:
    other = stripe.StripeClient("sk_test_abc", base_addresses={"api": simulator.address})
    with pytest.raises(stripe.AuthenticationError):
        other.v1.customers.list()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_the_simulator_is_reached_from_its_own_machine_only(tmp_path: Path, host: str) -> None:
    with pytest.raises(NotLoopback):
        Simulator(0, tmp_path / "s.sqlite3", "http://127.0.0.1:9/", SECRET, host)
