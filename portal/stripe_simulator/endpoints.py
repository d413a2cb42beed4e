"""Every endpoint of Stripe's API that the simulator answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal.stripe_simulator import (
    balance,
    catalogue,
    customers,
    invoice_payment,
    payment_methods,
    payouts,
    plan_changes,
    refunds,
    sessions,
    subscriptions,
)
from portal.stripe_simulator import parameters as p
from portal.stripe_simulator.account import DAY, Account, Handler
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


_LINES = Listing(
    "balance_transaction",
    "balance_transactions",
    {"currency": "currency", "payout": "_sim.payout", "source": "source", "type": "type"},
)
_METHODS = Listing(
    "payment_method", "payment_methods", {"customer": "customer", "type": "type"}, ()
)
_METHODS_OF_CUSTOMER = Listing(
    "payment_method", "customers/<id>/payment_methods", {"type": "type"}, ()
)
_OF_PAYMENT = {"charge": "charge", "payment_intent": "payment_intent"}
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
    Listing("refund", "refunds", _OF_PAYMENT),
    Listing("dispute", "disputes", _OF_PAYMENT),
    Listing(
        "setup_intent",
        "setup_intents",
        {"customer": "customer", "payment_method": "payment_method"},
    ),
    _METHODS,
    Listing("radar.early_fraud_warning", "radar/early_fraud_warnings", _OF_PAYMENT),
    Listing("event", "events", {"type": "type", "types": "type"}, kept_for=30 * DAY),
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
    yield Endpoint("GET", "balance", _NOTHING, balance.show)
    yield Endpoint("GET", "balance_transactions", _LINES.check(), _list_lines)
    yield _retrieve("balance_transaction", "balance_transactions")
    yield Endpoint("GET", _METHODS_OF_CUSTOMER.url, _METHODS_OF_CUSTOMER.check(), _list_methods)
    yield Endpoint("GET", f"{_METHODS_OF_CUSTOMER.url}/<method>", _NOTHING, _retrieve_method)
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


def _list_lines(account: Account, given: Body) -> Body:
    if "payout" in given:
        payouts.lines_of(account, given["payout"])
    return _LINES.answer(account, given)


def _list_methods(account: Account, given: Body) -> Body:
    customer = account.get("customer", given.pop("id"))["id"]
    return _METHODS.answer(account, {**given, "customer": customer})


def _retrieve_method(account: Account, given: Body) -> Body:
    return payment_methods.of_customer(account, given["id"], given["method"], "payment_method")


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
    Endpoint("POST", "subscriptions/<id>", plan_changes.UPDATE, plan_changes.update),
    Endpoint("DELETE", "subscriptions/<id>", subscriptions.CANCEL, subscriptions.cancel),
    Endpoint("POST", "refunds", refunds.CREATE, refunds.create),
    Endpoint("POST", "refunds/<id>", refunds.UPDATE, refunds.update),
    Endpoint("POST", "invoices/<id>/pay", invoice_payment.PAY, invoice_payment.pay),
    Endpoint("POST", "invoices/<id>/mark_uncollectible", _NOTHING, invoice_payment.give_up),
    Endpoint("POST", "payment_methods/<id>", payment_methods.UPDATE, payment_methods.update),
    Endpoint("POST", "payment_methods/<id>/detach", _NOTHING, payment_methods.detach),
)
