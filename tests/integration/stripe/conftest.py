"""A simulator in its own thread, the portal's gateway and Stripe's bare library pointed at it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import stripe

from portal.donations.stripe_gateway import API_VERSION, StripeGateway
from portal.stripe_simulator import Simulator
from tests.contract.client import GatewayUnderContract
from tests.contract.watch import watched
from tests.integration.stripe.actors import KEY, SECRET, Donor, Hand, Receiver
from tests.integration.stripe.scenes import Scene


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Where webhooks arrive."""
    each = Receiver()
    yield each
    each.stop()


@pytest.fixture
def simulator(tmp_path: Path, receiver: Receiver) -> Iterator[Simulator]:
    """Stripe's stand-in, on a port of its own, with an empty state."""
    each = Simulator(0, tmp_path / "stripe.sqlite3", receiver.url, SECRET, retry_after=(0.05, 0.1))
    thread = threading.Thread(target=each.serve)
    thread.start()
    try:
        with watched(each):
            yield each
    finally:
        each.stop()
        thread.join()


@pytest.fixture
def gateway(simulator: Simulator) -> Iterator[StripeGateway]:
    """The portal's own gateway."""
    each = GatewayUnderContract(KEY, (SECRET,), simulator.address, 5.0)
    yield each
    each.close()


@pytest.fixture
def browser() -> Iterator[requests.Session]:
    """An HTTP client that no proxy comes between."""
    with requests.Session() as each:
        each.trust_env = False
        yield each


@pytest.fixture
def library(simulator: Simulator, browser: requests.Session) -> stripe.StripeClient:
    """Stripe's library, bare."""
    stripe.enable_telemetry = False
    return stripe.StripeClient(
        KEY,
        stripe_version=API_VERSION,
        base_addresses={"api": simulator.address},
        http_client=stripe.RequestsClient(timeout=5, session=browser),
    )


@pytest.fixture
def donor(browser: requests.Session) -> Donor:
    """Somebody who has been sent to a payment page."""
    return Donor(browser)


@pytest.fixture
def hand(simulator: Simulator, browser: requests.Session) -> Hand:
    """The hand on the simulator."""
    return Hand(simulator.address, browser)


@pytest.fixture
def scene(gateway: StripeGateway, library: stripe.StripeClient, donor: Donor, hand: Hand) -> Scene:
    """Gifts and plans in one word."""
    return Scene(gateway, library, donor, hand)
