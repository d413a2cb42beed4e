"""Refunds and disputes: money that goes back."""

from __future__ import annotations

from portal.stripe_simulator import balance
from portal.stripe_simulator import parameters as p
from portal.stripe_simulator.account import DAY, Account, changed
from portal.stripe_simulator.refusals import Refusal, wrong_parameter
from portal.stripe_simulator.store import Body

CREATE = p.shape(
    {
        "amount": p.whole(1),
        "charge": p.text(),
        "payment_intent": p.text(),
        "metadata": p.metadata,
        "reason": p.one_of("duplicate", "fraudulent", "requested_by_customer"),
    }
)
UPDATE = p.shape({"metadata": p.metadata})


def create(account: Account, given: Body) -> Body:
    """Give back all or part of a payment; more than is left is refused."""
    charge = _charge_of(account, given)
    amount = _refundable(charge, given.get("amount"))
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    account.save(charge)
    sepa = charge["payment_method_details"]["type"] == "sepa_debit"
    refund: Body = {
        "id": account.new_id("pyr" if sepa else "re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": account.now(),
        "currency": charge["currency"],
        "destination_details": {"type": charge["payment_method_details"]["type"]},
        "failure_balance_transaction": None,
        "metadata": p.merged({}, given.get("metadata", {})),
        "payment_intent": charge["payment_intent"],
        "reason": given.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    refund["balance_transaction"] = balance.record(
        account,
        kind="payment_refund" if sepa else "refund",
        category="refund",
        amount=-amount,
        currency=charge["currency"],
        source=refund["id"],
        description="REFUND FOR CHARGE",
    )["id"]
    account.save(refund)
    account.emit("refund.created", refund)
    account.emit("charge.refunded", charge)
    return refund


def update(account: Account, given: Body) -> Body:
    """Change a refund's metadata."""
    refund = account.get("refund", given.pop("id"))
    metadata = p.merged(refund["metadata"], given.get("metadata", {}))
    return changed(account, refund, "refund.updated", metadata=metadata)


def open_dispute(account: Account, charge: Body) -> Body:
    """The cardholder's bank takes the money back until somebody is proved right."""
    if charge["disputed"] or charge["status"] != "succeeded":
        raise Refusal("Only a successful charge that is not disputed yet can be disputed.")
    amount = charge["amount"] - charge["amount_refunded"]
    sepa = charge["payment_method_details"]["type"] == "sepa_debit"
    dispute: Body = {
        "id": account.new_id("dp"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": account.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {"enhanced_evidence": {}},
        "evidence_details": {
            "enhanced_eligibility": {},
            "submission_method": "not_submitted",
            "due_by": account.now() + 7 * DAY,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {"type": "sepa_debit" if sepa else "card"},
        "reason": "bank_cannot_process" if sepa else "fraudulent",
        "status": "needs_response",
    }
    _move(account, dispute, -amount, balance.DISPUTE_FEE)
    changed(account, charge, "charge.updated", disputed=True)
    account.emit("charge.dispute.created", dispute)
    account.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close_dispute(account: Account, dispute: Body, won: bool) -> Body:
    """The bank has decided; won money comes back, the fee does not."""
    if dispute["status"] in ("won", "lost"):
        raise Refusal("This dispute is already closed.")
    dispute["status"] = "won" if won else "lost"
    if won:
        _move(account, dispute, dispute["amount"], 0)
        account.emit("charge.dispute.funds_reinstated", dispute)
    account.save(dispute)
    account.emit("charge.dispute.closed", dispute)
    return dispute


def _move(account: Account, dispute: Body, amount: int, fee: int) -> None:
    reversal = amount > 0
    transaction = balance.record(
        account,
        kind="adjustment",
        category="dispute_reversal" if reversal else "dispute",
        amount=amount,
        currency=dispute["currency"],
        source=dispute["id"],
        fee=fee,
        description="Chargeback reversal" if reversal else "Chargeback withdrawal",
    )
    dispute["balance_transactions"].append(
        {name: value for name, value in transaction.items() if name != "_sim"}
    )
    account.save(dispute)


def _charge_of(account: Account, given: Body) -> Body:
    if ("charge" in given) == ("payment_intent" in given):
        raise wrong_parameter("One of charge or payment_intent is required.", "payment_intent")
    if "charge" in given:
        return account.get("charge", given["charge"], "charge")
    intent = account.get("payment_intent", given["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        raise Refusal(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
            param="payment_intent",
        )
    return account.get("charge", intent["latest_charge"])


def _refundable(charge: Body, wanted: int | None) -> int:
    left: int = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise Refusal("This charge did not succeed.", code="charge_not_refundable")
    if charge["disputed"]:
        raise Refusal(f"Charge {charge['id']} has been charged back.", code="charge_disputed")
    if left == 0:
        raise Refusal(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    amount = left if wanted is None else wanted
    if amount > left:
        raise Refusal(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
            param="amount",
        )
    return amount
