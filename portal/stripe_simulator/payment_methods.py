"""Payment methods: a card or a bank account that exists on paper only."""

from __future__ import annotations

from datetime import UTC, datetime

from portal.stripe_simulator import mandates
from portal.stripe_simulator import parameters as p
from portal.stripe_simulator.account import Account, changed
from portal.stripe_simulator.outcomes import OUTCOMES, Outcome
from portal.stripe_simulator.refusals import Refusal, wrong_parameter
from portal.stripe_simulator.store import Body

_PLACE = p.shape(
    {
        name: p.removable(p.text())
        for name in ("city", "country", "line1", "line2", "postal_code", "state")
    }
)
UPDATE = p.shape(
    {
        "allow_redisplay": p.one_of("always", "limited", "unspecified"),
        "billing_details": p.shape(
            {
                "address": p.removable(_PLACE),
                "email": p.removable(p.email),
                "name": p.removable(p.text()),
                "phone": p.removable(p.text()),
            }
        ),
        "card": p.shape({"exp_month": p.whole(1, 12), "exp_year": p.whole(1970, 2100)}),
        "metadata": p.metadata,
    }
)
_CHECKS = {
    "address_line1_check": None,
    "address_postal_code_check": None,
    "cvc_check": "pass",
}


def create(
    account: Account,
    outcome: Outcome,
    customer: str | None,
    email: str | None,
    method_id: str | None = None,
) -> Body:
    """A new card or bank account that will behave as the outcome says."""
    body: Body = {
        "id": method_id or account.new_id("pm"),
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
    body[outcome.method] = _card(outcome.wallet) if outcome.method == "card" else _bank_account()
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


def outcome_of(account: Account, method: Body) -> Outcome:
    """How a payment with this method ends when nobody is there to authenticate."""
    if method["type"] == "card" and _has_expired(method["card"], account.now()):
        return OUTCOMES["expired_card"]
    if not mandates.in_force(account, method):
        return OUTCOMES["mandate_ended"]
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


def update(account: Account, given: Body) -> Body:
    """Change what may be changed of a payment method: never its number."""
    method = account.get("payment_method", given.pop("id"))
    _must_be_attached(method)
    fields: Body = {}
    if "metadata" in given:
        fields["metadata"] = p.merged(method["metadata"], given.pop("metadata"))
    if "billing_details" in given:
        fields["billing_details"] = {**method["billing_details"], **given.pop("billing_details")}
    if "card" in given:
        if method["type"] != "card":
            raise wrong_parameter("You passed `card` for a payment method that is none.", "card")
        fields["card"] = {**method["card"], **given.pop("card")}
    return changed(account, method, "payment_method.updated", **given, **fields)


def replaced_by_bank(account: Account, method: Body, year: int, month: int, last4: str) -> Body:
    """The holder got another card and the bank told: Stripe goes on with the new one."""
    if method["type"] != "card":
        raise Refusal("Only a card is replaced by its bank.", param="id")
    card = {**method["card"], "exp_year": year, "exp_month": month, "last4": last4}
    method["_sim"]["outcome"] = "paid"
    return changed(account, method, "payment_method.automatically_updated", card=card)


def expire(account: Account, method: Body, year: int, month: int) -> Body:
    """Make the card one that is good until the end of that month; nobody is told."""
    if method["type"] != "card":
        raise Refusal("Only a card expires.", param="id")
    method["card"].update(exp_year=year, exp_month=month)
    return account.save(method)


def detach(account: Account, given: Body) -> Body:
    """Take a payment method away from its customer and from what was taken with it."""
    method = account.get("payment_method", given["id"])
    _must_be_attached(method)
    owner = method["customer"]
    changed(account, method, "payment_method.detached", customer=None)
    customer = account.get("customer", owner)
    settings = customer["invoice_settings"]
    if settings["default_payment_method"] == method["id"]:
        without = {**settings, "default_payment_method": None}
        changed(account, customer, "customer.updated", invoice_settings=without)
    for plan in account.store.bodies(
        "subscription", "json_extract(body, '$.default_payment_method') = ?", (method["id"],)
    ):
        changed(account, plan, "customer.subscription.updated", default_payment_method=None)
    return method


def of_customer(account: Account, customer: str, method_id: str, param: str) -> Body:
    """The customer's own payment method; anybody else's is refused."""
    method = account.find(method_id)
    if method is None or method["object"] != "payment_method" or method["customer"] != customer:
        raise Refusal(
            f"The customer does not have a payment method with the ID {method_id}. "
            "The payment method must be attached to the customer.",
            code="resource_missing",
            param=param,
        )
    return method


def _has_expired(card: Body, now: int) -> bool:
    today = datetime.fromtimestamp(now, UTC)
    return (today.year, today.month) > (card["exp_year"], card["exp_month"])


def _must_be_attached(method: Body) -> None:
    if method["customer"] is None:
        raise Refusal(
            "The payment method you provided is not attached to a customer so detachment or an "
            "update is impossible."
        )


def _card(wallet: str | None) -> Body:
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
        "wallet": {"dynamic_last4": None, wallet: {}, "type": wallet} if wallet else None,
    }


def _bank_account() -> Body:
    return {
        "bank_code": "20041",
        "branch_code": "01005",
        "country": "FR",
        "fingerprint": "simulatediban",
        "last4": "2606",
    }
