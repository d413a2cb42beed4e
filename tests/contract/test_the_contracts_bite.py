"""A planted mistake is found: in what our gateway asks, and in what the simulator takes and answers."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import pytest
import stripe
from stripe._encode import _api_encode

from portal.core.money import Money
from portal.donations.stripe_gateway import asks
from tests.contract.client import ContractBroken, GatewayUnderContract, check, declared_by
from tests.contract.description import description
from tests.contract.form_encoding import decoded
from tests.contract.watch import Watch
from tests.integration.stripe.actors import KEY, SECRET, a_gift, a_plan

SESSION = declared_by(stripe.StripeClient(KEY).v1.checkout.sessions.create)
PLANTED = {
    "an unknown parameter": {"nonsense": 1},
    "one the version took away": {"payment_method_types": ["card"]},
    "a nested unknown one": {"line_items": [{"price_data": {"currency": "eur", "colour": "red"}}]},
    "a number as text": {"line_items": [{"quantity": "1"}]},
    "text as a number": {"success_url": 1},
    "a list where one is wanted": {"metadata": ["reference"]},
    "an option among the parameters": {"idempotency_key": "gift-1"},
}
REFUND = {
    "id": "re_1",
    "object": "refund",
    "amount": 500,
    "charge": "ch_1",
    "created": 1,
    "currency": "eur",
    "metadata": {},
    "payment_intent": "pi_1",
    "reason": None,
    "status": "succeeded",
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED.keys())
def test_the_library_does_not_know_a_planted_parameter(planted: dict[str, Any]) -> None:
    asked = asks.checkout(a_plan())
    check(SESSION, asked)
    with pytest.raises(ContractBroken):
        check(SESSION, {**asked, **planted})


def test_a_gateway_with_a_planted_parameter_does_not_get_as_far_as_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    honest = asks.checkout
    monkeypatch.setattr(asks, "checkout", lambda request: {**honest(request), "nonsense": 1})
    gateway = GatewayUnderContract(KEY, (SECRET,), "http://127.0.0.1:9", 1.0)
    with pytest.raises(ContractBroken, match="nonsense"):
        gateway.start_checkout(a_gift())
    with pytest.raises(ContractBroken, match="nonsense"):
        gateway.close()


def as_sent(path: str, asked: dict[str, Any], method: str = "POST") -> str:
    """What the description finds wrong with a request, empty when nothing."""
    name = description().operation_of(method, path)
    assert name is not None
    sent = ((key, str(value)) for key, value in _api_encode(asked))
    return description().wrong_request(name, decoded(sent))


@pytest.mark.parametrize(
    "asked", [asks.checkout(a_gift(Money(500, "JPY"))), asks.checkout(a_plan())]
)
def test_the_description_knows_what_we_ask(asked: dict[str, Any]) -> None:
    assert as_sent("/v1/checkout/sessions", asked) == ""


@pytest.mark.parametrize(
    ("path", "asked", "found"),
    [
        ("/v1/checkout/sessions", {"mode": "payment", "nonsense": 1}, "nonsense"),
        ("/v1/checkout/sessions", {"mode": "present"}, "present"),
        ("/v1/checkout/sessions", {"payment_method_types": ["card"]}, "payment_method_types"),
        ("/v1/refunds", {"payment_intent": "pi_1", "amount": "ten"}, "integer"),
        ("/v1/subscriptions/sub_1", {"pause_collection": {"behavior": "sleep"}}, "sleep"),
        ("/v1/subscriptions/sub_1", {"pause_collection": {"until": 1}}, "until"),
    ],
)
def test_the_description_does_not_know_a_planted_parameter(
    path: str, asked: dict[str, Any], found: str
) -> None:
    assert found in as_sent(path, asked)


def test_the_description_does_not_know_a_planted_filter() -> None:
    assert as_sent("/v1/refunds", {"limit": 1}, "GET") == ""
    assert "sponsor" in as_sent("/v1/refunds", {"sponsor": "x"}, "GET")


def visit(method: str, path: str, asked: dict[str, str], status: int, answer: Any) -> list[str]:
    """What the watch finds at a door that answers so."""

    def door(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start(f"{status} Word", [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]

    watch, raw = Watch(door), urlencode(asked).encode()
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": raw.decode() if method == "GET" else "",
        "CONTENT_LENGTH": str(len(raw)),
        "wsgi.input": io.BytesIO(raw),
    }
    list(watch(environ, lambda *_: None))
    return watch.broken


ASKED = {"payment_intent": "pi_1", "amount": "500"}
REFUSAL = {"error": {"type": "invalid_request_error", "message": "No."}}


def test_the_watch_lets_a_good_answer_to_a_good_request_pass() -> None:
    assert visit("POST", "/v1/refunds", ASKED, 200, REFUND) == []


def test_a_wrong_request_must_have_been_refused() -> None:
    wrong = {**ASKED, "nonsense": "1"}
    assert visit("POST", "/v1/refunds", wrong, 400, REFUSAL) == []
    (fault,) = visit("POST", "/v1/refunds", wrong, 200, REFUND)
    assert "taken though" in fault
    assert "nonsense" in fault


@pytest.mark.parametrize(
    ("altered", "found"),
    [
        ({"colour": "red"}, "colour"),
        ({"amount": "500"}, "integer"),
        ({"created": None}, "None"),
        ({"object": "payback"}, "payback"),
        ({"payment_intent": {"id": "pi_1"}}, "payment_intent"),
    ],
)
def test_an_answer_stripe_would_not_give_is_found(altered: dict[str, Any], found: str) -> None:
    (fault,) = visit("POST", "/v1/refunds", ASKED, 200, {**REFUND, **altered})
    assert found in fault


def test_a_refusal_in_other_words_than_stripes_is_found() -> None:
    assert visit("POST", "/v1/refunds", ASKED, 400, {"message": "No."})


def test_an_operation_stripe_does_not_have_must_not_be_answered() -> None:
    assert visit("GET", "/v1/sponsors", {}, 404, REFUSAL) == []
    assert visit("GET", "/v1/sponsors", {}, 200, {}) == [
        "GET /v1/sponsors: Stripe has no such operation"
    ]


def test_what_an_event_tells_of_is_looked_at_too() -> None:
    event = {
        "id": "evt_1",
        "object": "event",
        "api_version": None,
        "created": 1,
        "data": {"object": {**REFUND, "colour": "red"}},
        "livemode": False,
        "pending_webhooks": 0,
        "request": None,
        "type": "refund.created",
    }
    (fault,) = visit("GET", "/v1/events/evt_1", {}, 200, event)
    assert "colour" in fault
