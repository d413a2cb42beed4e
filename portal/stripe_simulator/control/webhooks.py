"""Orders about webhooks: how events leave, and sending them again."""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue

from portal.stripe_simulator import dispatch
from portal.stripe_simulator.api import this_account
from portal.stripe_simulator.control.door import control, order, seconds, text, whole, words


@control.post("/webhooks")
def webhooks() -> ResponseReturnValue:
    """Send, hold or drop events from now on; with ``on``, held ones leave in the order named."""
    names = ("mode", "backwards", "order", "seed", "delay", "jitter", "copies", "types")
    account, wanted = this_account(), order(*names)
    rule = dispatch.Rule(
        mode=text(wanted, "mode") or "",
        delay=seconds(wanted, "delay"),
        jitter=seconds(wanted, "jitter"),
        copies=whole(wanted, "copies", 1),
        types=words(wanted, "types"),
    )
    turn = "backwards" if wanted.get("backwards") is True else text(wanted, "order") or "as made"
    with account.store.transaction():
        released = dispatch.set_rule(account, rule, turn, whole(wanted, "seed"))
    return jsonify(mode=rule.mode, released=released)


@control.get("/deliveries")
def delivered() -> ResponseReturnValue:
    """Every delivery with its state, attempts and last answer."""
    return jsonify(deliveries=dispatch.listed(this_account()))


@control.post("/events/<event_id>/send")
def send_event(event_id: str) -> ResponseReturnValue:
    """Send an event once more: ``{"copies": 2}`` for doubles."""
    account, copies = this_account(), whole(order("copies"), "copies", 1)
    with account.store.transaction():
        dispatch.send_again(account, event_id, copies)
    return jsonify(queued=copies)


@control.post("/events/replay")
def replay() -> ResponseReturnValue:
    """Send everything made since an instant once more, of some types or states only if named."""
    account, wanted = this_account(), order("since", "types", "states", "order")
    with account.store.transaction():
        queued = dispatch.replay(
            account,
            since=whole(wanted, "since"),
            types=words(wanted, "types"),
            states=words(wanted, "states"),
            order=text(wanted, "order") or "as made",
        )
    return jsonify(queued=queued)
