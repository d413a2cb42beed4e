"""Payment intents and their charges: from the first attempt to money on the balance."""

from __future__ import annotations

from typing import Any

from portal.stripe_simulator import balance, mandates, payment_methods
from portal.stripe_simulator.account import DAY, Account, changed
from portal.stripe_simulator.blanks import blank
from portal.stripe_simulator.outcomes import (
    AUTHENTICATION_FAILED,
    OUTCOMES,
    Failure,
    Outcome,
)
from portal.stripe_simulator.preferences import preference
from portal.stripe_simulator.store import Body


def create_intent(
    account: Account,
    *,
    amount: int,
    currency: str,
    customer: str | None,
    metadata: dict[str, str],
    description: str | None,
    receipt_email: str | None = None,
    statement_descriptor: str | None = None,
    off_session: bool = False,
    intent_id: str = "",
    silently: bool = False,
) -> Body:
    """A payment that nobody has tried to make yet; ``silently``: no message says so."""
    intent_id = intent_id or account.new_id("pi")
    intent: Body = {
        "id": intent_id,
        "object": "payment_intent",
        **blank("payment_intent"),
        "amount": amount,
        "amount_capturable": 0,
        "amount_received": 0,
        "automatic_payment_methods": None,
        "capture_method": "automatic_async",
        "client_secret": f"{intent_id}_secret_sim",
        "confirmation_method": "automatic",
        "created": account.now(),
        "currency": currency,
        "customer": customer,
        "description": description,
        "livemode": False,
        "metadata": metadata,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card", "sepa_debit"] if currency == "eur" else ["card"],
        "receipt_email": receipt_email,
        "setup_future_usage": "off_session" if off_session else None,
        "statement_descriptor": statement_descriptor,
        "status": "requires_payment_method",
        "_sim": {"session": None, "invoice": None},
    }
    account.save(intent)
    if not silently:
        account.emit("payment_intent.created", intent)
    return intent


def already_made(
    account: Account, *, intent_id: str, charge_id: str, line_id: str, amount: int, description: str
) -> None:
    """A payment in euros by a card that succeeded before anybody looked: its line of the balance stands
    already, and nobody is told of it."""
    intent = create_intent(
        account,
        amount=amount,
        currency="eur",
        customer=None,
        metadata={},
        description=description,
        intent_id=intent_id,
        silently=True,
    )
    paid = OUTCOMES["paid"]
    method = payment_methods.create(account, paid, None, "")
    charge = _create_charge(account, intent, method, paid, "succeeded", charge_id=charge_id)
    account.save({**charge, "balance_transaction": line_id})
    made = {"status": "succeeded", "amount_received": amount, "payment_method": method["id"]}
    account.save({**intent, **made})


def attempt(account: Account, intent: Body, method: Body, outcome: Outcome) -> None:
    """Try to take the money.

    The intent ends succeeded, processing, waiting for another method, or for its holder's bank.
    """
    if outcome.code == "authentication_required":
        require_authentication(account, intent, method)
    elif outcome.failure and (outcome.method == "card" or outcome.refused):
        _create_charge(account, intent, method, outcome, "failed", outcome.failure)
        _fail(account, intent, method, outcome.failure)
        account.emit("charge.failed", account.get("charge", intent["latest_charge"]))
    elif outcome.method == "sepa_debit":
        _start_debit(account, intent, method, outcome)
    else:
        charge = _create_charge(account, intent, method, outcome, "succeeded")
        _succeed(account, intent, charge, outcome)


def require_authentication(account: Account, intent: Body, method: Body) -> None:
    """The bank wants to see the cardholder first."""
    intent.update(
        status="requires_action",
        payment_method=method["id"],
        next_action={"type": "use_stripe_sdk", "use_stripe_sdk": {}},
    )
    account.save(intent)
    account.emit("payment_intent.requires_action", intent)


def fail_authentication(account: Account, intent: Body) -> None:
    """The cardholder did not prove who they are: no charge is made."""
    method = account.get("payment_method", intent["payment_method"])
    _fail(account, intent, method, AUTHENTICATION_FAILED)


def settle_debit(account: Account, intent: Body) -> None:
    """The bank has honoured a direct debit."""
    charge = account.get("charge", intent["latest_charge"])
    charge.update(status="succeeded", paid=True, captured=True, amount_captured=charge["amount"])
    _succeed(account, intent, charge, OUTCOMES[intent["_sim"]["outcome"]])


def fail_debit(account: Account, intent: Body, failure: Failure) -> None:
    """The bank has refused a direct debit."""
    charge = account.get("charge", intent["latest_charge"])
    charge.update(
        status="failed",
        failure_code=failure.code,
        failure_message=failure.message,
        outcome=_verdict(failure),
    )
    account.save(charge)
    _fail(account, intent, account.get("payment_method", intent["payment_method"]), failure)
    account.emit("charge.failed", charge)


def cancel(account: Account, intent: Body, reason: str) -> None:
    """Nobody will pay this any more."""
    intent.update(status="canceled", canceled_at=account.now(), cancellation_reason=reason)
    account.save(intent)
    account.emit("payment_intent.canceled", intent)


def _start_debit(account: Account, intent: Body, method: Body, outcome: Outcome) -> None:
    mandates.ensure(account, method)
    charge = _create_charge(account, intent, method, outcome, "pending")
    intent.update(
        status="processing",
        payment_method=method["id"],
        latest_charge=charge["id"],
        last_payment_error=None,
        next_action=None,
    )
    intent["_sim"]["outcome"] = outcome.code
    account.save(intent)
    account.emit("payment_intent.processing", intent)
    account.emit("charge.pending", charge)
    days = preference(account, "sepa_fails_days" if outcome.failure else "sepa_settles_days")
    account.plan(account.now() + days * DAY, "settle_debit", intent["id"])


def book(account: Account, charge: Body) -> None:
    """The money of a charge that had succeeded reaches the balance."""
    changed(account, charge, "charge.updated", balance_transaction=_record(account, charge))


def _record(account: Account, charge: Body) -> str:
    kind = charge["payment_method_details"]["type"]
    gross = balance.in_euros(account, charge["amount"], charge["currency"])
    line = balance.record(
        account,
        kind="payment" if kind == "sepa_debit" else "charge",
        category="charge",
        amount=charge["amount"],
        currency=charge["currency"],
        source=charge["id"],
        fee=balance.charge_fee(kind, gross),
        description=charge["description"],
    )
    return str(line["id"])


def _succeed(account: Account, intent: Body, charge: Body, outcome: Outcome) -> None:
    delay = preference(account, "balance_delay_seconds")
    if delay:
        account.plan(account.now() + delay, "book", charge["id"])
    else:
        charge["balance_transaction"] = _record(account, charge)
    account.save(charge)
    intent.update(
        status="succeeded",
        amount_received=charge["amount"],
        latest_charge=charge["id"],
        payment_method=charge["payment_method"],
        last_payment_error=None,
        next_action=None,
    )
    account.save(intent)
    account.emit("payment_intent.succeeded", intent)
    account.emit("charge.succeeded", charge)
    if outcome.disputed_after is not None:
        account.plan(account.now() + outcome.disputed_after, "dispute", charge["id"])
    if outcome.warned_after is not None:
        account.plan(account.now() + outcome.warned_after, "warn", charge["id"])


def _fail(account: Account, intent: Body, method: Body, failure: Failure) -> None:
    error: dict[str, Any] = {
        "code": failure.code,
        "doc_url": f"https://stripe.com/docs/error-codes/{failure.code.replace('_', '-')}",
        "message": failure.message,
        "payment_method": {name: value for name, value in method.items() if name != "_sim"},
        "type": "card_error" if method["type"] == "card" else "invalid_request_error",
    }
    if failure.decline_code:
        error["decline_code"] = failure.decline_code
    if intent["latest_charge"]:
        error["charge"] = intent["latest_charge"]
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        last_payment_error=error,
        next_action=None,
    )
    account.save(intent)
    account.emit("payment_intent.payment_failed", intent)


def _create_charge(
    account: Account,
    intent: Body,
    method: Body,
    outcome: Outcome,
    status: str,
    failure: Failure | None = None,
    charge_id: str = "",
) -> Body:
    paid = status == "succeeded"
    charge: Body = {
        "id": charge_id or account.new_id("py" if outcome.method == "sepa_debit" else "ch"),
        "object": "charge",
        **blank("charge"),
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if paid else 0,
        "amount_refunded": 0,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "SIMULATED",
        "captured": paid,
        "created": account.now(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_code": failure.code if failure else None,
        "failure_message": failure.message if failure else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "outcome": _verdict(failure),
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": payment_methods.charge_details(method, outcome),
        "receipt_email": intent["receipt_email"],
        "refunded": False,
        "statement_descriptor": intent["statement_descriptor"],
        "status": status,
    }
    intent["latest_charge"] = charge["id"]
    return account.save(charge)


def _verdict(failure: Failure | None) -> Body:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if failure else "approved_by_network",
        "reason": (failure.decline_code or failure.code) if failure else None,
        "risk_level": "normal",
        "seller_message": "The bank did not approve." if failure else "Payment complete.",
        "type": "issuer_declined" if failure else "authorized",
    }
