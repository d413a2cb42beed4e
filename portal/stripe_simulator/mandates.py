"""SEPA mandates: written when a bank account is first used, and ended by its holder's bank."""

from __future__ import annotations

from portal.stripe_simulator.account import Account, changed
from portal.stripe_simulator.refusals import Refusal
from portal.stripe_simulator.store import Body


def ensure(account: Account, method: Body) -> str | None:
    """The mandate of a bank account, written on first use; cards have none."""
    if method["type"] != "sepa_debit":
        return None
    known = method["_sim"].get("mandate")
    if known:
        return str(known)
    reference = f"SIM{method['id'][-12:].upper()}"
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
                "sepa_debit": {
                    "reference": reference,
                    "url": f"{account.address}/mandate/{reference}",
                },
            },
            "status": "active",
            "type": "multi_use",
        }
    )
    method["_sim"]["mandate"] = mandate["id"]
    account.save(method)
    return str(mandate["id"])


def revoke(account: Account, mandate: Body) -> Body:
    """The account's holder has ended the mandate at the bank: no further debit goes through."""
    if mandate["status"] == "inactive":
        raise Refusal("This mandate is inactive already.", param="id")
    return changed(account, mandate, "mandate.updated", status="inactive")


def in_force(account: Account, method: Body) -> bool:
    """Whether a debit from this bank account is still allowed."""
    mandate = account.find(method["_sim"].get("mandate"))
    return mandate is None or mandate["status"] == "active"
