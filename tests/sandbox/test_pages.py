"""Hosted pages: opened once a key, in each rhythm and currency, read, and closed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.core.money import Money
from portal.donations.gateway import (
    CheckoutRequest,
    GatewayRefused,
    IdempotencyConflict,
    MethodRequest,
    ObjectUnknown,
)
from tests.integration.stripe.actors import SITE, a_gift, a_plan
from tests.sandbox.actors import REFERENCE, Actor

REQUESTS = {
    "euros": a_gift(),
    "dollars": a_gift(Money(5000, "USD")),
    "yen, which have no cents": a_gift(Money(5000, "JPY")),
    "each month": a_plan(),
    "each quarter, in francs": a_plan(Money(9000, "CHF"), interval="quarter"),
    "each year, in pounds": a_plan(Money(30_000, "GBP"), interval="year"),
}


@pytest.mark.parametrize("request_for", REQUESTS.values(), ids=REQUESTS.keys())
def test_a_page_is_opened_read_and_closed(actor: Actor, request_for: CheckoutRequest) -> None:
    wanted = replace(request_for, idempotency_key=actor.name("page"), reference=REFERENCE)
    started = actor.gateway.start_checkout(wanted)
    assert actor.gateway.start_checkout(wanted) == started
    standing = actor.gateway.fetch_checkout(started.session_id)
    assert (standing.status, standing.payment_status) == ("open", "unpaid")
    assert standing.reference == REFERENCE
    assert actor.gateway.expire_checkout(started.session_id).status == "expired"
    with pytest.raises(GatewayRefused):
        actor.gateway.expire_checkout(started.session_id)


def test_a_key_is_good_for_one_request(actor: Actor) -> None:
    wanted = a_gift(key=actor.name("page"))
    actor.gateway.start_checkout(wanted)
    with pytest.raises(IdempotencyConflict):
        actor.gateway.start_checkout(replace(wanted, amount=Money(4800)))


def test_a_page_for_another_card_asks_for_no_money(actor: Actor) -> None:
    plan = actor.begins_plan(Money(3000))
    request = MethodRequest(
        customer_id=actor.gateway.fetch_subscription(plan).customer_id,
        subscription_id=plan,
        currency="EUR",
        idempotency_key=actor.name("method"),
        reference=REFERENCE,
        language="fr",
        success_url=f"{SITE}/me/plans",
        cancel_url=f"{SITE}/me/plans",
    )
    started = actor.gateway.start_method_update(request)
    standing = actor.gateway.fetch_checkout(started.session_id)
    assert (standing.payment_status, standing.reference) == ("no_payment_required", REFERENCE)
    assert started.url.startswith("http")


def test_what_does_not_exist_is_named_so(actor: Actor) -> None:
    gateway = actor.gateway
    for fetch in (gateway.fetch_payment, gateway.fetch_refund, gateway.fetch_dispute):
        with pytest.raises(ObjectUnknown):
            fetch("xx_that_never_was")
