"""What is done with a running plan: another amount, another day, a pause, an end, an open debit paid.

Each is an order: written down, asked of the provider, and done only when its own object says so. The
order that comes back tells which: `done`, `waits` (kept and asked again by itself), or refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from portal.core import audit
from portal.core.db import db, transaction
from portal.core.money import Money
from portal.donations.codes import PurposeKind
from portal.donations.models import OrderKind, Plan, PlanState, ProviderOrder
from portal.donations.rules.amounts import Rhythm, check_amount
from portal.donations.rules.plan_dates import PauseChoice, moved_debit, pause_choices
from portal.donations.services.carrying_out import carry_out, carry_out_all
from portal.donations.services.orders import (
    RUNNING,
    THE_PORTAL,
    Asker,
    OrderConflict,
    PlanNotRunning,
    locked_plan,
    place,
    running,
)
from portal.donations.services.plan_links import give_back, take
from portal.donations.services.provider import idempotency_key, today
from portal.donations.services.reminders import open_failures


class NotNow(Exception):
    """The plan stands where this makes no sense: paused, stopping, behind, or nothing to change."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an act changes, in plain values for the order."""

    params: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


def change_plan_amount(
    plan_id: int, amount: Money, *, form_token: str, by: Asker = THE_PORTAL
) -> ProviderOrder:
    """Take another amount from the next debit on; nothing is charged or given back now.

    An open debit keeps its amount. Raises AmountError, PlanNotRunning, NotNow, OrderConflict.
    """

    def wanted(plan: Plan) -> Wanted:
        rhythm = Rhythm.of_interval(str(plan.interval))
        check_amount(amount, rhythm, sponsoring=plan.purpose is PurposeKind.SPONSORSHIP)
        if amount.currency != plan.currency or amount == plan.amount or plan.cancels_on is not None:
            raise NotNow
        return Wanted({}, _plain(plan.amount), _plain(amount))

    return ask(plan_id, OrderKind.AMOUNT, _plain(amount), wanted, act=form_token, by=by)


def change_debit_day(
    plan_id: int, day: int, *, form_token: str, by: Asker = THE_PORTAL
) -> ProviderOrder:
    """Take the debits on that day of the month (1 to 28) from the next one on.

    Raises ValueError, PlanNotRunning, NotNow (paused, behind or stopping), OrderConflict.
    """

    def wanted(plan: Plan) -> Wanted:
        if plan.state is not PlanState.ACTIVE or plan.cancels_on or plan.next_debit_on is None:
            raise NotNow
        on = moved_debit(plan.next_debit_on, day, today())
        if on == plan.next_debit_on:
            raise NotNow
        moved = {"on": on.isoformat()}
        return Wanted(moved, {"on": plan.next_debit_on.isoformat()}, moved)

    return ask(plan_id, OrderKind.NEXT_DEBIT, {"day": day}, wanted, act=form_token, by=by)


def pauses_of(plan: Plan) -> list[PauseChoice]:
    """The pauses a plan may take now; none while it pauses or stops, or when nothing would be due."""
    if plan.state not in (PlanState.ACTIVE, PlanState.PAST_DUE):
        return []
    if plan.cancels_on is not None or plan.next_debit_on is None:
        return []
    return pause_choices(plan.next_debit_on, str(plan.interval), today())


def pause_plan(
    plan_id: int, months: int, *, form_token: str, by: Asker = THE_PORTAL, note: str = ""
) -> ProviderOrder:
    """Take no debit for so many months (1 to 6); what would have been due meanwhile is never asked for.

    A debit that failed before is dropped. Raises PlanNotRunning, NotNow, OrderConflict.
    """

    def wanted(plan: Plan) -> Wanted:
        choice = next((each for each in pauses_of(plan) if each.months == months), None)
        if choice is None:
            raise NotNow
        until = {"until": choice.until.isoformat()}
        return Wanted(until, {}, {**until, "next": choice.next_debit_on.isoformat()})

    return ask(
        plan_id, OrderKind.PAUSE, {"months": months}, wanted, act=form_token, by=by, note=note
    )


def resume_plan(plan_id: int, *, form_token: str, by: Asker = THE_PORTAL) -> ProviderOrder:
    """End a pause now. Raises PlanNotRunning, NotNow, OrderConflict."""

    def wanted(plan: Plan) -> Wanted:
        if plan.state is not PlanState.PAUSED:
            raise NotNow
        until = plan.paused_until
        return Wanted(before={"until": until.isoformat()} if until else {})

    return ask(plan_id, OrderKind.RESUME, {}, wanted, act=form_token, by=by)


def stop_plan(
    plan_id: int, *, reason: str = "", form_token: str = "", by: Asker = THE_PORTAL
) -> ProviderOrder:
    """No further debit. What was given stays given.

    In good order it ends when the time already paid for is over, and can be taken back until then
    (`keep_plan`); paused or behind it ends at once, and a debit that failed is dropped.
    Raises PlanNotRunning, NotNow (it is stopping already), OrderConflict.
    """

    def wanted(plan: Plan) -> Wanted:
        if plan.cancels_on is not None:
            raise NotNow
        later = plan.state is PlanState.ACTIVE and not open_failures(plan.id)
        on = plan.next_debit_on if later else today()
        return Wanted({"at_period_end": later}, {}, {"on": on.isoformat() if on else ""})

    act = form_token or f"stop:{today()}"
    return ask(plan_id, OrderKind.STOP, {}, wanted, act=act, by=by, note=reason)


def keep_plan(plan_id: int, *, form_token: str, by: Asker = THE_PORTAL) -> ProviderOrder:
    """Take back a stop that is not in force yet. Raises PlanNotRunning, NotNow, OrderConflict."""

    def wanted(plan: Plan) -> Wanted:
        if plan.cancels_on is None:
            raise NotNow
        return Wanted(before={"on": plan.cancels_on.isoformat()})

    return ask(plan_id, OrderKind.KEEP, {}, wanted, act=form_token, by=by)


def pay_open_debit(plan_id: int, *, form_token: str, by: Asker = THE_PORTAL) -> ProviderOrder:
    """Try the oldest open debit again now. Raises PlanNotRunning, NotNow, OrderConflict."""

    def wanted(plan: Plan) -> Wanted:
        failures = open_failures(plan.id)
        if not failures:
            raise NotNow
        owed = failures[0]
        return Wanted({"invoice": owed.invoice_id}, {}, _plain(owed.amount))

    return ask(plan_id, OrderKind.PAY, {}, wanted, act=form_token, by=by)


def ask(
    plan_id: int,
    kind: OrderKind,
    given: dict[str, Any],
    wanted: Callable[[Plan], Wanted],
    *,
    act: str,
    by: Asker,
    note: str = "",
) -> ProviderOrder:
    """Write the order down, ask the provider, and whatever follows from it.

    ``given`` is what the form said: the same form again gives the same order, with another content
    it raises OrderConflict and nothing is sent.
    """
    order = _written(plan_id, kind, given, wanted, act=act, by=by, note=note)
    carry_out(order.id)
    carry_out_all(plan_id)
    order = db.session.get_one(ProviderOrder, order.id, populate_existing=True)
    if by.link_id is not None and not order.done and not order.waits:
        give_back(by.link_id)
    return order


def _written(
    plan_id: int,
    kind: OrderKind,
    given: dict[str, Any],
    wanted: Callable[[Plan], Wanted],
    *,
    act: str,
    by: Asker,
    note: str,
) -> ProviderOrder:
    try:
        with transaction():
            plan = locked_plan(plan_id)
            known = order_of_act(plan, kind, act)
            if known is not None:
                return _same(known, given)
            running(plan)
            found = wanted(plan)
            if by.link_id is not None and kind is not OrderKind.METHOD_PAGE:
                take(by.link_id)
            return place(
                plan,
                kind,
                {**given, **found.params},
                act=act,
                by=by,
                before=found.before,
                after=found.after,
                note=note,
            )
    except OrderConflict:
        with transaction():
            plan = db.session.get_one(Plan, plan_id)
            audit.record("order.conflict", f"plan:{plan.public_id}", note=kind.value)
        raise


def order_of_act(plan: Plan, kind: OrderKind, act: str) -> ProviderOrder | None:
    """The order this act became, when it was asked before."""
    key = idempotency_key("plan", plan.id, kind.value, act)
    return db.session.scalar(sa.select(ProviderOrder).where(ProviderOrder.idempotency_key == key))


def _same(known: ProviderOrder, given: dict[str, Any]) -> ProviderOrder:
    if any(known.params.get(name) != value for name, value in given.items()):
        raise OrderConflict(known.idempotency_key)
    return known


def _plain(amount: Money) -> dict[str, Any]:
    return {"minor": amount.minor, "currency": amount.currency}


def last_day(plan: Plan) -> dt.date | None:
    """The day a stop would be in force: when the time paid for is over, or today."""
    good = plan.state is PlanState.ACTIVE and not open_failures(plan.id)
    return plan.next_debit_on if good else today()


__all__ = [
    "RUNNING",
    "NotNow",
    "OrderConflict",
    "PlanNotRunning",
    "Wanted",
    "ask",
    "change_debit_day",
    "change_plan_amount",
    "keep_plan",
    "last_day",
    "order_of_act",
    "pause_plan",
    "pauses_of",
    "pay_open_debit",
    "resume_plan",
    "stop_plan",
]
