"""Tasks for a person: speak with a sponsor before a sponsorship is at risk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.core import audit
from portal.core.db import db, transaction
from portal.donations.models import CallReason, Plan, PlanCall
from portal.donations.services.orders import locked_plan, running
from portal.donations.services.plan_mails import say_link_wanted, staff_name
from portal.donations.services.provider import now, today


class CallOver(Exception):
    """Somebody called meanwhile, or the reason has gone."""


def open_call(plan: Plan, reason: CallReason, due_on: dt.date) -> PlanCall:
    """Ask for a call by that day; one that is open already is only hurried, never doubled.

    A second subscription comes before any other reason: it takes money nobody promised.
    """
    call = open_call_of(plan.id)
    if call is None:
        call = PlanCall(plan_id=plan.id, reason=reason, opened_at=now(), due_on=due_on)
        db.session.add(call)
    else:
        call.due_on = min(call.due_on, due_on)
        if reason is CallReason.TWO_SUBSCRIPTIONS:
            call.reason = reason
    db.session.flush()
    return call


def open_call_of(plan_id: int) -> PlanCall | None:
    """The call a plan waits for."""
    return db.session.scalar(
        sa.select(PlanCall).where(PlanCall.plan_id == plan_id, PlanCall.closed_at.is_(None))
    )


def no_call_needed(plan: Plan, reason: CallReason) -> None:
    """What the call was for is over: money came, or the sponsor decided."""
    call = open_call_of(plan.id)
    if call is not None and call.reason is reason:
        call.closed_at = now()
        db.session.flush()


def close_call(call_id: int, *, by: int, note: str) -> None:
    """Somebody called; what was said stays with the plan. Raises CallOver."""
    with transaction():
        call = db.session.get_one(
            PlanCall, call_id, with_for_update={"of": PlanCall}, populate_existing=True
        )
        if call.closed_at is not None:
            raise CallOver
        call.closed_at, call.closed_by, call.note = now(), by, note
        audit.record("plan.called", f"plan:{call.plan.public_id}", note=note, actor_id=by)


class NoAddress(Exception):
    """The sponsor has no e-mail address."""


def send_plan_link(plan_id: int, *, by: int) -> None:
    """Send the sponsor a link to this plan: another card or IBAN, a pause, the end.

    Raises NoAddress, PlanNotRunning.
    """
    with transaction():
        plan = locked_plan(plan_id)
        running(plan)
        if not plan.donor.email:
            raise NoAddress
        say_link_wanted(plan, staff_name(by))
        audit.record("plan.link_sent", f"plan:{plan.public_id}", actor_id=by)


def open_calls() -> Sequence[PlanCall]:
    """The calls that are due, the first on top."""
    chosen = (
        sa.select(PlanCall)
        .options(joinedload(PlanCall.plan).joinedload(Plan.donor))
        .where(PlanCall.closed_at.is_(None))
        .order_by(PlanCall.due_on, PlanCall.id)
    )
    return db.session.scalars(chosen).all()


def count_open() -> int:
    """How many sponsors are to be called."""
    chosen = sa.select(sa.func.count(PlanCall.id)).where(PlanCall.closed_at.is_(None))
    return int(db.session.scalar(chosen) or 0)


def late(call: PlanCall) -> bool:
    """Whether the day by which to call has passed."""
    return call.due_on < today()
