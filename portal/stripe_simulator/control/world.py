"""Orders about the whole account: its clock, its settings, its failures, its end."""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue

from portal.stripe_simulator import agenda, dispatch, faults, preferences
from portal.stripe_simulator.account import DAY
from portal.stripe_simulator.api import this_account
from portal.stripe_simulator.control.door import (
    anything,
    control,
    order,
    seconds,
    text,
    whole,
)
from portal.stripe_simulator.refusals import Refusal

_UNITS = {"seconds": 1, "hours": 3600, "days": DAY}
_NEXT: dict[str, tuple[str, ...]] = {"debit": agenda.DEBITS, "payout": agenda.PAYOUTS}


@control.get("/")
def state() -> ResponseReturnValue:
    """The clock, the webhook mode, the settings, the faults to come, and what is due next."""
    account = this_account()
    rows = account.store.rows("select due_at, task, subject from agenda order by due_at, seq")
    return jsonify(
        now=account.now(),
        webhooks=dispatch.rule(account).mode,
        undelivered=dispatch.undelivered(account),
        agenda=[dict(row) for row in rows],
        faults=faults.planned(account),
        settings=preferences.everything(account),
        rates=preferences.rates(account),
    )


@control.post("/clock")
def clock() -> ResponseReturnValue:
    """Move forward by days, hours and seconds, to an instant, or to the next debit or payout."""
    account, wanted = this_account(), order(*_UNITS, "to", "next")
    forward = sum(whole(wanted, unit) * size for unit, size in _UNITS.items())
    with account.store.transaction():
        to = whole(wanted, "to", account.now() + forward)
        if "next" in wanted:
            to = _next(text(wanted, "next"))
        done = agenda.advance(account, to)
        now = account.now()
    return jsonify(now=now, done=done)


@control.post("/settings")
def settings() -> ResponseReturnValue:
    """Change what is set in the account's dashboard."""
    account = this_account()
    with account.store.transaction():
        return jsonify(preferences.change(account, anything()))


@control.post("/rates")
def rates() -> ResponseReturnValue:
    """Set how many euros one unit of a currency brings."""
    account = this_account()
    with account.store.transaction():
        return jsonify(preferences.set_rates(account, anything()))


@control.post("/faults")
def order_faults() -> ResponseReturnValue:
    """Fail the next requests, those of one path or method only if it is named."""
    names = ("status", "times", "after", "path", "method", "seconds", "kept")
    account, wanted = this_account(), order(*names)
    fault = faults.Fault(
        status=whole(wanted, "status"),
        times=whole(wanted, "times", 1),
        after=wanted.get("after") is True,
        path=text(wanted, "path") or "",
        method=(text(wanted, "method") or "").upper(),
        seconds=seconds(wanted, "seconds"),
        kept=wanted.get("kept") is True,
    )
    with account.store.transaction():
        faults.order(account, fault)
    return jsonify(fault)


@control.post("/faults/clear")
def clear_faults() -> ResponseReturnValue:
    """No more faults."""
    account = this_account()
    with account.store.transaction():
        faults.forget(account)
    return jsonify(faults=[])


@control.post("/reset")
def reset() -> ResponseReturnValue:
    """Forget everything: objects, events, answers, clock, settings."""
    account = this_account()
    with account.store.transaction():
        account.store.empty()
    return jsonify(now=account.now())


def _next(what: str | None) -> int:
    if what not in _NEXT:
        raise Refusal(f"next must be one of {', '.join(_NEXT)}", param="next")
    due = agenda.next_due(this_account(), _NEXT[what])
    if due is None:
        raise Refusal(f"No {what} is due.", param="next")
    return max(due, this_account().now())
