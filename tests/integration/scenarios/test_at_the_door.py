"""What knocks at the webhook's door: only what Stripe signed just now gets in, and nothing breaks it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portal.core.db import db
from portal.donations.models import EventState, Gift, WebhookEvent
from portal.donations.rules.gift import GiftState
from portal.stripe_simulator.deliveries import signature
from tests.contract.client import GatewayUnderContract
from tests.integration.donations.conftest import knock
from tests.integration.donations.test_with_the_simulator import World
from tests.integration.stripe.actors import KEY, SECRET, eventually
from tests.jobs import run_due_jobs

COMPLETED = "checkout.session.completed"
NEXT_SECRET = "whsec_that_comes_next"


@pytest.fixture(autouse=True)
def two_secrets(world: World) -> Iterator[None]:
    """One secret replaces another, and the door goes by the portal's clock."""
    app = world.giver.browser.app
    before = app.extensions["payments"]
    secrets = (SECRET, NEXT_SECRET)
    rolled = GatewayUnderContract(KEY, secrets, world.hand.address, 5.0, world.giver.clock)
    app.extensions["payments"] = rolled
    yield
    app.extensions["payments"] = before
    rolled.close()


def told(world: World) -> bytes:
    """A gift was paid; the bytes of the message that says so."""
    page = world.giver.sends()
    world.donor.chooses(page.location, "paid")
    eventually(lambda: COMPLETED in world.receiver.types)
    return next(raw for _, raw in world.receiver.received if json.loads(raw)["type"] == COMPLETED)


def stamp(world: World) -> int:
    return int(world.giver.clock.instant.timestamp())


def knocks(world: World, raw: bytes, header: str | None) -> int:
    headers = {} if header is None else {"Stripe-Signature": header}
    answer = knock(world.giver.browser, raw, headers)
    run_due_jobs(only="donations.process_event")
    db.session.expire_all()
    return answer.status


def nothing_happened() -> bool:
    kept = db.session.query(WebhookEvent).count()
    return kept == 0 and db.session.query(Gift).one().state is GiftState.PENDING


FORGERIES: dict[str, Callable[[bytes, int], tuple[bytes, str | None]]] = {
    "no header": lambda raw, at: (raw, None),
    "an empty header": lambda raw, at: (raw, ""),
    "a made up signature": lambda raw, at: (raw, f"t={at},v1={'0' * 64}"),
    "another secret": lambda raw, at: (raw, signature(raw, "whsec_other", at)),
    "five minutes and a second ago": lambda raw, at: (raw, signature(raw, SECRET, at - 301)),
    "five minutes and a second ahead": lambda raw, at: (raw, signature(raw, SECRET, at + 301)),
    "a byte more": lambda raw, at: (raw + b" ", signature(raw, SECRET, at)),
    "a byte altered": lambda raw, at: (raw.replace(b"paid", b"pAid"), signature(raw, SECRET, at)),
    "the other world": lambda raw, at: _live(raw, at),  # noqa: PLW0108 - defined below
}


def _live(raw: bytes, at: int) -> tuple[bytes, str]:
    body = json.dumps({**json.loads(raw), "livemode": True}).encode()
    return body, signature(body, SECRET, at)


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_is_not_to_be_believed_is_refused_and_leaves_nothing(
    world: World, forgery: str
) -> None:
    raw, header = FORGERIES[forgery](told(world), stamp(world))
    assert knocks(world, raw, header) == 400
    assert nothing_happened()


@pytest.mark.parametrize("secret", [SECRET, NEXT_SECRET])
def test_both_secrets_are_believed_while_one_replaces_the_other(world: World, secret: str) -> None:
    raw = told(world)
    assert knocks(world, raw, signature(raw, secret, stamp(world))) == 200
    assert db.session.query(Gift).one().state is GiftState.SETTLED


def changed(raw: bytes, **values: Any) -> bytes:
    return json.dumps({**json.loads(raw), **values}).encode()


def about(raw: bytes, **values: Any) -> bytes:
    """The message, its object showing other values than it has."""
    event = json.loads(raw)
    event["data"]["object"] = {
        name: value
        for name, value in {**event["data"]["object"], **values}.items()
        if value is not ...
    }
    return json.dumps(event).encode()


ODD: dict[str, tuple[Callable[[bytes], bytes], GiftState, EventState]] = {
    "a type nobody knows": (
        lambda raw: changed(raw, type="gift_wrap.invented"),
        GiftState.PENDING,
        EventState.IGNORED,
    ),
    "a newer version": (
        lambda raw: changed(raw, api_version="2031-01-01.zephyr"),
        GiftState.SETTLED,
        EventState.DONE,
    ),
    "a word nobody knows": (
        lambda raw: about(raw, status="half_open", payment_status="maybe"),
        GiftState.SETTLED,
        EventState.DONE,
    ),
    "fields that are missing": (
        lambda raw: about(raw, status=..., payment_status=..., customer_details=..., metadata=...),
        GiftState.SETTLED,
        EventState.DONE,
    ),
    "no version at all": (
        lambda raw: changed(raw, api_version=None),
        GiftState.SETTLED,
        EventState.DONE,
    ),
}


@pytest.mark.parametrize("oddity", ODD)
def test_what_is_signed_but_odd_is_kept_and_breaks_nothing(world: World, oddity: str) -> None:
    make, gift, event = ODD[oddity]
    raw = make(told(world))
    assert knocks(world, raw, signature(raw, SECRET, stamp(world))) == 200
    assert db.session.query(WebhookEvent).one().state is event
    assert db.session.query(Gift).one().state is gift
