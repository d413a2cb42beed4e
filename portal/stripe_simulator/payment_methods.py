"""Payment methods: a card or a bank account that exists on paper only."""

from __future__ import annotations

from portal.stripe_simulator.account import Account, changed
from portal.stripe_simulator.outcomes import OUTCOMES, Outcome
from portal.stripe_simulator.refusals import Refusal
from portal.stripe_simulator.store import Body

_CHECKS = {
    "address_line1_check": None,
    "address_postal_code_check": None,
    "cvc_check": "pass",
}


def create(account: Account, outcome: Outcome, customer: str | None, email: str | None) -> Body:
    """A new card or bank account that will behave as the outcome says."""
    body: Body = {
        "id": account.new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": billing_details(email),
        "created": account.now(),
        "customer": customer,
        "livemode": False,
        "metadata": {},
        "type": outcome.method,
        "_sim": {"outcome": outcome.code},
    }
    body[outcome.method] = _card() if outcome.method == "card" else _bank_account()
    return account.save(body)


def attach(account: Account, method: Body, customer: str) -> None:
    """Let the customer use it again; it becomes what their invoices are taken from."""
    method["customer"] = customer
    account.save(method)
    account.emit("payment_method.attached", method)


def set_outcome(account: Account, method: Body, code: str) -> None:
    """How the next payments with this method end; unknown words are refused."""
    outcome = OUTCOMES.get(code)
    if outcome is None or outcome.method != method["type"]:
        fitting = [name for name, each in OUTCOMES.items() if each.method == method["type"]]
        raise Refusal(f"outcome must be one of {', '.join(fitting)}", param="outcome")
    method["_sim"]["outcome"] = code
    account.save(method)


def outcome_of(method: Body) -> Outcome:
    """How a payment with this method ends when nobody is there to authenticate."""
    return OUTCOMES[method["_sim"]["outcome"]]


def billing_details(email: str | None) -> Body:
    """The donor's particulars as the page knows them."""
    place = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return {"address": place, "email": email, "name": None, "phone": None, "tax_id": None}


def charge_details(method: Body, outcome: Outcome) -> Body:
    """`charge.payment_method_details` for a payment with this method."""
    if method["type"] == "sepa_debit":
        account_details = {**method["sepa_debit"], "mandate": method["_sim"].get("mandate")}
        return {"type": "sepa_debit", "sepa_debit": account_details}
    secured = {
        "authentication_flow": "challenge",
        "result": "authenticated",
        "result_reason": None,
        "version": "2.2.0",
    }
    kept = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding")
    card = {
        **{name: method["card"][name] for name in (*kept, "last4", "wallet")},
        "network": "visa",
        "three_d_secure": secured if outcome.authenticates else None,
        "mandate": None,
        "installments": None,
    }
    return {"type": "card", "card": card}


def ensure_mandate(account: Account, method: Body) -> str | None:
    """The SEPA mandate of a bank account, written on first use; cards have none."""
    if method["type"] != "sepa_debit":
        return None
    known = method["_sim"].get("mandate")
    if known:
        return str(known)
    mandate = account.save(
        {
            "id": account.new_id("mandate"),
            "object": "mandate",
            "customer_acceptance": {
                "accepted_at": account.now(),
                "online": {"ip_address": "127.0.0.1", "user_agent": "simulated"},
                "type": "online",
            },
            "livemode": False,
            "multi_use": {},
            "payment_method": method["id"],
            "payment_method_details": {
                "type": "sepa_debit",
                "sepa_debit": {"reference": f"SIM{method['id'][-12:].upper()}", "url": ""},
            },
            "status": "active",
            "type": "multi_use",
        }
    )
    method["_sim"]["mandate"] = mandate["id"]
    account.save(method)
    return str(mandate["id"])


def detach(account: Account, method: Body) -> Body:
    """Take a payment method away from its customer."""
    return changed(account, method, "payment_method.detached", customer=None)


def _card() -> Body:
    return {
        "brand": "visa",
        "checks": _CHECKS,
        "country": "FR",
        "display_brand": "visa",
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": "simulatedcard",
        "funding": "credit",
        "last4": "4242",
        "networks": {"available": ["visa"], "preferred": None},
        "wallet": None,
    }


def _bank_account() -> Body:
    return {
        "bank_code": "20041",
        "branch_code": "01005",
        "country": "FR",
        "fingerprint": "simulatediban",
        "last4": "2606",
    }
