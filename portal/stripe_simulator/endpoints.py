"""Every endpoint of Stripe's API that the simulator answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal.stripe_simulator import (
    catalogue,
    customers,
    payment_methods,
    refunds,
    sessions,
    subscriptions,
)
from portal.stripe_simulator import parameters as p
from portal.stripe_simulator.account import Account, Handler
from portal.stripe_simulator.listing import Listing
from portal.stripe_simulator.store import Body

_NOTHING = p.shape({})


@dataclass(frozen=True)
class Endpoint:
    """One method of one path: what it takes and who carries it out."""

    method: str
    path: str
    check: p.Check
    handle: Handler


_LISTINGS = (
    Listing("customer", "customers", {"email": "email"}),
    Listing("product", "products", {"active": "active", "ids": "id"}),
    Listing(
        "price",
        "prices",
        {"active": "active", "currency": "currency", "product": "product", "type": "type"},
    ),
    Listing(
        "checkout.session",
        "checkout/sessions",
        {
            "customer": "customer",
            "customer_details[email]": "customer_details.email",
            "payment_intent": "payment_intent",
            "status": "status",
            "subscription": "subscription",
        },
    ),
    Listing("payment_intent", "payment_intents", {"customer": "customer"}),
    Listing("charge", "charges", {"customer": "customer", "payment_intent": "payment_intent"}),
    Listing(
        "balance_transaction",
        "balance_transactions",
        {"currency": "currency", "payout": "_sim.payout", "source": "source", "type": "type"},
    ),
    Listing(
        "invoice",
        "invoices",
        {
            "collection_method": "collection_method",
            "customer": "customer",
            "status": "status",
            "subscription": "parent.subscription_details.subscription",
        },
    ),
    Listing(
        "invoice_payment",
        "invoice_payments",
        {
            "invoice": "invoice",
            "payment[payment_intent]": "payment.payment_intent",
            "payment[type]": "payment.type",
            "status": "status",
        },
    ),
    Listing("refund", "refunds", {"charge": "charge", "payment_intent": "payment_intent"}),
    Listing("dispute", "disputes", {"charge": "charge", "payment_intent": "payment_intent"}),
    Listing(
        "setup_intent",
        "setup_intents",
        {"customer": "customer", "payment_method": "payment_method"},
    ),
    Listing("payment_method", "payment_methods", {"customer": "customer", "type": "type"}, ()),
    Listing("event", "events", {"type": "type", "types": "type"}),
    Listing("payout", "payouts", {"status": "status"}, ("created", "arrival_date")),
)
_SUBSCRIPTION_FILTERS = {"customer": "customer", "price": "items.data[0].price.id"}
_SUBSCRIPTIONS = Listing(
    "subscription",
    "subscriptions",
    _SUBSCRIPTION_FILTERS,
    always=("json_extract(body, '$.status') <> 'canceled'",),
)
_ALL_SUBSCRIPTIONS = Listing("subscription", "subscriptions", _SUBSCRIPTION_FILTERS)
_SUBSCRIPTIONS_BY_STATUS = Listing(
    "subscription", "subscriptions", {**_SUBSCRIPTION_FILTERS, "status": "status"}
)
_RETRIEVED_ONLY = (("mandate", "mandates"),)


def endpoints() -> Iterator[Endpoint]:
    """All of them."""
    for listing in _LISTINGS:
        yield Endpoint("GET", listing.url, listing.check(), listing.answer)
        yield _retrieve(listing.kind, listing.url)
    for kind, url in _RETRIEVED_ONLY:
        yield _retrieve(kind, url)
    yield Endpoint("GET", "subscriptions", _SUBSCRIPTIONS_BY_STATUS.check(), _list_subscriptions)
    yield _retrieve("subscription", "subscriptions")
    yield from _WRITING


def _retrieve(kind: str, url: str) -> Endpoint:
    def handle(account: Account, given: Body) -> Body:
        return account.get(kind, given["id"])

    return Endpoint("GET", f"{url}/<id>", _NOTHING, handle)


def _list_subscriptions(account: Account, given: Body) -> Body:
    status = given.get("status")
    if status == "all":
        return _ALL_SUBSCRIPTIONS.answer(account, given)
    listing = _SUBSCRIPTIONS if status is None else _SUBSCRIPTIONS_BY_STATUS
    return listing.answer(account, given)


def _list_line_items(account: Account, given: Body) -> Body:
    return sessions.line_items(account.get("checkout.session", given["id"]))


def _detach(account: Account, given: Body) -> Body:
    return payment_methods.detach(account, account.get("payment_method", given["id"]))


_WRITING = (
    Endpoint("POST", "customers", customers.CREATE, customers.create),
    Endpoint("POST", "customers/<id>", customers.UPDATE, customers.update),
    Endpoint("POST", "products", catalogue.CREATE_PRODUCT, catalogue.create_product),
    Endpoint("POST", "products/<id>", catalogue.UPDATE_PRODUCT, catalogue.update_product),
    Endpoint("POST", "prices", catalogue.CREATE_PRICE, catalogue.create_price),
    Endpoint("POST", "prices/<id>", catalogue.UPDATE_PRICE, catalogue.update_price),
    Endpoint("POST", "checkout/sessions", sessions.CREATE, sessions.create),
    Endpoint("POST", "checkout/sessions/<id>", sessions.UPDATE, sessions.update),
    Endpoint("POST", "checkout/sessions/<id>/expire", _NOTHING, sessions.expire),
    Endpoint("GET", "checkout/sessions/<id>/line_items", _NOTHING, _list_line_items),
    Endpoint("POST", "subscriptions/<id>", subscriptions.UPDATE, subscriptions.update),
    Endpoint("DELETE", "subscriptions/<id>", subscriptions.CANCEL, subscriptions.cancel),
    Endpoint("POST", "refunds", refunds.CREATE, refunds.create),
    Endpoint("POST", "refunds/<id>", refunds.UPDATE, refunds.update),
    Endpoint("POST", "payment_methods/<id>/detach", _NOTHING, _detach),
)
