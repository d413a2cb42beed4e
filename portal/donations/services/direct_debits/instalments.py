"""What is due and who was told: due dates of each plan, announced in time, changed or put off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from portal.core import audit
from portal.core.db import db, transaction
from portal.core.money import Money
from portal.donations import events
from portal.donations.models import (
    Collector,
    Instalment,
    Mandate,
    MandateState,
    Plan,
    PlanState,
)
from portal.donations.rules.amounts import Rhythm, check_amount
from portal.donations.rules.direct_debit import (
    InstalmentState,
    collection_day,
    due_days,
    earliest_collection,
    lapses_on,
)
from portal.donations.services.direct_debits import letters
from portal.donations.services.direct_debits.mandates import cancel_what_is_to_come
from portal.donations.services.provider import today

HORIZON = dt.timedelta(days=45)
ARREARS = dt.timedelta(days=31)
"""What was not planned in time is forgotten after a month: nobody pays arrears by surprise."""
ANNOUNCED_BEFORE = dt.timedelta(days=7)
"""How long before it must, a debit is announced."""
DUE_STATES = (PlanState.PENDING, PlanState.ACTIVE, PlanState.PAST_DUE, PlanState.PAUSED)


class PlanNotOurs(Exception):
    """The plan is not collected by the association, or it is over."""


def plan_and_announce() -> tuple[int, int]:
    """Write down what falls due in the coming weeks and tell the donors who have an e-mail address.

    Gives how many due dates are new and how many were announced. Done twice, it does nothing more.
    """
    return plan_instalments(), announce()


def plan_instalments() -> int:
    """The due dates of the next weeks of every plan with a live mandate."""
    with transaction():
        made = sum(_plan(mandate) for mandate in db.session.scalars(_live_mandates()))
        db.session.flush()
        return made


def _live_mandates() -> sa.Select[Mandate]:
    return (
        sa.select(Mandate)
        .join(Plan, Plan.id == Mandate.plan_id)
        .where(
            Mandate.state == MandateState.ACTIVE,
            Plan.collector == Collector.DIRECT_DEBIT,
            Plan.state.in_(DUE_STATES),
        )
        .order_by(Mandate.id)
    )


def _plan(mandate: Mandate) -> int:
    plan, made, now = mandate.plan, 0, today()
    end = lapses_on(mandate.signed_on, mandate.last_collected_on)
    last = mandate.last_collected_on
    for due in due_days(mandate.first_due_on, str(plan.interval), now + HORIZON):
        paused = plan.paused_until is not None and due < plan.paused_until
        if due < now - ARREARS or due >= end or paused or (last is not None and due <= last):
            continue
        made += _due(plan, due)
    coming = sa.select(sa.func.min(Instalment.due_on)).where(
        Instalment.plan_id == plan.id,
        Instalment.state.in_((InstalmentState.PLANNED, InstalmentState.ANNOUNCED)),
    )
    plan.next_debit_on = db.session.scalar(coming) or plan.next_debit_on
    return made


def _due(plan: Plan, due_on: dt.date) -> int:
    new = (
        insert(Instalment)
        .values(
            plan_id=plan.id,
            due_on=due_on,
            amount_minor=plan.amount_minor,
            state=InstalmentState.PLANNED,
        )
        .on_conflict_do_nothing(index_elements=["plan_id", "due_on"])
        .returning(Instalment.id)
    )
    return 0 if db.session.scalar(new) is None else 1


def announce() -> int:
    """Tell the donors by mail, in time, what will be taken and when; how many were told."""
    told = 0
    for instalment_id in db.session.scalars(_to_announce().with_only_columns(Instalment.id)).all():
        with transaction():
            instalment = _locked(instalment_id)
            mandate = _mandate_of(instalment.plan_id)
            if instalment.state is not InstalmentState.PLANNED or not mandate.donor.email:
                continue
            _announced(instalment, mandate, today())
            letters.say_debit_to_come(instalment, mandate)
            told += 1
    return told


def announced_by_post(instalment_ids: Sequence[int], on: dt.date, *, by: int) -> int:
    """The letters of these debits went out that day; how many are announced by it."""
    told = 0
    with transaction():
        for instalment_id in sorted(set(instalment_ids)):
            instalment = _locked(instalment_id)
            if instalment.state is InstalmentState.PLANNED:
                _announced(instalment, _mandate_of(instalment.plan_id), on)
                told += 1
        audit.record(
            "debits.announced_by_post",
            "direct_debits",
            after={"count": told, "on": on},
            actor_id=by,
        )
    return told


def waiting_for_a_letter() -> list[tuple[Instalment, Mandate]]:
    """Debits to announce whose donor has no e-mail address."""
    due = db.session.scalars(_to_announce())
    found = [(each, _mandate_of(each.plan_id)) for each in due]
    return [(each, mandate) for each, mandate in found if not mandate.donor.email]


def _to_announce() -> sa.Select[Instalment]:
    days = sa.cast(Mandate.notice_days + ANNOUNCED_BEFORE.days, sa.Integer)
    return (
        sa.select(Instalment)
        .join(
            Mandate,
            sa.and_(Mandate.plan_id == Instalment.plan_id, Mandate.state == MandateState.ACTIVE),
        )
        .where(
            Instalment.state == InstalmentState.PLANNED,
            Instalment.due_on <= sa.literal(today(), sa.Date).op("+")(days),
        )
        .order_by(Instalment.due_on, Instalment.id)
    )


def _announced(instalment: Instalment, mandate: Mandate, on: dt.date) -> None:
    soonest = earliest_collection(today(), on, mandate.notice_days)
    instalment.announced_on = on
    instalment.announced_for = max(collection_day(instalment.due_on), soonest)
    instalment.state = InstalmentState.ANNOUNCED
    db.session.flush()


def change_debit_amount(plan_id: int, amount: Money, *, by: int | None) -> Plan:
    """Another amount from the next debit on; one announced already is announced anew.

    Raises PlanNotOurs, AmountError.
    """
    with transaction():
        plan = own_plan(plan_id)
        check_amount(amount, Rhythm.of_interval(str(plan.interval)))
        before = plan.amount
        if amount == before:
            return plan
        plan.amount_minor = amount.minor
        _put_back(plan_id, amount_minor=amount.minor)
        audit.record(
            "plan.amount_changed",
            f"plan:{plan.public_id}",
            before={"amount": str(before)},
            after={"amount": str(amount)},
            actor_id=by,
        )
        db.session.flush()
        return plan


def pause_debits(plan_id: int, until: dt.date, *, by: int | None) -> Plan:
    """No debit before that day; what would have been due meanwhile is never asked for.

    Raises PlanNotOurs.
    """
    with transaction():
        plan = own_plan(plan_id)
        plan.paused_until, plan.state = until, PlanState.PAUSED
        cancel_what_is_to_come(plan_id, before=until)
        audit.record("plan.paused", f"plan:{plan.public_id}", after={"until": until}, actor_id=by)
        db.session.flush()
        events.plan_paused.send(plan, plan=plan, on=today())
        return plan


def resume_debits(plan_id: int, *, by: int | None) -> Plan:
    """The pause is over: debits go on with the next due date. Raises PlanNotOurs."""
    with transaction():
        plan = own_plan(plan_id)
        if plan.state is not PlanState.PAUSED:
            return plan
        plan.paused_until = None
        plan.state = PlanState.ACTIVE if plan.started_on else PlanState.PENDING
        _reopen(plan)
        audit.record("plan.resumed", f"plan:{plan.public_id}", actor_id=by)
        db.session.flush()
        events.plan_resumed.send(plan, plan=plan, on=today())
        return plan


def end_pauses() -> None:
    """Pauses whose day has come."""
    over = sa.select(Plan.id).where(
        Plan.collector == Collector.DIRECT_DEBIT,
        Plan.state == PlanState.PAUSED,
        Plan.paused_until <= today(),
    )
    for plan_id in db.session.scalars(over).all():
        resume_debits(plan_id, by=None)


def own_plan(plan_id: int) -> Plan:
    """The plan, locked, when the association collects it. Raises PlanNotOurs."""
    plan = db.session.get_one(Plan, plan_id, with_for_update={"of": Plan}, populate_existing=True)
    if plan.collector is not Collector.DIRECT_DEBIT or plan.state not in DUE_STATES:
        raise PlanNotOurs(str(plan.public_id))
    return plan


def _put_back(plan_id: int, *, amount_minor: int) -> None:
    """Due dates not in a file yet take the new amount and are announced (again)."""
    db.session.execute(
        sa.update(Instalment)
        .where(
            Instalment.plan_id == plan_id,
            Instalment.state.in_((InstalmentState.PLANNED, InstalmentState.ANNOUNCED)),
        )
        .values(
            amount_minor=amount_minor,
            state=InstalmentState.PLANNED,
            announced_on=None,
            announced_for=None,
        )
    )


def _reopen(plan: Plan) -> None:
    """Due dates to come that the pause had cancelled are due after all, with today's amount."""
    db.session.execute(
        sa.update(Instalment)
        .where(
            Instalment.plan_id == plan.id,
            Instalment.state == InstalmentState.CANCELLED,
            Instalment.due_on > today(),
        )
        .values(
            amount_minor=plan.amount_minor,
            state=InstalmentState.PLANNED,
            announced_on=None,
            announced_for=None,
        )
    )


def _locked(instalment_id: int) -> Instalment:
    return db.session.get_one(
        Instalment, instalment_id, with_for_update={"of": Instalment}, populate_existing=True
    )


def _mandate_of(plan_id: int) -> Mandate:
    return db.session.scalars(
        sa.select(Mandate).where(Mandate.plan_id == plan_id, Mandate.state == MandateState.ACTIVE)
    ).one()
