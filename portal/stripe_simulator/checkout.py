"""What happens when somebody chooses an outcome on the payment page."""

from __future__ import annotations

from types import ModuleType
from typing import Literal, TypeAlias

from portal.stripe_simulator import (
    invoices,
    payment_methods,
    payments,
    sessions,
    setups,
    subscriptions,
)
from portal.stripe_simulator.account import Account
from portal.stripe_simulator.outcomes import OUTCOMES, Outcome
from portal.stripe_simulator.store import Body

Step: TypeAlias = Literal["done", "refused", "authenticate", "closed"]


def choose(account: Account, session: Body, outcome: Outcome, email: str | None) -> Step:
    """Try to pay with this outcome; the session stays open when the bank refuses."""
    if session["status"] != "open":
        return "closed"
    sessions.learn_email(session, email)
    customer = sessions.customer_of(account, session, email)
    intent = _intent_of(account, session, customer, email)
    method = payment_methods.create(account, outcome, customer, email)
    if outcome.authenticates:
        _flow(intent).require_authentication(account, intent, method)
        return "authenticate"
    return _try(account, session, intent, method, outcome)


def authenticate(account: Account, session: Body, proved: bool) -> Step:
    """The bank's page is over: the cardholder has proved who they are, or has not."""
    intent = account.find(session["_sim"]["intent"])
    if session["status"] != "open" or intent is None or intent["status"] != "requires_action":
        return "closed"
    if not proved:
        _flow(intent).fail_authentication(account, intent)
        return "refused"
    method = account.get("payment_method", intent["payment_method"])
    return _try(account, session, intent, method, OUTCOMES["three_d_secure"])


def last_refusal(account: Account, session: Body) -> Body | None:
    """Why the last attempt on this page failed, in Stripe's words."""
    intent = account.find(session["_sim"]["intent"])
    if intent is None:
        return None
    found: Body | None = intent.get("last_payment_error") or intent.get("last_setup_error")
    return found


def _try(account: Account, session: Body, intent: Body, method: Body, outcome: Outcome) -> Step:
    _flow(intent).attempt(account, intent, method, outcome)
    if intent["status"] == "requires_payment_method":
        return "refused"
    _complete(account, session, intent, method)
    return "done"


def _flow(intent: Body) -> ModuleType:
    return payments if intent["object"] == "payment_intent" else setups


def _intent_of(account: Account, session: Body, customer: str | None, email: str | None) -> Body:
    begun = account.find(session["_sim"]["intent"])
    if begun is not None:
        return begun
    if session["mode"] == "setup":
        intent = setups.create(account, session)
        session["setup_intent"] = intent["id"]
    else:
        intent = _payment_intent(account, session, customer, email)
        intent["_sim"]["session"] = session["id"]
        account.save(intent)
    session["_sim"]["intent"] = intent["id"]
    account.save(session)
    return intent


def _payment_intent(
    account: Account, session: Body, customer: str | None, email: str | None
) -> Body:
    plan = session["mode"] == "subscription"
    data = session["_sim"]["payment_intent_data"]
    intent = payments.create_intent(
        account,
        amount=session["amount_total"],
        currency=session["currency"],
        customer=customer,
        metadata=data.get("metadata") or {},
        description="Subscription creation" if plan else data.get("description"),
        receipt_email=data.get("receipt_email", email),
        statement_descriptor=data.get("statement_descriptor"),
        off_session=plan or data.get("setup_future_usage") == "off_session",
    )
    if not plan:
        session["payment_intent"] = intent["id"]
    return intent


def _complete(account: Account, session: Body, intent: Body, method: Body) -> None:
    session.update(status="complete", url=None)
    if intent["status"] == "succeeded" and session["mode"] != "setup":
        session["payment_status"] = "paid"
    account.unplan("expire", session["id"])
    if session["mode"] != "payment":
        payment_methods.attach(account, method, session["customer"])
    if session["mode"] == "subscription":
        _subscribe(account, session, intent, method)
        return
    account.save(session)
    account.emit("checkout.session.completed", session)


def _subscribe(account: Account, session: Body, intent: Body, method: Body) -> None:
    line = session["_sim"]["line_items"][0]
    data = session["_sim"]["subscription_data"]
    subscription = subscriptions.create(
        account,
        customer=session["customer"],
        price=line["price"],
        quantity=line["quantity"],
        method=method,
        description=data.get("description"),
        metadata=data.get("metadata") or {},
    )
    invoice = invoices.create(account, subscription, "subscription_create")
    invoices.finalise(account, invoice)
    invoices.link(account, invoice, intent)
    session.update(subscription=subscription["id"], invoice=invoice["id"])
    account.save(session)
    account.emit("checkout.session.completed", session)
    account.emit("customer.subscription.created", subscription)
    invoices.announce(account, invoice)
    if intent["status"] == "succeeded":
        invoices.count_attempt(invoice, by_schedule=True)
        invoices.mark_paid(account, invoice)
