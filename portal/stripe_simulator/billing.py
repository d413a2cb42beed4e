"""The debits of running plans: renewals, further tries, and direct debits that come through or bounce."""

from __future__ import annotations

from portal.stripe_simulator import invoices, payment_methods, payments, subscriptions
from portal.stripe_simulator.account import DAY, Account, changed
from portal.stripe_simulator.outcomes import OUTCOMES, Outcome
from portal.stripe_simulator.preferences import preference
from portal.stripe_simulator.store import Body

_UPDATED = "customer.subscription.updated"


def renew(account: Account, subscription: Body) -> None:
    """A period is over: end the plan if that was asked, else write and collect the next invoice."""
    if subscription["status"] == "canceled":
        return
    if subscription["cancel_at_period_end"]:
        subscriptions.end(account, subscription, "cancellation_requested")
        return
    before = {"latest_invoice": subscription["latest_invoice"]}
    subscriptions.begin_next_period(account, subscription)
    _resume_when_due(account, subscription)
    if subscription["status"] == "trialing":
        before["status"] = "trialing"
        subscription["status"] = "active"
    invoice = invoices.create(account, subscription, "subscription_cycle")
    account.emit(_UPDATED, subscription, before)
    _write(account, subscription, invoice)


def announce_upcoming(account: Account, subscription: Body) -> None:
    """Tell some days ahead what the next debit will take; the invoice has no id yet."""
    item = subscription["items"]["data"][0]
    if subscription["status"] == "canceled" or subscription["cancel_at_period_end"]:
        return
    next_period = {
        **item,
        "current_period_start": item["current_period_end"],
        "current_period_end": subscriptions.end_of_next_period(subscription),
    }
    ahead = {**subscription, "items": {**subscription["items"], "data": [next_period]}}
    invoice = invoices.draft(account, ahead, "upcoming", None)
    invoice["next_payment_attempt"] = item["current_period_end"]
    account.emit("invoice.upcoming", invoice)


def finalise(account: Account, invoice: Body) -> None:
    """The hour for changes is over: ask for a renewal that was a draft until now."""
    subscription = owner_of(account, invoice)
    if invoice["status"] != "draft" or subscription["status"] == "canceled":
        return
    invoices.finalise(account, invoice)
    account.emit("invoice.finalized", invoice)
    collect(account, subscription, invoice)


def retry(account: Account, invoice: Body) -> None:
    """Try again to take a debit that failed."""
    subscription = owner_of(account, invoice)
    if subscription["status"] != "canceled" and invoice["status"] == "open":
        collect(account, subscription, invoice)


def collect(account: Account, subscription: Body, invoice: Body) -> None:
    """Take the invoice's amount with the plan's payment method."""
    method = method_of(account, subscription)
    if method is None:
        _unpaid(account, subscription, invoice, by_schedule=True)
        return
    attempt(account, invoice, method, payment_methods.outcome_of(account, method), True)


def attempt(
    account: Account, invoice: Body, method: Body, outcome: Outcome, by_schedule: bool
) -> Body:
    """Try to pay the invoice with this method; answers the payment as it then stands."""
    intent = intent_for(account, invoice)
    if intent["status"] == "processing":
        return intent
    payments.attempt(account, intent, method, outcome)
    tell_invoice(account, intent, by_schedule=by_schedule)
    return intent


def tell_invoice(account: Account, intent: Body, *, by_schedule: bool) -> None:
    """Bring the invoice of a payment, and its plan, to what has become of the payment."""
    invoice = account.find(intent["_sim"]["invoice"])
    if invoice is None or invoice["status"] != "open":
        return
    subscription = owner_of(account, invoice)
    if intent["status"] == "succeeded":
        invoices.count_attempt(invoice, by_schedule)
        _paid(account, subscription, invoice)
    elif intent["status"] == "requires_action":
        account.emit("invoice.payment_action_required", invoice)
        _unpaid(account, subscription, invoice, by_schedule=by_schedule)
    elif intent["status"] == "requires_payment_method":
        _unpaid(account, subscription, invoice, by_schedule=by_schedule)


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
    tell_invoice(account, intent, by_schedule=True)


def intent_for(account: Account, invoice: Body) -> Body:
    """The payment meant for this invoice, made now if there is none."""
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


def method_of(account: Account, subscription: Body) -> Body | None:
    """What the plan's debits are taken from: its own choice, else the customer's."""
    customer = account.get("customer", subscription["customer"])
    return account.find(
        subscription["default_payment_method"]
        or customer["invoice_settings"]["default_payment_method"]
    )


def _write(account: Account, subscription: Body, invoice: Body) -> None:
    pause, wait = subscription["pause_collection"], preference(account, "draft_seconds")
    if subscription["status"] == "unpaid" or (pause and pause["behavior"] == "keep_as_draft"):
        account.emit("invoice.created", invoice)
    elif pause:
        _set_aside(account, invoice, pause["behavior"])
    elif wait:
        invoice.update(auto_advance=True, automatically_finalizes_at=account.now() + wait)
        account.save(invoice)
        account.emit("invoice.created", invoice)
        account.plan(account.now() + wait, "finalise", invoice["id"])
    else:
        invoices.finalise(account, invoice)
        invoices.announce(account, invoice)
        collect(account, subscription, invoice)


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
    account.unplan("retry", invoice["id"])
    latest = invoice["id"] == subscription["latest_invoice"]
    if subscription["status"] == "past_due" or (subscription["status"] == "unpaid" and latest):
        changed(account, subscription, _UPDATED, status="active")


def _unpaid(account: Account, subscription: Body, invoice: Body, *, by_schedule: bool) -> None:
    counted = invoice["attempt_count"]
    invoices.count_attempt(invoice, by_schedule)
    if subscription["status"] in ("canceled", "unpaid") or counted == invoice["attempt_count"]:
        invoices.mark_failed(account, invoice, invoice["next_payment_attempt"])
        return
    days = preference(account, "retry_days")
    if counted < len(days):
        again = account.now() + days[counted] * DAY
        account.plan(again, "retry", invoice["id"])
        invoices.mark_failed(account, invoice, again)
        if subscription["status"] == "active":
            changed(account, subscription, _UPDATED, status="past_due")
        return
    invoices.mark_failed(account, invoice, None)
    _give_up(account, subscription)


def _give_up(account: Account, subscription: Body) -> None:
    """The last try has failed: what the account's settings say happens to the plan."""
    ends_as = preference(account, "after_last_retry")
    if ends_as == "cancel":
        subscriptions.end(account, subscription, "payment_failed")
    elif subscription["status"] != ends_as:
        changed(account, subscription, _UPDATED, status=ends_as)


def owner_of(account: Account, invoice: Body) -> Body:
    """The plan an invoice is about."""
    return account.get("subscription", invoice["parent"]["subscription_details"]["subscription"])


def _resume_when_due(account: Account, subscription: Body) -> None:
    pause = subscription["pause_collection"]
    if pause and pause["resumes_at"] is not None and pause["resumes_at"] <= account.now():
        account.unplan("resume", subscription["id"])
        changed(account, subscription, _UPDATED, pause_collection=None)


def _set_aside(account: Account, invoice: Body, behaviour: str) -> None:
    invoices.finalise(account, invoice)
    invoices.announce(account, invoice)
    if behaviour == "void":
        invoices.void(account, invoice)
    else:
        invoices.mark_uncollectible(account, invoice)
