"""What Stripe does around every call: it refuses the unknown, pages its lists, expands what is asked."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import stripe

from portal.donations.stripe_gateway import StripeGateway
from tests.integration.stripe.actors import KEY, Donor, Hand, a_gift, a_plan

AUTHORISED = {"Authorization": f"Bearer {KEY}"}


@pytest.mark.parametrize(
    ("params", "param", "code"),
    [
        ({"payment_method_types[0]": "card"}, None, "payment_method_types_no_longer_supported"),
        ({"colour": "red"}, "colour", "parameter_unknown"),
        (
            {"line_items[0][price_data][colour]": "red"},
            "line_items[0][price_data][colour]",
            "parameter_unknown",
        ),
        ({"mode": "gift"}, "mode", None),
        ({"success_url": "javascript:alert(1)"}, "success_url", "url_invalid"),
        ({"success_url": ""}, "success_url", "parameter_invalid_empty"),
        ({"customer": "cus_missing"}, "customer", "resource_missing"),
        ({"customer_creation": "always", "mode": "subscription"}, "customer_creation", None),
        ({"expires_at": "1"}, "expires_at", None),
        (
            {"line_items[0][quantity]": "one"},
            "line_items[0][quantity]",
            "parameter_invalid_integer",
        ),
        ({"ui_mode": "embedded_page"}, "ui_mode", None),
    ],
)
def test_a_session_with_a_wrong_parameter_is_refused_and_says_which(
    hand: Hand, browser: requests.Session, params: dict[str, str], param: str, code: str
) -> None:
    good = {
        "mode": "payment",
        "success_url": "http://127.0.0.1:9/",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "1000",
        "line_items[0][price_data][product_data][name]": "Gift",
    }
    answer = browser.post(
        f"{hand.address}/v1/checkout/sessions", data={**good, **params}, headers=AUTHORISED
    )
    error = answer.json()["error"]
    assert answer.status_code in (400, 404)
    assert error["type"] == "invalid_request_error"
    assert error.get("code") == code
    assert param in (None, error.get("param"))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("PUT", "/v1/customers", 404),
        ("DELETE", "/v1/events/evt_1", 404),
        ("GET", "/v1/customers/cus_missing", 404),
        ("GET", "/v1/customers?colour=red", 400),
        ("GET", "/v1/customers?limit=1000", 400),
        ("GET", "/v1/customers?starting_after=cus_missing", 404),
        ("GET", "/v1/charges?expand[]=data.colour", 200),
    ],
)
def test_what_is_not_there_is_refused_in_stripe_s_own_shape(
    hand: Hand, browser: requests.Session, method: str, path: str, status: int
) -> None:
    answer = browser.request(method, hand.address + path, headers=AUTHORISED)
    assert answer.status_code == status
    assert status == 200 or answer.json()["error"]["message"]
    assert answer.headers["Request-Id"].startswith("req_sim")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer sk_live_x"}, 401),
        ({"Authorization": "Bearer sk_test_x"}, 401),
        ({**AUTHORISED, "Stripe-Version": "2024-06-20"}, 400),
        ({**AUTHORISED, "Host": "stripe.example.org"}, 403),
        (AUTHORISED, 200),
    ],
)
def test_who_may_ask(
    hand: Hand, browser: requests.Session, headers: dict[str, str], status: int
) -> None:
    answer = browser.get(f"{hand.address}/v1/customers", headers=headers)
    assert answer.status_code == status


def test_json_is_not_how_stripe_is_spoken_to(hand: Hand, browser: requests.Session) -> None:
    answer = browser.post(f"{hand.address}/v1/customers", json={}, headers=AUTHORISED)
    assert answer.status_code == 400


def test_lists_are_paged_newest_first(library: stripe.StripeClient) -> None:
    made = [library.v1.customers.create({"name": f"Donor {n}"}).id for n in range(7)]
    page = library.v1.customers.list({"limit": 3})
    assert [each.id for each in page.data] == made[:3:-1]
    assert page.has_more
    assert [each.id for each in page.auto_paging_iter()] == made[::-1]
    before = library.v1.customers.list({"limit": 3, "ending_before": page.data[-1].id})
    assert [each.id for each in before.data] == made[:4:-1]


def test_lists_are_filtered(
    gateway: StripeGateway, library: stripe.StripeClient, donor: Donor, hand: Hand
) -> None:
    donor.chooses(gateway.start_checkout(a_gift(key="early")).url, "paid")
    hand.lets_pass(days=2)
    since = hand.asks()["now"]
    donor.chooses(gateway.start_checkout(a_gift(key="late")).url, "paid")
    assert len(library.v1.charges.list().data) == 2
    assert len(library.v1.charges.list({"created": {"gte": since}}).data) == 1
    assert len(library.v1.events.list({"type": "charge.succeeded"}).data) == 2
    two = library.v1.events.list({"types": ["charge.succeeded", "checkout.session.completed"]})
    assert len(two.data) == 4
    assert library.v1.subscriptions.list({"status": "all"}).data == []


def test_what_is_asked_for_is_expanded(
    gateway: StripeGateway, library: stripe.StripeClient, donor: Donor
) -> None:
    started = gateway.start_checkout(a_plan())
    donor.chooses(started.url, "paid")
    asked = [
        "line_items",
        "subscription.latest_invoice.payments.data.payment.payment_intent",
        "invoice",
    ]
    with pytest.raises(stripe.InvalidRequestError, match="more than 4 levels"):
        library.v1.checkout.sessions.retrieve(started.session_id, {"expand": asked})
    asked[1] = "subscription.latest_invoice.payments"
    found = library.v1.checkout.sessions.retrieve(started.session_id, {"expand": asked})
    session = found.to_dict(for_json=True)
    assert session["line_items"]["data"][0]["amount_total"] == 3000
    paid = session["subscription"]["latest_invoice"]["payments"]["data"][0]
    assert paid["payment"]["payment_intent"].startswith("pi_")
    assert session["invoice"]["id"] == session["subscription"]["latest_invoice"]["id"]


def test_what_cannot_be_expanded_is_refused(
    gateway: StripeGateway, library: stripe.StripeClient
) -> None:
    started = gateway.start_checkout(a_gift())
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        library.v1.checkout.sessions.retrieve(started.session_id, {"expand": ["colour"]})


def test_customers_products_and_prices_are_kept_and_changed(library: stripe.StripeClient) -> None:
    customer = library.v1.customers.create(
        {"email": "camille@example.org", "metadata": {"a": "1", "b": "2"}}
    )
    changed = library.v1.customers.update(customer.id, {"metadata": {"a": "", "c": "3"}})
    assert changed.to_dict()["metadata"] == {"b": "2", "c": "3"}
    assert library.v1.customers.update(customer.id, {"email": ""}).email is None
    product = library.v1.products.create({"name": "Sponsorship"})
    price = library.v1.prices.create(
        {
            "product": product.id,
            "currency": "eur",
            "unit_amount": 3000,
            "recurring": {"interval": "month"},
        }
    )
    session = library.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "success_url": "http://127.0.0.1:9/",
            "line_items": [{"price": price.id, "quantity": 2}],
        }
    )
    assert session.amount_total == 6000
    assert library.v1.products.update(product.id, {"active": False}).active is False


def test_an_open_session_can_be_expired_once(
    gateway: StripeGateway, library: stripe.StripeClient
) -> None:
    started = gateway.start_checkout(a_gift())
    assert library.v1.checkout.sessions.expire(started.session_id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError):
        library.v1.checkout.sessions.expire(started.session_id)


def test_a_reset_forgets_everything(
    gateway: StripeGateway, library: stripe.StripeClient, hand: Hand
) -> None:
    gateway.start_checkout(a_gift())
    hand.lets_pass(days=3)
    hand.does("reset")
    assert library.v1.checkout.sessions.list().data == []
    assert library.v1.events.list().data == []
    assert hand.asks()["agenda"] == []


@pytest.mark.parametrize(
    ("what", "wanted"),
    [
        ("clock", {"to": 1}),
        ("clock", {"days": -1}),
        ("clock", {"weeks": 1}),
        ("webhooks", {"mode": "loud"}),
        ("faults", {"status": 418}),
        ("events/evt_missing/send", {}),
        ("payouts", {}),
    ],
)
def test_the_hand_is_told_what_it_cannot_do(
    hand: Hand, browser: requests.Session, what: str, wanted: dict[str, Any]
) -> None:
    answer = browser.post(f"{hand.address}/_sim/{what}", json=wanted)
    assert answer.status_code in (400, 404)
    assert answer.json()["error"]["message"]


def test_a_form_of_another_site_cannot_move_the_clock(
    hand: Hand, browser: requests.Session
) -> None:
    answer = browser.post(f"{hand.address}/_sim/clock", data={"days": "1"})
    assert answer.status_code == 415
