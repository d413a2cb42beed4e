"""Disputes: a bank asks, or takes the money back, until somebody is proved right."""

from __future__ import annotations

from portal.stripe_simulator import balance, fraud_warnings, mandates
from portal.stripe_simulator.account import DAY, Account, changed, public
from portal.stripe_simulator.refusals import Refusal
from portal.stripe_simulator.store import Body

OPENING = ("needs_response", "warning_needs_response", "prevented", "lost")
"""How a dispute may begin: with the money, as an inquiry only, averted, or beyond appeal."""
NEXT: dict[str, tuple[str, ...]] = {
    "warning_needs_response": ("warning_under_review", "warning_closed", "needs_response"),
    "warning_under_review": ("warning_closed", "needs_response"),
    "needs_response": ("under_review", "won", "lost"),
    "under_review": ("won", "lost"),
    "lost": ("won",),
    "warning_closed": (),
    "won": (),
    "prevented": (),
}
_CLOSED = ("won", "lost", "warning_closed", "prevented")
_HOLDS_MONEY = ("needs_response", "under_review", "lost")
_STOPS_MANDATE = ("debit_not_authorized", "customer_initiated")
REASONS = (
    "bank_cannot_process",
    "credit_not_processed",
    "customer_initiated",
    "debit_not_authorized",
    "duplicate",
    "fraudulent",
    "general",
    "incorrect_account_details",
    "insufficient_funds",
    "product_not_received",
    "product_unacceptable",
    "subscription_canceled",
    "unrecognized",
)
_ANSWER_WITHIN = 7 * DAY


def open_dispute(
    account: Account,
    charge: Body,
    *,
    status: str | None = None,
    amount: int | None = None,
    reason: str | None = None,
) -> Body:
    """The bank questions the charge or part of it; a direct debit's is lost at once."""
    sepa = charge["payment_method_details"]["type"] == "sepa_debit"
    begins = status or ("lost" if sepa else "needs_response")
    wanted, why = _checked(account, charge, begins, amount, reason, sepa)
    dispute = account.save(_dispute(account, charge, begins, wanted, why, sepa))
    if begins == "prevented":
        account.emit("charge.dispute.created", dispute)
        account.emit("charge.dispute.closed", dispute)
        return dispute
    if begins in _HOLDS_MONEY:
        _withdraw(account, dispute, sepa)
    changed(account, charge, "charge.updated", disputed=True)
    fraud_warnings.look_again(account, charge)
    account.emit("charge.dispute.created", dispute)
    if begins in _HOLDS_MONEY:
        account.emit("charge.dispute.funds_withdrawn", dispute)
    if begins == "lost":
        _stop_mandate(account, charge, why)
        account.emit("charge.dispute.closed", dispute)
    else:
        account.plan(dispute["evidence_details"]["due_by"], "dispute_overdue", dispute["id"])
    return dispute


def move(account: Account, dispute: Body, status: str) -> Body:
    """Take the dispute a step on; money comes back when it is won, the fee does not."""
    before = dispute["status"]
    if status not in NEXT[before]:
        steps = ", ".join(NEXT[before]) or "nothing"
        raise Refusal(f"After {before} comes {steps}, not {status}.", param="status")
    dispute.update(status=status, is_charge_refundable=status.startswith("warning"))
    if status == "under_review":
        dispute["evidence_details"].update(has_evidence=True, submission_count=1)
    account.save(dispute)
    if before.startswith("warning") and status == "needs_response":
        _withdraw(account, dispute, sepa=False)
        account.emit("charge.dispute.funds_withdrawn", dispute)
    if status == "won":
        _move(account, dispute, dispute["amount"], 0)
        account.emit("charge.dispute.funds_reinstated", dispute)
    closed = status in _CLOSED
    account.emit(f"charge.dispute.{'closed' if closed else 'updated'}", dispute, {"status": before})
    return dispute


def overdue(account: Account, dispute: Body) -> None:
    """Nobody has answered in time."""
    if dispute["status"] == "needs_response":
        dispute["evidence_details"]["past_due"] = True
        move(account, dispute, "lost")
    elif dispute["status"] == "warning_needs_response":
        move(account, dispute, "warning_closed")


def takes_the_money(account: Account, charge: Body) -> bool:
    """Whether a dispute keeps the charge's money, so that it cannot be refunded."""
    found = of_charge(account, charge["id"])
    return any(each["status"] in _HOLDS_MONEY for each in found)


def of_charge(account: Account, charge_id: str) -> list[Body]:
    """The disputes of a charge, oldest first."""
    return account.store.bodies("dispute", "json_extract(body, '$.charge') = ?", (charge_id,))


def _checked(
    account: Account,
    charge: Body,
    begins: str,
    amount: int | None,
    reason: str | None,
    sepa: bool,
) -> tuple[int, str]:
    if begins not in OPENING:
        raise Refusal(f"status must be one of {', '.join(OPENING)}", param="status")
    if charge["status"] != "succeeded":
        raise Refusal("Only a successful charge can be disputed.", param="id")
    if any(each["status"] != "warning_closed" for each in of_charge(account, charge["id"])):
        raise Refusal("This charge is disputed already.", param="id")
    left = charge["amount"] - charge["amount_refunded"]
    wanted = left if amount is None else amount
    if not 0 < wanted <= left:
        raise Refusal(f"amount must be 1 to {left}", param="amount")
    why = reason or ("bank_cannot_process" if sepa else "fraudulent")
    if why not in REASONS:
        raise Refusal(f"reason must be one of {', '.join(REASONS)}", param="reason")
    return wanted, why


def _dispute(
    account: Account, charge: Body, status: str, amount: int, reason: str, sepa: bool
) -> Body:
    dispute = {
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
            "due_by": None if status in _CLOSED else account.now() + _ANSWER_WITHIN,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": status.startswith("warning"),
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": status,
    }
    if not sepa:
        brand = charge["payment_method_details"]["card"]["brand"]
        kind = "inquiry" if status.startswith("warning") else "chargeback"
        card = {"brand": brand, "case_type": kind, "network": brand, "network_reason_code": "10"}
        dispute["payment_method_details"] = {"type": "card", "card": card}
    return dispute


def _withdraw(account: Account, dispute: Body, sepa: bool) -> None:
    fee = balance.RETURN_FEE if sepa else balance.DISPUTE_FEE
    _move(account, dispute, -dispute["amount"], fee)


def _move(account: Account, dispute: Body, amount: int, fee: int) -> None:
    reversal = amount > 0
    line = balance.record(
        account,
        kind="adjustment",
        category="dispute_reversal" if reversal else "dispute",
        amount=amount,
        currency=dispute["currency"],
        source=dispute["id"],
        fee=fee,
        description="Chargeback reversal" if reversal else "Chargeback withdrawal",
    )
    dispute["balance_transactions"].append(public(line))
    account.save(dispute)


def _stop_mandate(account: Account, charge: Body, reason: str) -> None:
    details = charge["payment_method_details"]
    mandate = details.get("sepa_debit", {}).get("mandate")
    if mandate and reason in _STOPS_MANDATE:
        mandates.revoke(account, account.get("mandate", mandate))
