"""The debits of running plans: renewals, second tries, and direct debits that come through or bounce."""

from __future__ import annotations

from portal.stripe_simulator import invoices, payment_methods, payments, subscriptions
from portal.stripe_simulator.account import DAY, Account, changed
from portal.stripe_simulator.outcomes import OUTCOMES
from portal.stripe_simulator.store import Body

RETRY_AFTER_DAYS = (3, 5, 7)
"""Days between the tries to take a debit that failed; after the last the plan is ended."""
_UPDATED = "customer.subscription.updated"


def renew(account: Account, subscription: Body) -> None:
    """A period is over: end the plan if that was asked, else write and collect the next invoice."""
    if subscription["status"] == "canceled":
        return
    if subscription["cancel_at_period_end"]:
        subscriptions.end(account, subscription, "cancellation_requested")
        return
    subscriptions.begin_next_period(account, subscription)
    _resume_when_due(account, subscription)
    invoice = invoices.create(account, subscription, "subscription_cycle", None)
    account.emit(_UPDATED, subscription, {"latest_invoice": None})
    pause = subscription["pause_collection"]
    if pause:
        _set_aside(account, invoice, pause["behavior"])
        return
    invoices.announce(account, invoice)
    collect(account, subscription, invoice)


def retry(account: Account, subscription: Body) -> None:
    """Try again to take a debit that failed."""
    invoice = account.get("invoice", subscription["latest_invoice"])
    if subscription["status"] != "canceled" and invoice["status"] == "open":
        collect(account, subscription, invoice)


def collect(account: Account, subscription: Body, invoice: Body) -> None:
    """Take the invoice's amount with the plan's payment method."""
    method = account.get("payment_method", _method_of(account, subscription))
    intent = _intent_for(account, invoice)
    payments.attempt(account, intent, method, payment_methods.outcome_of(method))
    if intent["status"] == "succeeded":
        _paid(account, subscription, invoice)
    elif intent["status"] == "requires_payment_method":
        _unpaid(account, subscription, invoice)


def settle(account: Account, intent: Body) -> None:
    """The bank answers about a direct debit that was under way."""
    if intent["status"] != "processing":
        return
    failure = OUTCOMES[intent["_sim"]["outcome"]].failure
    if failure:
        payments.fail_debit(account, intent, failure)
    else:
        payments.settle_debit(account, intent)
    _tell_session(account, intent)
    invoice = account.find(intent["_sim"]["invoice"])
    if invoice is None:
        return
    owner = invoice["parent"]["subscription_details"]["subscription"]
    subscription = account.get("subscription", owner)
    if failure:
        _unpaid(account, subscription, invoice)
    else:
        _paid(account, subscription, invoice)


def _tell_session(account: Account, intent: Body) -> None:
    session = account.find(intent["_sim"]["session"])
    if session is None or session["payment_status"] == "paid":
        return
    paid = intent["status"] == "succeeded"
    if paid:
        session["payment_status"] = "paid"
        account.save(session)
    word = "succeeded" if paid else "failed"
    account.emit(f"checkout.session.async_payment_{word}", session)


def _paid(account: Account, subscription: Body, invoice: Body) -> None:
    invoices.mark_paid(account, invoice)
    account.unplan("retry", subscription["id"])
    if subscription["status"] == "past_due":
        changed(account, subscription, _UPDATED, status="active")


def _unpaid(account: Account, subscription: Body, invoice: Body) -> None:
    tried = invoice["attempt_count"]
    again = None
    if tried < len(RETRY_AFTER_DAYS) and subscription["status"] != "canceled":
        again = account.now() + RETRY_AFTER_DAYS[tried] * DAY
        account.plan(again, "retry", subscription["id"])
    invoices.mark_failed(account, invoice, again)
    if subscription["status"] == "canceled":
        return
    if again is None:
        subscriptions.end(account, subscription, "payment_failed")
    elif subscription["status"] != "past_due":
        changed(account, subscription, _UPDATED, status="past_due")


def _intent_for(account: Account, invoice: Body) -> Body:
    for payment in invoices.payments_of(account, invoice["id"]):
        return account.get("payment_intent", payment["payment"]["payment_intent"])
    intent = payments.create_intent(
        account,
        amount=invoice["amount_due"],
        currency=invoice["currency"],
        customer=invoice["customer"],
        metadata={},
        description="Subscription update",
        off_session=True,
    )
    invoices.link(account, invoice, intent)
    return intent


def _method_of(account: Account, subscription: Body) -> str:
    customer = account.get("customer", subscription["customer"])
    return str(
        subscription["default_payment_method"]
        or customer["invoice_settings"]["default_payment_method"]
    )


def _resume_when_due(account: Account, subscription: Body) -> None:
    pause = subscription["pause_collection"]
    if pause and pause["resumes_at"] is not None and pause["resumes_at"] <= account.now():
        changed(account, subscription, _UPDATED, pause_collection=None)


def _set_aside(account: Account, invoice: Body, behaviour: str) -> None:
    if behaviour == "keep_as_draft":
        invoice.update(status="draft", effective_at=None, number=None)
        invoice["status_transitions"]["finalized_at"] = None
        account.save(invoice)
        account.emit("invoice.created", invoice)
        return
    invoices.announce(account, invoice)
    if behaviour == "void":
        invoices.void(account, invoice)
    else:
        invoices.mark_uncollectible(account, invoice)
