"""The hand on the simulator: its clock, its webhooks, its failures. JSON, loopback only.

A page in somebody's browser must not be able to use it: requests that change something have to be
JSON, which a form of another site cannot send.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from portal.stripe_simulator import agenda, billing, deliveries, faults, payment_methods, refunds
from portal.stripe_simulator import payouts as paying_out
from portal.stripe_simulator.account import DAY, public
from portal.stripe_simulator.api import this_account
from portal.stripe_simulator.refusals import Refusal

control = Blueprint("control", __name__, url_prefix="/_sim")
_UNITS = {"seconds": 1, "hours": 3600, "days": DAY}


@control.before_request
def refuse_forms() -> ResponseReturnValue | None:
    """Only JSON may change something."""
    if request.method == "POST" and request.mimetype != "application/json":
        return jsonify(error="send application/json"), 415
    return None


@control.errorhandler(Refusal)
def refused(refusal: Refusal) -> ResponseReturnValue:
    """What cannot be done, in words."""
    return jsonify(refusal.body()), refusal.status


@control.get("/")
def state() -> ResponseReturnValue:
    """The clock, the webhook mode, and what is due next."""
    account = this_account()
    rows = account.store.rows("select due_at, task, subject from agenda order by due_at, seq")
    return jsonify(
        now=account.now(),
        webhooks=account.store.setting("webhooks", "on"),
        undelivered=deliveries.undelivered(account),
        agenda=[dict(row) for row in rows],
    )


@control.post("/clock")
def clock() -> ResponseReturnValue:
    """Move forward: ``{"days": 31}``, ``{"hours": 2}``, ``{"seconds": 5}`` or ``{"to": unix}``."""
    account, wanted = this_account(), _body(*_UNITS, "to")
    forward = sum(_whole(wanted, unit) * size for unit, size in _UNITS.items())
    with account.store.transaction():
        done = agenda.advance(account, _whole(wanted, "to", account.now() + forward))
        now = account.now()
    return jsonify(now=now, done=done)


@control.post("/webhooks")
def webhooks() -> ResponseReturnValue:
    """``{"mode": "on" | "hold" | "drop", "backwards": false}``: held ones are sent when on again."""
    account, wanted = this_account(), _body("mode", "backwards")
    mode = wanted.get("mode")
    if mode not in deliveries.MODES:
        raise Refusal(f"mode must be one of {', '.join(deliveries.MODES)}", param="mode")
    with account.store.transaction():
        released = deliveries.set_mode(account, mode, wanted.get("backwards") is True)
    return jsonify(mode=mode, released=released)


@control.get("/deliveries")
def delivered() -> ResponseReturnValue:
    """Every delivery with its state, attempts and last answer."""
    return jsonify(deliveries=deliveries.listed(this_account()))


@control.post("/events/<event_id>/send")
def send_event(event_id: str) -> ResponseReturnValue:
    """Send an event once more: ``{"copies": 2}`` for doubles."""
    account, copies = this_account(), _whole(_body("copies"), "copies", 1)
    if not 1 <= copies <= 100:
        raise Refusal("copies must be 1 to 100", param="copies")
    with account.store.transaction():
        deliveries.send_again(account, event_id, copies)
    return jsonify(queued=copies)


@control.post("/payment_intents/<intent_id>/settle")
def settle(intent_id: str) -> ResponseReturnValue:
    """Let the bank answer about a direct debit now: ``{"outcome": "sepa" | "sepa_fails"}``."""
    account, wanted = this_account(), _body("outcome")
    with account.store.transaction():
        intent = account.get("payment_intent", intent_id)
        if intent["status"] != "processing":
            raise Refusal("This payment is not processing.", param="id")
        outcome = wanted.get("outcome", intent["_sim"]["outcome"])
        if outcome not in ("sepa", "sepa_fails"):
            raise Refusal("outcome must be one of sepa, sepa_fails", param="outcome")
        intent["_sim"]["outcome"] = outcome
        account.save(intent)
        account.unplan("settle_debit", intent_id)
        billing.settle(account, intent)
    return jsonify(public(intent))


@control.post("/subscriptions/<subscription_id>/next_payments")
def next_payments(subscription_id: str) -> ResponseReturnValue:
    """How the plan's next debits end: ``{"outcome": "declined"}``."""
    account, wanted = this_account(), _body("outcome")
    with account.store.transaction():
        subscription = account.get("subscription", subscription_id)
        method = account.get("payment_method", subscription["default_payment_method"])
        payment_methods.set_outcome(account, method, str(wanted.get("outcome")))
    return jsonify(payment_method=method["id"], outcome=wanted["outcome"])


@control.post("/charges/<charge_id>/dispute")
def dispute(charge_id: str) -> ResponseReturnValue:
    """The cardholder's bank disputes the charge."""
    account = this_account()
    with account.store.transaction():
        opened = refunds.open_dispute(account, account.get("charge", charge_id))
    return jsonify(public(opened))


@control.post("/disputes/<dispute_id>/close")
def close_dispute(dispute_id: str) -> ResponseReturnValue:
    """The bank decides: ``{"won": true}`` or ``{"won": false}``."""
    account, won = this_account(), _body("won").get("won") is True
    with account.store.transaction():
        closed = refunds.close_dispute(account, account.get("dispute", dispute_id), won)
    return jsonify(public(closed))


@control.post("/payouts")
def pay_out() -> ResponseReturnValue:
    """Send what is available to the bank now: ``{"currency": "eur"}``."""
    account, currency = this_account(), str(_body("currency").get("currency", "eur"))
    with account.store.transaction():
        payout = paying_out.pay_out(account, currency)
    if payout is None:
        raise Refusal("Nothing is available to pay out.")
    return jsonify(public(payout))


@control.post("/faults")
def order_faults() -> ResponseReturnValue:
    """Fail the next requests: ``{"status": 500, "times": 2, "after": false}``."""
    account, wanted = this_account(), _body("status", "times", "after")
    status, times = _whole(wanted, "status"), _whole(wanted, "times", 1)
    if status not in faults.STATUSES:
        raise Refusal(f"status must be one of {', '.join(map(str, faults.STATUSES))}")
    with account.store.transaction():
        faults.order(account, status, times, wanted.get("after") is True)
    return jsonify(status=status, times=times)


@control.post("/reset")
def reset() -> ResponseReturnValue:
    """Forget everything: objects, events, answers, clock."""
    account = this_account()
    with account.store.transaction():
        account.store.empty()
    return jsonify(now=account.now())


def _body(*names: str) -> dict[str, Any]:
    given = request.get_json(silent=True) if request.get_data() else {}
    if not isinstance(given, dict):
        raise Refusal("The body must be a JSON object.")
    for name in given:
        if name not in names:
            raise Refusal(f"Received unknown parameter: {name}", param=name)
    return given


def _whole(given: dict[str, Any], name: str, default: int = 0) -> int:
    value = given.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Refusal(f"{name} must be a whole number", param=name)
    return value
