"""The simulator against what nobody here wrote: the fields Stripe's library declares, Stripe's own description.

The description also watches every other test of this folder, at the simulator's door (`conftest`).
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import stripe
from stripe.checkout import Session as CheckoutSession
from stripe.radar import EarlyFraudWarning

from portal.core.money import Money
from portal.donations.stripe_gateway import StripeGateway
from tests.contract.description import description
from tests.contract.watch import wrong_subject
from tests.integration.stripe.actors import Donor, Hand, Receiver, a_gift, a_plan, eventually
from tests.integration.stripe.scenes import Scene

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
    "radar.early_fraud_warning": EarlyFraudWarning,
    "refund": stripe.Refund,
    "setup_intent": stripe.SetupIntent,
    "subscription": stripe.Subscription,
    "subscription_item": stripe.SubscriptionItem,
}
EMBEDDED = {"item", "line_item", "mandate", "plan", "subscription_item"}
LISTS = (
    "balance_transactions charges checkout/sessions customers disputes events invoices "
    "invoice_payments payment_intents payment_methods payouts prices products "
    "radar/early_fraud_warnings refunds "
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
    gateway: StripeGateway, library: stripe.StripeClient, donor: Donor, hand: Hand, scene: Scene
) -> None:
    """One of everything."""
    for number, outcome in enumerate(("paid", "sepa", "declined", "disputed", "three_d_secure")):
        donor.chooses(gateway.start_checkout(a_gift(key=f"g{number}")).url, outcome)
        donor.chooses(gateway.start_checkout(a_plan(key=f"p{number}")).url, outcome)
    gateway.refund(scene.gift(), Money(100, "EUR"), "r1")
    gateway.start_checkout(a_gift(Money(1000, "JPY"), key="yen"))
    hand.does(f"charges/{scene.charge()}/fraud_warning")
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
            if each.get("type") == "invoice.upcoming":
                each["data"]["object"]["id"] = "in_that_has_no_id_yet"
            wrong.update(faults(each, CLASSES[each["object"]], each["object"]))
            if each["object"] == "event":
                subject = each["data"]["object"]
                wrong.update(faults(subject, CLASSES[subject["object"]], subject["object"]))
    assert sorted(wrong) == []
    assert seen == CLASSES.keys() - EMBEDDED


@pytest.mark.usefixtures("full_world")
def test_every_event_is_delivered_as_stripe_describes_it(receiver: Receiver) -> None:
    eventually(lambda: "payout.paid" in receiver.types)
    wrong = {
        f"{event['type']}: {fault}"
        for event in receiver.events
        if (fault := description().wrong_object(event) or wrong_subject(event))
    }
    assert wrong == set()


@pytest.mark.usefixtures("full_world")
def test_a_suspicion_is_read_by_the_gateway(
    gateway: StripeGateway, library: stripe.StripeClient
) -> None:
    (warning,) = library.v1.radar.early_fraud_warnings.list().data
    told = gateway.fetch_fraud_warning(warning.id)
    assert (told.id, told.actionable) == (warning.id, True)
    assert gateway.fetch_payment(told.payment_intent_id).charge_id == warning.charge
