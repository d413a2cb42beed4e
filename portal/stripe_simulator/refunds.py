"""Refunds: money given back, at once or only after some days, and refunds that come back."""

from __future__ import annotations

from portal.stripe_simulator import balance, disputes, fraud_warnings
from portal.stripe_simulator import parameters as p
from portal.stripe_simulator.account import DAY, Account, changed
from portal.stripe_simulator.preferences import preference
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
FAILURES = (
    "charge_for_pending_refund_disputed",
    "declined",
    "expired_or_canceled_card",
    "insufficient_funds",
    "lost_or_stolen_card",
    "merchant_request",
    "unknown",
)
_TAKES = 3 * DAY


def create(account: Account, given: Body) -> Body:
    """Give back all or part of a payment; more than is left is refused."""
    charge = _charge_of(account, given)
    amount = _refundable(account, charge, given.get("amount"))
    sepa = charge["payment_method_details"]["type"] == "sepa_debit"
    wanted = preference(account, "refund_status")
    pending = wanted in ("pending", "failed") or (sepa and not wanted)
    refund = _refund(account, charge, amount, given, sepa)
    refund["balance_transaction"] = balance.record(
        account,
        kind="payment_refund" if sepa else "refund",
        category="refund",
        amount=-amount,
        currency=charge["currency"],
        source=refund["id"],
        description="REFUND FOR CHARGE",
    )["id"]
    if pending:
        refund.update(status="pending", pending_reason="processing")
    account.save(refund)
    account.emit("refund.created", refund)
    _add_to_charge(account, charge, amount, "charge.refunded")
    fraud_warnings.look_again(account, charge)
    if pending and wanted != "pending":
        account.plan(account.now() + _TAKES, "refund_ends", refund["id"])
    return refund


def update(account: Account, given: Body) -> Body:
    """Change a refund's metadata."""
    refund = account.get("refund", given.pop("id"))
    metadata = p.merged(refund["metadata"], given.get("metadata", {}))
    return changed(account, refund, "refund.updated", metadata=metadata)


def end(account: Account, refund: Body) -> None:
    """The bank answers about a refund under way, as the account's settings say."""
    if refund["status"] != "pending":
        return
    if preference(account, "refund_status") == "failed":
        fail(account, refund, preference(account, "refund_failure_reason"))
    else:
        succeed(account, refund)


def succeed(account: Account, refund: Body) -> Body:
    """The donor has the money back."""
    if refund["status"] != "pending":
        raise Refusal("This refund is not pending.", param="id")
    account.unplan("refund_ends", refund["id"])
    refund.pop("pending_reason", None)
    changed(account, refund, "refund.updated", status="succeeded")
    account.emit("charge.refund.updated", refund)
    return refund


def fail(account: Account, refund: Body, reason: str) -> Body:
    """The donor's bank sends a refund back, even one that had succeeded: the money is ours again."""
    if refund["status"] not in ("pending", "succeeded"):
        raise Refusal("This refund has failed or was cancelled already.", param="id")
    if reason not in FAILURES:
        raise Refusal(f"reason must be one of {', '.join(FAILURES)}", param="reason")
    account.unplan("refund_ends", refund["id"])
    charge = account.get("charge", refund["charge"])
    line = balance.record(
        account,
        kind="refund_failure",
        category="refund_failure",
        amount=refund["amount"],
        currency=refund["currency"],
        source=refund["id"],
        description="REFUND FAILURE",
    )
    before = refund["status"]
    refund.pop("pending_reason", None)
    refund.update(status="failed", failure_reason=reason, failure_balance_transaction=line["id"])
    account.save(refund)
    _add_to_charge(account, charge, -refund["amount"], "charge.updated")
    account.emit("refund.updated", refund, {"status": before})
    account.emit("refund.failed", refund)
    account.emit("charge.refund.updated", refund, {"status": before})
    return refund


def _refund(account: Account, charge: Body, amount: int, given: Body, sepa: bool) -> Body:
    means = charge["payment_method_details"]["type"]
    destination: Body = {"type": means}
    if means == "card":
        destination["card"] = {"type": "refund", "reference_status": "pending"}
        destination["card"]["reference_type"] = "acquirer_reference_number"
    return {
        "id": account.new_id("pyr" if sepa else "re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": account.now(),
        "currency": charge["currency"],
        "destination_details": destination,
        "metadata": p.merged({}, given.get("metadata", {})),
        "payment_intent": charge["payment_intent"],
        "reason": given.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def _add_to_charge(account: Account, charge: Body, amount: int, event: str) -> None:
    before = {name: charge[name] for name in ("amount_refunded", "refunded")}
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    account.save(charge)
    account.emit(event, charge, before)


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


def _refundable(account: Account, charge: Body, wanted: int | None) -> int:
    left: int = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise Refusal("This charge did not succeed.", code="charge_not_refundable")
    if disputes.takes_the_money(account, charge):
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
