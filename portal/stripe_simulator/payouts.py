"""Payouts: what has become available goes to the charity's bank, once a day or when told."""

from __future__ import annotations

from portal.stripe_simulator import balance
from portal.stripe_simulator.account import DAY, Account
from portal.stripe_simulator.blanks import blank
from portal.stripe_simulator.currencies import SETTLEMENT
from portal.stripe_simulator.preferences import preference
from portal.stripe_simulator.refusals import Refusal
from portal.stripe_simulator.store import Body

_ARRIVES_AFTER = DAY
_RECONCILED_AFTER = 6 * 3600
FAILURES = {
    "account_closed": "The bank account has been closed.",
    "account_frozen": "The bank account has been frozen.",
    "could_not_process": "The bank could not process this payout.",
    "declined": "The bank has declined this transfer.",
    "incorrect_account_holder_name": "Your bank notified us that the account name is incorrect.",
    "invalid_account_number": "The routing number seems correct, but the account number is not.",
    "no_account": "The bank account could not be located.",
}


def pay_out_daily(account: Account) -> None:
    """What the schedule does each day on which something becomes available."""
    balance.make_available(account)
    if preference(account, "automatic_payouts"):
        pay_out(account)


def pay_out(account: Account) -> Body | None:
    """Send everything available, line by line; nothing when there is nothing to send."""
    lines = balance.unpaid(account)
    total = sum(each["net"] for each in lines)
    if total <= 0:
        return None
    payout, own = _begin(account, total, automatic=True)
    for each in [*lines, own]:
        each["status"] = "available"
        each["_sim"]["payout"] = payout["id"]
        account.save(each)
    account.plan(account.now() + _RECONCILED_AFTER, "payout_reconciled", payout["id"])
    return payout


def pay_out_by_hand(account: Account, amount: int | None) -> Body:
    """Send a sum chosen in the dashboard: Stripe cannot say which lines it pays out."""
    lines = balance.unpaid(account)
    available = sum(each["net"] for each in lines)
    wanted = available if amount is None else amount
    if not 0 < wanted <= available:
        raise Refusal(
            "You have insufficient funds in your Stripe account for this transfer.",
            code="balance_insufficient",
            param="amount",
        )
    payout, own = _begin(account, wanted, automatic=False)
    own["status"] = "available"
    if wanted == available:
        for each in [*lines, own]:
            each["_sim"]["payout"] = f"by hand: {payout['id']}"
            account.save(each)
    account.save(own)
    return payout


def arrive(account: Account, payout: Body) -> None:
    """The bank has the money."""
    if payout["status"] not in ("pending", "in_transit"):
        return
    payout["status"] = "paid"
    account.save(payout)
    account.emit("payout.paid", payout)


def reconcile(account: Account, payout: Body) -> None:
    """Stripe has put together which lines the payout paid out."""
    payout["reconciliation_status"] = "completed"
    account.save(payout)
    account.emit("payout.reconciliation_completed", payout)


def fail(account: Account, payout: Body, code: str) -> Body:
    """The bank sends the money back, which may be days after it was paid."""
    if payout["status"] not in ("pending", "in_transit", "paid"):
        raise Refusal("This payout has failed or was cancelled already.", param="id")
    if code not in FAILURES:
        raise Refusal(f"code must be one of {', '.join(FAILURES)}", param="code")
    payout.update(status="failed", failure_code=code, failure_message=FAILURES[code])
    return _give_back(account, payout, "payout_failure", "payout.failed")


def cancel(account: Account, payout: Body) -> Body:
    """Stop a payout that has not left yet."""
    if payout["status"] not in ("pending", "in_transit"):
        raise Refusal("Only a payout that has not arrived can be cancelled.", param="id")
    payout["status"] = "canceled"
    return _give_back(account, payout, "payout_cancel", "payout.canceled")


def lines_of(account: Account, payout_id: str) -> Body:
    """The payout, if one may ask for its lines."""
    payout = account.get("payout", payout_id, "payout")
    if not payout["automatic"]:
        raise Refusal(
            "Balance transaction history can only be filtered on automatic transfers, not manual.",
            param="payout",
        )
    return payout


def as_paid(payout_id: str, amount: int, created: int, line_id: str | None) -> Body:
    """An automatic payout that has arrived and been reconciled, not kept yet."""
    return {
        **_payout(payout_id, amount, created, automatic=True),
        "balance_transaction": line_id,
        "reconciliation_status": "completed",
        "status": "paid",
    }


def _begin(account: Account, amount: int, *, automatic: bool) -> tuple[Body, Body]:
    payout = _payout(account.new_id("po"), amount, account.now(), automatic=automatic)
    own = _own_line(account, payout, "payout", "payout", -amount, "STRIPE PAYOUT")
    payout["balance_transaction"] = own["id"]
    account.save(payout)
    account.emit("payout.created", payout)
    account.plan(payout["arrival_date"], "payout_arrives", payout["id"])
    return payout, own


def _give_back(account: Account, payout: Body, kind: str, event: str) -> Body:
    line = _own_line(account, payout, kind, "payout_reversal", payout["amount"], "PAYOUT RETURNED")
    payout["failure_balance_transaction"] = line["id"]
    account.unplan("payout_arrives", payout["id"])
    account.save(payout)
    account.emit(event, payout)
    return payout


def _own_line(
    account: Account, payout: Body, kind: str, category: str, amount: int, description: str
) -> Body:
    return balance.record(
        account,
        kind=kind,
        category=category,
        amount=amount,
        currency=SETTLEMENT,
        source=payout["id"],
        description=description,
    )


def _payout(payout_id: str, amount: int, created: int, *, automatic: bool) -> Body:
    return {
        "id": payout_id,
        "object": "payout",
        **blank("payout"),
        "amount": amount,
        "arrival_date": created + _ARRIVES_AFTER,
        "automatic": automatic,
        "balance_transaction": None,
        "created": created,
        "currency": SETTLEMENT,
        "description": "STRIPE PAYOUT",
        "destination": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "reconciliation_status": "in_progress" if automatic else "not_applicable",
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit",
        "type": "bank_account",
    }
