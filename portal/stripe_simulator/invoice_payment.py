"""An invoice that is paid out of turn: by the API, or by the donor on the invoice's own page."""

from __future__ import annotations

from portal.stripe_simulator import billing, invoices, payment_methods, payments
from portal.stripe_simulator import parameters as p
from portal.stripe_simulator.account import Account, changed
from portal.stripe_simulator.outcomes import OUTCOMES, Outcome
from portal.stripe_simulator.refusals import Declined, Refusal
from portal.stripe_simulator.store import Body

PAY = p.shape({"off_session": p.flag, "payment_method": p.text()})


def pay(account: Account, given: Body) -> Body:
    """Try an open invoice again now; a decline is kept and told as a card error."""
    invoice = account.get("invoice", given["id"])
    subscription = billing.owner_of(account, invoice)
    _must_be_open(invoice)
    if "payment_method" in given:
        method: Body | None = payment_methods.of_customer(
            account, invoice["customer"], given["payment_method"], "payment_method"
        )
    else:
        method = billing.method_of(account, subscription)
    if method is None:
        raise Refusal(
            "There is no `default_payment_method` set on this Customer or Invoice. Please set a "
            "`default_payment_method` prior to paying.",
            code="missing",
        )
    if _stands(account, invoice) == "processing":
        raise Refusal("A payment for this invoice is processing already.")
    outcome = payment_methods.outcome_of(account, method)
    intent = billing.attempt(account, invoice, method, outcome, by_schedule=False)
    if intent["status"] == "requires_payment_method":
        raise Declined(intent["last_payment_error"])
    if intent["status"] == "requires_action":
        raise Declined(
            {
                "code": "invoice_payment_intent_requires_action",
                "message": "This payment requires additional user action before it can be "
                "completed successfully. Payment can be completed using the PaymentIntent "
                "associated with the invoice.",
                "type": "card_error",
            }
        )
    return account.get("invoice", invoice["id"])


def give_up(account: Account, given: Body) -> Body:
    """Nobody expects this debit any more; a plan that was behind because of it is in order again."""
    invoice = account.get("invoice", given["id"])
    if invoice["status"] != "open":
        raise Refusal(f"Invoices with status {invoice['status']} cannot be marked uncollectible.")
    subscription = billing.owner_of(account, invoice)
    account.unplan("retry", invoice["id"])
    invoices.mark_uncollectible(account, invoice)
    latest = subscription["latest_invoice"] == invoice["id"]
    if latest and subscription["status"] in ("past_due", "unpaid"):
        changed(account, subscription, "customer.subscription.updated", status="active")
    return account.get("invoice", invoice["id"])


def choose(account: Account, invoice: Body, outcome: Outcome) -> str:
    """The donor pays on the invoice's page with a new card or account, kept for later debits.

    Answers ``done``, ``refused``, ``authenticate`` or ``closed``.
    """
    if not payable(account, invoice):
        return "closed"
    customer = account.get("customer", invoice["customer"])
    method = payment_methods.create(account, outcome, customer["id"], customer["email"])
    intent = billing.intent_for(account, invoice)
    if outcome.authenticates:
        payments.require_authentication(account, intent, method)
        return "authenticate"
    return _try(account, invoice, method, outcome)


def authenticate(account: Account, invoice: Body, proved: bool) -> str:
    """The bank's page is over: the cardholder has proved who they are, or has not."""
    intent = billing.intent_for(account, invoice)
    if not payable(account, invoice) or intent["status"] != "requires_action":
        return "closed"
    if not proved:
        payments.fail_authentication(account, intent)
        billing.tell_invoice(account, intent, by_schedule=False)
        return "refused"
    method = account.get("payment_method", intent["payment_method"])
    return _try(account, invoice, method, OUTCOMES["three_d_secure"])


def payable(account: Account, invoice: Body) -> bool:
    """Whether the donor can pay it now: it is open and no direct debit is under way."""
    return invoice["status"] == "open" and _stands(account, invoice) != "processing"


def awaits_bank(account: Account, invoice: Body) -> bool:
    """Whether the donor has only to confirm the payment with the bank."""
    return invoice["status"] == "open" and _stands(account, invoice) == "requires_action"


def _stands(account: Account, invoice: Body) -> str:
    for payment in invoices.payments_of(account, invoice["id"]):
        return str(account.get("payment_intent", payment["payment"]["payment_intent"])["status"])
    return "requires_payment_method"


def _try(account: Account, invoice: Body, method: Body, outcome: Outcome) -> str:
    intent = billing.attempt(account, invoice, method, outcome, by_schedule=False)
    if intent["status"] == "requires_payment_method":
        return "refused"
    subscription = billing.owner_of(account, invoice)
    method["_sim"]["outcome"] = "paid" if method["type"] == "card" else "sepa"
    payment_methods.attach(account, method, invoice["customer"])
    if subscription["status"] != "canceled":
        changed(
            account,
            subscription,
            "customer.subscription.updated",
            default_payment_method=method["id"],
        )
    return "done"


def _must_be_open(invoice: Body) -> None:
    if invoice["status"] == "paid":
        raise Refusal("Invoice is already paid")
    if invoice["status"] != "open":
        raise Refusal(f"Invoices with status {invoice['status']} cannot be paid.")
