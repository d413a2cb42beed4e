"""The line that credited a file was another one's: each plan is what it was before."""

from __future__ import annotations

import datetime as dt

from flask import Flask

from portal.core.db import db
from portal.donations import events
from portal.donations.models import CollectionAttempt, Mandate, Plan, PlanState
from portal.donations.rules.direct_debit import InstalmentState
from portal.donations.services import direct_debits as debits
from portal.donations.services.provider import today
from portal.sponsorships.models import Wish, WishState
from tests.factories.handed_over import make_accountant
from tests.integration.donations.test_direct_debits import (
    collect,
    make_mandate,
    status_file,
    the_instalment,
)

SOON = dt.timedelta(days=16)


def _credited_by(clock: object, mandate: Mandate, line: str) -> int:
    sent, by = collect(clock, mandate), make_accountant().id
    debits.collection_credited(sent.id, sent.collect_on, by=by, statement_line_ref=line)
    return by


def _states(plan: Plan, wish: Wish) -> tuple[PlanState, dt.date | None, WishState]:
    return plan.state, plan.started_on, wish.state


def test_a_plan_begun_by_it_waits_again_and_begins_when_the_money_comes(
    app: Flask, clock: object
) -> None:
    mandate = make_mandate(first_due_on=today() + SOON)
    plan = mandate.plan
    events.plan_wished.send(plan, plan=plan, criteria={}, on=today())
    [wish] = db.session.query(Wish).all()
    by = _credited_by(clock, mandate, "line 1")
    began = _states(plan, wish)
    assert began == (PlanState.ACTIVE, mandate.last_collected_on, WishState.WAITING)
    debits.collection_uncredited("line 1", reason="another one's", by=by)
    assert _states(plan, wish) == (PlanState.PENDING, None, WishState.UNPAID)
    assert mandate.last_collected_on is None
    [(waiting, _sum)] = debits.collections_in_transit()
    debits.collection_credited(waiting.id, waiting.collect_on, by=by, statement_line_ref="line 2")
    assert _states(plan, wish) == began


def test_a_pause_holds_while_the_beginning_is_taken_back(app: Flask, clock: object) -> None:
    mandate = make_mandate(first_due_on=today() + SOON)
    sent, by = collect(clock, mandate), make_accountant().id
    debits.pause_debits(mandate.plan_id, sent.collect_on + dt.timedelta(days=60), by=by)
    debits.collection_credited(sent.id, sent.collect_on, by=by, statement_line_ref="line 1")
    debits.collection_uncredited("line 1", reason="another one's", by=by)
    assert (mandate.plan.state, mandate.plan.started_on) == (PlanState.PAUSED, None)


def test_a_plan_that_recovered_by_it_is_behind_again(app: Flask, clock: object) -> None:
    mandate = make_mandate(first_due_on=today() + SOON, last_collected_on=today() - SOON)
    sent, by = collect(clock, mandate), make_accountant().id
    [attempt] = db.session.query(CollectionAttempt).all()
    refused = status_file((attempt.end_to_end, "AM04"), about=sent.message_id)
    seen, began = [], mandate.plan.started_on
    for act in (
        lambda: debits.read_bank_status("b.xml", refused, on=today(), by=by),
        lambda: debits.try_again(the_instalment(mandate).id, by=by),
        lambda: _credited_by(clock, mandate, "line 1"),
        lambda: debits.collection_uncredited("line 1", reason="another one's", by=by),
    ):
        act()
        seen.append(mandate.plan.state)
    behind = PlanState.PAST_DUE
    assert seen == [behind, behind, PlanState.ACTIVE, behind]
    assert mandate.plan.started_on == began
    assert the_instalment(mandate).state is InstalmentState.COLLECTING
