"""What a credited debit does to its plan, and what takes it back when the credit was none."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from portal.core.db import db
from portal.donations import events
from portal.donations.models import (
    Collection,
    CollectionAttempt,
    Gift,
    Instalment,
    Plan,
    PlanState,
)
from portal.donations.rules.direct_debit import AttemptState, InstalmentState
from portal.donations.services.plan_life import activate
from portal.donations.services.provider import today

AFTER_NO_DEBIT = {PlanState.PAST_DUE: PlanState.PENDING, PlanState.ENDED: PlanState.ABANDONED}
"""What a plan that went on since is when it never began after all."""


def plan_credited(plan: Plan, attempt: CollectionAttempt, gift: Gift) -> None:
    """The first debit begins the plan, one that was behind recovers; the attempt keeps what it was."""
    if plan.state is PlanState.ABANDONED:
        return  # stopped while its first debit was with the bank: the gift came, the plan is over
    if plan.started_on is None:
        attempt.plan_was = plan.state
        paused = plan.state is PlanState.PAUSED
        activate(plan, gift)
        if paused:
            plan.state = (
                PlanState.PAUSED
            )  # its first debit came; the pause asked for meanwhile holds
            db.session.flush()
    elif plan.state is PlanState.PAST_DUE and not _still_back(plan.id):
        attempt.plan_was, plan.state = plan.state, PlanState.ACTIVE
        db.session.flush()
        events.plan_recovered.send(plan, plan=plan, on=today())


def plan_uncredited(attempt: CollectionAttempt, on: dt.date) -> None:
    """The credit of that day was none: the plan is what it was before, unless a later debit carries it."""
    was, attempt.plan_was = attempt.plan_was, None
    if was is None:
        return
    plan = db.session.get_one(Plan, attempt.instalment.plan_id, with_for_update={"of": Plan})
    if was is PlanState.PAST_DUE:
        _behind_again(plan)
    elif plan.started_on == on:
        _not_begun(plan, was)


def _behind_again(plan: Plan) -> None:
    if plan.state is PlanState.ACTIVE:
        plan.state = PlanState.PAST_DUE
        db.session.flush()
        events.plan_past_due.send(plan, plan=plan, on=today())


def _not_begun(plan: Plan, was: PlanState) -> None:
    carries = _first_credited(plan.id)
    if carries is not None:
        carries.plan_was, plan.started_on = was, carries.collection.credited_on
        db.session.flush()
        return
    plan.started_on = None
    plan.state = (
        was if plan.state is PlanState.ACTIVE else AFTER_NO_DEBIT.get(plan.state, plan.state)
    )
    db.session.flush()
    events.plan_not_begun.send(plan, plan=plan, on=today())


def _first_credited(plan_id: int) -> CollectionAttempt | None:
    """The earliest other debit of the plan for which the account was credited."""
    return db.session.scalar(
        sa.select(CollectionAttempt)
        .join(CollectionAttempt.collection)
        .join(CollectionAttempt.instalment)
        .where(
            Instalment.plan_id == plan_id,
            CollectionAttempt.state.in_((AttemptState.CREDITED, AttemptState.RETURNED)),
            Collection.credited_on.is_not(None),
        )
        .order_by(Collection.credited_on, CollectionAttempt.id)
        .limit(1)
    )


def _still_back(plan_id: int) -> bool:
    back = sa.select(Instalment.id).where(
        Instalment.plan_id == plan_id, Instalment.state == InstalmentState.RETURNED
    )
    return db.session.scalar(back.limit(1)) is not None
