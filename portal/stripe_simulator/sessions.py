"""Checkout sessions as the API makes and shows them."""

from __future__ import annotations

from portal.stripe_simulator import catalogue, customers, payments
from portal.stripe_simulator import parameters as p
from portal.stripe_simulator.account import Account
from portal.stripe_simulator.blanks import blank
from portal.stripe_simulator.currencies import RATES, too_small
from portal.stripe_simulator.preferences import rate
from portal.stripe_simulator.refusals import Refusal, wrong_parameter
from portal.stripe_simulator.store import Body

_HOUR = 3600
_LOCALES = """
    auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl
    pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW
"""
_METHODS = p.list_of(p.one_of("card", "sepa_debit", "link", "bancontact", "paypal"))
_LINE_ITEM = p.shape(
    {"price": p.text(), "price_data": catalogue.PRICE_DATA, "quantity": p.whole(1)}
)
_TEXT = p.removable(p.shape({"message": p.text(1200)}, required=("message",)))
CREATE = p.shape(
    {
        "allowed_payment_method_types": _METHODS,
        "billing_address_collection": p.one_of("auto", "required"),
        "cancel_url": p.address,
        "client_reference_id": p.text(200),
        "currency": p.currency,
        "custom_text": p.shape({"after_submit": _TEXT, "submit": _TEXT}),
        "customer": p.text(),
        "customer_creation": p.one_of("always", "if_required"),
        "customer_email": p.email,
        "excluded_payment_method_types": _METHODS,
        "expires_at": p.whole(0),
        "line_items": p.list_of(_LINE_ITEM),
        "locale": p.one_of(*_LOCALES.split()),
        "metadata": p.metadata,
        "mode": p.one_of("payment", "setup", "subscription"),
        "payment_intent_data": p.shape(
            {
                "description": p.text(1000),
                "metadata": p.metadata,
                "receipt_email": p.email,
                "setup_future_usage": p.one_of("off_session", "on_session"),
                "statement_descriptor": p.text(22),
            }
        ),
        "payment_method_collection": p.one_of("always", "if_required"),
        "setup_intent_data": p.shape({"description": p.text(1000), "metadata": p.metadata}),
        "submit_type": p.one_of("auto", "book", "donate", "pay", "subscribe"),
        "subscription_data": p.shape({"description": p.text(500), "metadata": p.metadata}),
        "success_url": p.address,
        "ui_mode": p.one_of("hosted_page"),
    },
    required=("mode", "success_url"),
)
UPDATE = p.shape({"metadata": p.metadata})
_AS_PASSED = """
    allowed_payment_method_types billing_address_collection cancel_url client_reference_id customer
    customer_email locale submit_type success_url
"""
_ONLY_IN = {
    "customer_creation": "payment",
    "payment_intent_data": "payment",
    "setup_intent_data": "setup",
    "subscription_data": "subscription",
}


def create(account: Account, given: Body) -> Body:
    """A new page to pay at."""
    mode = given["mode"]
    _check(account, given)
    lines = [] if mode == "setup" else _lines(account, given)
    total = sum(line["amount_total"] for line in lines)
    currency = lines[0]["currency"] if lines else given.get("currency")
    if lines and too_small(total, str(currency), rate(account, str(currency))):
        raise wrong_parameter(
            "The Checkout Session's total amount due is below the minimum charge amount.",
            "line_items",
            "amount_too_small",
        )
    session = {
        "id": account.new_id("cs_test"),
        "object": "checkout.session",
        **_as_given(given, mode),
        "amount_subtotal": total if lines else None,
        "amount_total": total if lines else None,
        "created": account.now(),
        "currency": currency,
        "expires_at": _expiry(account, given),
        "metadata": p.merged({}, given.get("metadata", {})),
        "payment_status": "no_payment_required" if mode == "setup" else "unpaid",
        "status": "open",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}
        if lines
        else None,
        "_sim": {
            "line_items": lines,
            "payment_intent_data": given.get("payment_intent_data", {}),
            "setup_intent_data": given.get("setup_intent_data", {}),
            "subscription_data": given.get("subscription_data", {}),
            "intent": None,
        },
    }
    session["url"] = f"{given['_origin']}/c/pay/{session['id']}"
    account.save(session)
    account.plan(session["expires_at"], "expire", session["id"])
    return session


def update(account: Account, given: Body) -> Body:
    """Change a session's metadata; Stripe tells nobody."""
    session = account.get("checkout.session", given["id"])
    session["metadata"] = p.merged(session["metadata"], given.get("metadata", {}))
    return account.save(session)


def expire(account: Account, given: Body) -> Body:
    """Close a page nobody has paid at."""
    session = account.get("checkout.session", given["id"])
    if session["status"] != "open":
        raise Refusal(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of `{session['status']}`."
        )
    return close(account, session)


def close(account: Account, session: Body) -> Body:
    """The session is over without a payment; what was begun is cancelled."""
    session.update(status="expired", url=None)
    account.unplan("expire", session["id"])
    account.save(session)
    intent = account.find(session["_sim"]["intent"])
    if intent is not None and intent["object"] == "payment_intent":
        payments.cancel(account, intent, "expired")
    account.emit("checkout.session.expired", session)
    return session


def customer_of(account: Account, session: Body, email: str | None) -> str | None:
    """The session's customer, made now when this kind of session needs one."""
    if session["customer"] is None and (
        session["mode"] != "payment" or session["customer_creation"] == "always"
    ):
        session["customer"] = customers.create(account, {"email": email})["id"]
    found: str | None = session["customer"]
    return found


def email_of(account: Account, session: Body) -> str | None:
    """The donor's e-mail address, as far as the session knows it."""
    known = session["customer_email"] or (session["customer_details"] or {}).get("email")
    if not known and session["customer"] is not None:
        known = account.get("customer", session["customer"])["email"]
    return str(known) if known else None


def learn_email(session: Body, email: str | None) -> None:
    """Note what the page has learnt of the donor."""
    empty = ("address", "business_name", "individual_name", "name", "phone")
    session["customer_details"] = dict.fromkeys(empty) | {
        "email": email,
        "tax_exempt": "none",
        "tax_ids": [],
    }


def line_items(session: Body) -> Body:
    """What is paid for, as a list."""
    return {
        "object": "list",
        "data": session["_sim"]["line_items"],
        "has_more": False,
        "url": f"/v1/checkout/sessions/{session['id']}/line_items",
    }


def _check(account: Account, given: Body) -> None:
    mode = given["mode"]
    if "customer" in given and "customer_email" in given:
        raise wrong_parameter(
            "You may only specify one of these parameters: customer, customer_email.", "customer"
        )
    if "customer" in given:
        account.get("customer", given["customer"], "customer")
    for name, only in _ONLY_IN.items():
        if name in given and mode != only:
            raise wrong_parameter(f"You can not pass `{name}` in `{mode}` mode.", name)
    _check_lines(given, mode)


def _check_lines(given: Body, mode: str) -> None:
    if mode == "setup":
        if given.get("line_items"):
            raise wrong_parameter("You can not pass `line_items` in `setup` mode.", "line_items")
        if "currency" not in given:
            raise wrong_parameter("`currency` is required in `setup` mode.", "currency")
        if given["currency"] not in RATES:
            raise wrong_parameter(f"Invalid currency: {given['currency']}", "currency")
    elif not given.get("line_items"):
        raise wrong_parameter(f"You must pass `line_items` in `{mode}` mode.", "line_items")


def _lines(account: Account, given: Body) -> list[Body]:
    if len(given["line_items"]) > 1 and given["mode"] == "subscription":
        raise wrong_parameter("The simulator takes one line item in a subscription", "line_items")
    lines = [
        _line(account, item, given["mode"], f"line_items[{index}]")
        for index, item in enumerate(given["line_items"])
    ]
    if len({line["currency"] for line in lines}) > 1:
        raise wrong_parameter("All line items must have the same currency", "line_items")
    return lines


def _line(account: Account, item: Body, mode: str, path: str) -> Body:
    if ("price" in item) == ("price_data" in item):
        raise wrong_parameter("You must specify exactly one of price and price_data", path)
    if "price" in item:
        price = account.get("price", item["price"], f"{path}[price]")
    else:
        price = catalogue.inline_price(account, item["price_data"], f"{path}[price_data]")
    if (price["type"] == "recurring") != (mode == "subscription"):
        raise wrong_parameter(
            "You must provide at least one recurring price in `subscription` mode, and none in "
            "`payment` mode.",
            path,
        )
    if "quantity" not in item:
        raise wrong_parameter("Quantity is required.", f"{path}[quantity]", "parameter_missing")
    amount = price["unit_amount"] * item["quantity"]
    return {
        "id": account.new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": account.get("product", price["product"])["name"],
        "metadata": {},
        "price": price,
        "quantity": item["quantity"],
    }


def _expiry(account: Account, given: Body) -> int:
    now = account.now()
    wanted: int = given.get("expires_at", now + 24 * _HOUR)
    if not now + _HOUR // 2 - 60 <= wanted <= now + 24 * _HOUR + 60:
        raise wrong_parameter(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout "
            "Session creation.",
            "expires_at",
        )
    return wanted


def _as_given(given: Body, mode: str) -> Body:
    text = given.get("custom_text", {})
    places = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    return {
        **blank("checkout.session"),
        **{name: given.get(name) for name in _AS_PASSED.split()},
        **{name: given[name] for name in ("excluded_payment_method_types",) if name in given},
        "automatic_tax": dict.fromkeys(("liability", "provider", "status")) | {"enabled": False},
        "custom_fields": [],
        "custom_text": {place: text.get(place) for place in places},
        "customer_creation": given.get("customer_creation", "if_required")
        if mode == "payment"
        else ("always" if mode == "subscription" else None),
        "discounts": [],
        "livemode": False,
        "mode": mode,
        "payment_method_collection": given.get(
            "payment_method_collection", "always" if mode == "subscription" else "if_required"
        ),
        "payment_method_options": {},
        "payment_method_types": ["card", "sepa_debit"],
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "ui_mode": "hosted_page",
    }
