"""Early fraud warnings: the card's issuer believes that a charge was not its holder's."""

from __future__ import annotations

from portal.stripe_simulator.account import Account
from portal.stripe_simulator.refusals import Refusal
from portal.stripe_simulator.store import Body

KINDS = (
    "card_never_received",
    "fraudulent_card_application",
    "made_with_counterfeit_card",
    "made_with_lost_card",
    "made_with_stolen_card",
    "misc",
    "unauthorized_use_of_card",
)


def warn(account: Account, charge: Body, kind: str) -> Body:
    """Tell of a suspicion; no money moves."""
    if kind not in KINDS:
        raise Refusal(f"kind must be one of {', '.join(KINDS)}", param="kind")
    if charge["payment_method_details"]["type"] != "card" or charge["status"] != "succeeded":
        raise Refusal("Only a successful card payment can be suspected.", param="id")
    warning = account.save(
        {
            "id": account.new_id("issfr"),
            "object": "radar.early_fraud_warning",
            "actionable": _actionable(charge),
            "charge": charge["id"],
            "created": account.now(),
            "fraud_type": kind,
            "livemode": False,
            "payment_intent": charge["payment_intent"],
        }
    )
    account.emit("radar.early_fraud_warning.created", warning)
    return warning


def look_again(account: Account, charge: Body) -> None:
    """After a refund or a dispute there may be nothing left to do about the charge's warnings."""
    if _actionable(charge):
        return
    found = account.store.bodies(
        "radar.early_fraud_warning", "json_extract(body, '$.charge') = ?", (charge["id"],)
    )
    for warning in found:
        if warning["actionable"]:
            warning["actionable"] = False
            account.save(warning)
            account.emit("radar.early_fraud_warning.updated", warning, {"actionable": True})


def _actionable(charge: Body) -> bool:
    return not charge["disputed"] and not charge["refunded"]
