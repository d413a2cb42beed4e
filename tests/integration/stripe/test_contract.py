"""The simulator against Stripe's own library: its declared fields decide, not our memory of them."""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import stripe
import typing_extensions
from stripe.checkout import Session as CheckoutSession
from stripe.params import RefundCreateParams, SubscriptionUpdateParams
from stripe.params.checkout import SessionCreateParams

from portal.core.money import Money
from portal.donations.stripe_gateway import StripeGateway, asks
from tests.integration.stripe.actors import Donor, Hand, a_gift, a_plan

CLASSES: dict[str, Any] = {
    "balance_transaction": stripe.BalanceTransaction,
    "charge": stripe.Charge,
    "checkout.session": CheckoutSession,
    "customer": stripe.Customer,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "invoice": stripe.Invoice,
    "invoice_payment": stripe.InvoicePayment,
    "item": stripe.LineItem,
    "line_item": stripe.InvoiceLineItem,
    "mandate": stripe.Mandate,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "payout": stripe.Payout,
    "plan": stripe.Plan,
    "price": stripe.Price,
    "product": stripe.Product,
    "refund": stripe.Refund,
    "setup_intent": stripe.SetupIntent,
    "subscription": stripe.Subscription,
    "subscription_item": stripe.SubscriptionItem,
}
EMBEDDED = {"item", "line_item", "mandate", "plan", "subscription_item"}
LISTS = (
    "balance_transactions charges checkout/sessions customers disputes events invoices "
    "invoice_payments payment_intents payment_methods payouts prices products refunds "
    "setup_intents subscriptions?status=all"
)


def required(annotation: Any) -> bool:
    union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    return not (union and type(None) in typing.get_args(annotation))


def faults(found: Any, cls: Any, where: str) -> Iterator[str]:
    """Fields the library's class does not know, and needed ones that are missing, all the way down."""
    if isinstance(found, list):
        for each in found:
            yield from faults(each, cls, where)
    if not isinstance(found, Mapping):
        return
    known = {name: each for name, each in cls.__annotations__.items() if _is_field(name)}
    yield from (f"{where}.{name} is unknown" for name in found.keys() - known.keys())
    for name, annotation in known.items():
        if required(annotation) and found.get(name) is None:
            yield f"{where}.{name} is missing"
    for name, inner in getattr(cls, "_inner_class_types", {}).items():
        yield from faults(found.get(name), inner, f"{where}.{name}")
    for each in found.values():
        yield from embedded_faults(each)


def _is_field(name: str) -> bool:
    return name != "OBJECT_NAME" and not name.startswith("_")


def embedded_faults(found: Any) -> Iterator[str]:
    if isinstance(found, Mapping) and found.get("object") == "list":
        for each in found["data"]:
            yield from embedded_faults(each)
    elif isinstance(found, Mapping) and str(found.get("object")) in CLASSES:
        yield from faults(found, CLASSES[found["object"]], found["object"])


@pytest.fixture
def full_world(
    gateway: StripeGateway, library: stripe.StripeClient, donor: Donor, hand: Hand
) -> None:
    """One of everything."""
    for number, outcome in enumerate(("paid", "sepa", "declined", "disputed", "three_d_secure")):
        donor.chooses(gateway.start_checkout(a_gift(key=f"g{number}")).url, outcome)
        donor.chooses(gateway.start_checkout(a_plan(key=f"p{number}")).url, outcome)
    started = gateway.start_checkout(a_gift(key="refunded"))
    donor.chooses(started.url, "paid")
    intent = gateway.fetch_checkout(started.session_id).payment_intent_id or ""
    gateway.refund(intent, Money(100, "EUR"), "r1")
    for outcome in ("sepa", "declined"):
        session = library.v1.checkout.sessions.create(
            {"mode": "setup", "currency": "eur", "success_url": "http://127.0.0.1:9/"}
        )
        donor.chooses(session.url or "", outcome, email="camille@example.org")
    hand.lets_pass(days=40)


@pytest.mark.usefixtures("full_world")
def test_every_object_has_the_fields_the_library_declares(donor: Donor, hand: Hand) -> None:
    wrong: set[str] = set()
    seen: set[str] = set()
    donor.http.headers["Authorization"] = "Bearer sk_test_sim_x"
    for url in LISTS.split():
        sign = "&" if "?" in url else "?"
        answer = donor.http.get(f"{hand.address}/v1/{url}{sign}limit=100").json()
        for each in answer["data"]:
            seen.add(each["object"])
            wrong.update(faults(each, CLASSES[each["object"]], each["object"]))
            if each["object"] == "event":
                subject = each["data"]["object"]
                wrong.update(faults(subject, CLASSES[subject["object"]], subject["object"]))
    assert sorted(wrong) == []
    assert seen == CLASSES.keys() - EMBEDDED


def unknown(asked: Any, hint: Any, module: str, where: str) -> Iterator[str]:
    """Parameters the library's own description of the request does not know, all the way down."""
    if isinstance(asked, list):
        for each in asked:
            yield from unknown(each, hint, module, where)
    if not isinstance(asked, dict):
        return
    known = parameters(hint, module)
    if not known:
        return
    for name, value in asked.items():
        if name in known:
            yield from unknown(value, known[name], module, f"{where}[{name}]")
        else:
            yield f"{where}[{name}]"


def parameters(hint: Any, module: str) -> dict[str, Any]:
    names = {**vars(sys.modules[module]), "StripeContext": Any, "Mapping": Mapping}
    known: dict[str, Any] = {}
    for described in described_in(hint):
        known |= typing_extensions.get_type_hints(described, globalns=names)
    return known


def described_in(hint: Any) -> Iterator[Any]:
    if typing_extensions.is_typeddict(hint):
        yield hint
    for part in typing.get_args(hint):
        yield from described_in(part)


@pytest.mark.parametrize("request_for", [a_gift, a_plan])
def test_what_we_ask_is_known_to_the_library(request_for: Any) -> None:
    asked = asks.checkout(request_for())
    module = SessionCreateParams.__module__
    assert list(unknown(asked, SessionCreateParams, module, "")) == []
    asked["line_items"][0]["price_data"]["nonsense"] = 1
    asked["payment_method_types"] = ["card"]
    found = set(unknown(asked, SessionCreateParams, module, ""))
    assert found == {"[line_items][price_data][nonsense]", "[payment_method_types]"}


def test_a_new_amount_is_asked_in_words_the_library_knows(
    gateway: StripeGateway, library: stripe.StripeClient, donor: Donor
) -> None:
    started = gateway.start_checkout(a_plan())
    donor.chooses(started.url, "paid")
    plan = gateway.fetch_checkout(started.session_id).subscription_id or ""
    present = library.v1.subscriptions.retrieve(plan).to_dict(for_json=True)
    asked = asks.new_amount(present, Money(5000, "EUR"))
    module = SubscriptionUpdateParams.__module__
    assert list(unknown(asked, SubscriptionUpdateParams, module, "")) == []
    refund = parameters(RefundCreateParams, RefundCreateParams.__module__)
    assert {"payment_intent", "amount"} <= refund.keys()
