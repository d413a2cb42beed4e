"""Who is believed at the webhook: only Stripe, only now, only in the right world."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from portal.core.clock import FrozenClock
from portal.donations import gateway as door
from portal.donations.stripe_gateway import StripeGateway
from portal.stripe_simulator.deliveries import signature

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
STAMP = int(NOW.timestamp())
OLD, NEW = "whsec_old", "whsec_new"
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "api_version": "2026-10-28.endive",
    "created": STAMP,
    "livemode": False,
    "type": "checkout.session.completed",
    "data": {"object": {"id": "cs_test_1", "object": "checkout.session"}},
}
BODY = json.dumps(EVENT).encode()


@pytest.fixture
def listening() -> StripeGateway:
    """A gateway while one secret replaces another, at a moment that stands still."""
    return StripeGateway(
        "sk_test_sim_x", (OLD, NEW, ""), "http://127.0.0.1:9", 1.0, FrozenClock(NOW)
    )


def v1(payload: bytes, secret: str, stamp: int = STAMP) -> str:
    return signature(payload, secret, stamp)


@pytest.mark.parametrize("secret", [OLD, NEW])
@pytest.mark.parametrize("away", [-300, -1, 0, 1, 300])
def test_both_secrets_are_believed_within_five_minutes(
    listening: StripeGateway, secret: str, away: int
) -> None:
    event = listening.verify(BODY, v1(BODY, secret, STAMP + away))
    assert (event.id, event.object_id, event.created_at) == ("evt_1", "cs_test_1", NOW)


def test_our_signature_is_the_library_s_own() -> None:
    wanted = stripe.WebhookSignature.generate_signature_header(BODY.decode(), NEW, STAMP)
    assert v1(BODY, NEW) == wanted


@pytest.mark.parametrize(
    ("payload", "header"),
    [
        pytest.param(BODY, "", id="no header"),
        pytest.param(BODY, "nonsense", id="garbage"),
        pytest.param(BODY, "=,=,=", id="empty parts"),
        pytest.param(BODY, f"t={STAMP}", id="no signature"),
        pytest.param(BODY, v1(BODY, NEW).replace("v1=", "v0="), id="other scheme"),
        pytest.param(BODY, v1(BODY, "whsec_other"), id="other secret"),
        pytest.param(BODY, v1(BODY, ""), id="empty secret"),
        pytest.param(BODY + b" ", v1(BODY, NEW), id="a byte more"),
        pytest.param(BODY.replace(b"evt_1", b"evt_2"), v1(BODY, NEW), id="a byte changed"),
        pytest.param(BODY, v1(BODY, NEW, STAMP - 301), id="too old"),
        pytest.param(BODY, v1(BODY, NEW, STAMP + 301), id="from the future"),
        pytest.param(BODY, v1(BODY, NEW).replace(f"t={STAMP}", f"t={STAMP + 1}"), id="time moved"),
        pytest.param(BODY, v1(BODY, NEW).replace(f"t={STAMP}", "t=soon"), id="time unread"),
        pytest.param(BODY, v1(BODY, NEW) + "é", id="letters that are not ASCII"),
        pytest.param(b"\xff\xfe" + BODY, v1(b"\xff\xfe" + BODY, NEW), id="bytes that are no text"),
        pytest.param(b"", v1(BODY, NEW), id="nothing"),
    ],
)
def test_who_is_not_believed(listening: StripeGateway, payload: bytes, header: str) -> None:
    with pytest.raises(door.SignatureInvalid):
        listening.verify(payload, header)


def test_a_good_signature_among_others_is_enough(listening: StripeGateway) -> None:
    header = f"{v1(BODY, NEW)},v1={'0' * 64}"
    assert listening.verify(BODY, header).id == "evt_1"


def without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda event: {key: value for key, value in event.items() if key != name}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda event: [event], id="a list"),
        pytest.param(lambda event: {**event, "object": "v2.core.event"}, id="thin"),
        pytest.param(without("object"), id="no kind"),
        pytest.param(without("id"), id="no id"),
        pytest.param(lambda event: {**event, "id": ""}, id="empty id"),
        pytest.param(without("type"), id="no type"),
        pytest.param(without("data"), id="about nothing"),
        pytest.param(lambda event: {**event, "data": {"object": {}}}, id="about no object"),
        pytest.param(without("livemode"), id="no world"),
        pytest.param(lambda event: {**event, "livemode": "false"}, id="world in words"),
        pytest.param(without("created"), id="no instant"),
        pytest.param(lambda event: {**event, "created": 10**18}, id="no such instant"),
    ],
)
def test_what_is_signed_but_no_event_is_malformed(
    listening: StripeGateway, change: Callable[[dict[str, Any]], Any]
) -> None:
    payload = json.dumps(change(EVENT)).encode()
    with pytest.raises(door.EventMalformed):
        listening.verify(payload, v1(payload, NEW))


def test_signed_bytes_that_are_not_json_are_malformed(listening: StripeGateway) -> None:
    with pytest.raises(door.EventMalformed):
        listening.verify(b"{", v1(b"{", NEW))


def test_an_unknown_event_about_something_without_an_id_is_read(listening: StripeGateway) -> None:
    event = {
        **EVENT,
        "type": "something.new",
        "api_version": "2031-01-01.fig",
        "data": {"object": {"object": "novelty", "shape": [1, 2]}},
    }
    payload = json.dumps(event).encode()
    read = listening.verify(payload, v1(payload, NEW))
    assert (read.type, read.object_type, read.object_id) == ("something.new", "novelty", "")
    assert read.api_version == "2031-01-01.fig"


@pytest.mark.parametrize("key", ["sk_live_x", "rk_live_x"])
def test_a_test_event_does_not_reach_the_live_world(key: str) -> None:
    live = StripeGateway(key, (NEW,), None, 1.0, FrozenClock(NOW))
    with pytest.raises(door.LivemodeMismatch):
        live.verify(BODY, v1(BODY, NEW))
    payload = json.dumps({**EVENT, "livemode": True}).encode()
    assert live.verify(payload, v1(payload, NEW)).livemode


def test_a_live_event_does_not_reach_the_test_world(listening: StripeGateway) -> None:
    payload = json.dumps({**EVENT, "livemode": True}).encode()
    with pytest.raises(door.LivemodeMismatch):
        listening.verify(payload, v1(payload, NEW))


def test_without_a_secret_nobody_is_believed() -> None:
    deaf = StripeGateway("sk_test_sim_x", (" ",), "http://127.0.0.1:9", 1.0, FrozenClock(NOW))
    with pytest.raises(door.SignatureInvalid):
        deaf.verify(BODY, v1(BODY, " "))
