"""Direct debits that fail late or come back, and a renewal the bank wants confirmed, to their ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.core.checks import run_checks
from portal.core.db import db
from portal.donations import services
from portal.donations.models import CallReason, Gift, Plan, PlanState
from portal.donations.rules.gift import GiftState
from tests.factories.books import balance_of, entries_about
from tests.integration.donations.plans.conftest import subjects
from tests.integration.donations.test_with_the_simulator import World
from tests.integration.scenarios.test_a_year_of_debits import (
    gifts_of,
    sponsors,
    to_next_debit,
    worked_off,
)


def days_pass(world: World, days: int) -> None:
    world.hand.lets_pass(days)
    world.giver.clock.instant = datetime.fromtimestamp(world.hand.asks()["now"], UTC)
    worked_off(world)


def gives_by_debit(world: World, outcome: str) -> Any:
    page = world.giver.sends()
    world.donor.chooses(page.location, outcome)
    worked_off(world)
    return db.session.query(Gift).one()


def next_debits_end(world: World, plan: Plan, outcome: str) -> None:
    there = f"subscriptions/{plan.stripe_subscription_id}/next_payments"
    world.hand.does(there, outcome=outcome)


def books_hold() -> None:
    assert [f"{one.name}: {one.detail}" for one in run_checks() if not one.ok] == []


def test_a_debit_refused_days_later_was_never_money(world: World) -> None:
    gift = gives_by_debit(world, "sepa_fails")
    assert gift.state == GiftState.PROCESSING
    days_pass(world, 14)
    assert gift.state == GiftState.FAILED
    assert (gift.settled_at, gift.tax_on, entries_about(gift)) == (None, None, [])
    assert subjects() == [
        "Your gift of €50 is on its way",
        "Your gift of €50 did not reach us",
    ]
    books_hold()


def test_a_debit_the_bank_takes_back_is_lost_in_its_own_period(world: World) -> None:
    gift = gives_by_debit(world, "sepa_returned")
    days_pass(world, 6)
    assert gift.state == GiftState.SETTLED
    received = gift.tax_on
    for _ in range(8):
        days_pass(world, 7)
    assert gift.state == GiftState.REFUNDED
    assert gift.refunded == gift.amount
    last = entries_about(gift)[-1]
    assert received is not None
    assert (last.date - received).days >= 40
    services.reconcile()
    assert balance_of("517100") == services.payments().balance()[0]
    books_hold()


def test_a_plan_whose_debit_is_refused_days_later_is_behind_and_then_mended(world: World) -> None:
    page = world.giver.sends("sponsor")
    world.donor.chooses(page.location, "sepa")
    days_pass(world, 7)
    plan: Any = db.session.query(Plan).one()
    assert (plan.state, len(gifts_of(plan))) == (PlanState.ACTIVE, 1)
    next_debits_end(world, plan, "sepa_fails")
    to_next_debit(world)
    assert plan.state == PlanState.ACTIVE
    assert [gift.state for gift in gifts_of(plan)].count(GiftState.PROCESSING) == 1
    days_pass(world, 15)
    assert plan.state == PlanState.PAST_DUE
    assert [gift.state for gift in gifts_of(plan)].count(GiftState.SETTLED) == 1
    next_debits_end(world, plan, "sepa")
    for _ in range(2):
        days_pass(world, 7)
    assert plan.state == PlanState.ACTIVE
    assert [gift.state for gift in gifts_of(plan)].count(GiftState.SETTLED) == 2
    assert len({gift.stripe_invoice_id for gift in gifts_of(plan)}) == len(gifts_of(plan))


def test_a_debit_of_a_plan_that_comes_back_stops_the_mandate_and_has_somebody_call(
    world: World,
) -> None:
    page = world.giver.sends("sponsor")
    world.donor.chooses(page.location, "sepa_returned")
    days_pass(world, 7)
    plan: Any = db.session.query(Plan).one()
    for _ in range(7):
        days_pass(world, 7)
    world.giver.clock.instant += timedelta(minutes=5)
    services.resend_orders()
    worked_off(world)
    method = services.method_in_use(plan.id)
    assert method is not None
    assert method.gone
    assert method.mandate_status in ("returned", "inactive")
    assert CallReason.DEBIT_RETURNED in {call.reason for call in services.open_calls()}
    assert plan.state == PlanState.PAUSED
    first = gifts_of(plan)[0]
    assert first.state == GiftState.REFUNDED


@pytest.mark.parametrize("told", [True, False], ids=["told", "never told"])
def test_a_renewal_the_bank_wants_confirmed_is_confirmed_and_settled_once(
    world: World, told: bool
) -> None:
    plan: Any = sponsors(world)
    next_debits_end(world, plan, "authentication_required")
    to_next_debit(world)
    (failure,) = services.open_failures(plan.id)
    assert plan.state == PlanState.PAST_DUE
    assert subjects()[-1] == "Your bank asks you to confirm €47"
    if not told:
        world.hand.does("webhooks", mode="drop")
    world.donor.answers_bank(str(failure.pay_url), "authenticate")
    if told:
        worked_off(world)
    else:
        days_pass(world, 4)
        services.watch_plans()
        db.session.expire_all()
    assert plan.state == PlanState.ACTIVE
    assert [gift.state for gift in gifts_of(plan)] == [GiftState.SETTLED] * 2
    assert subjects()[-1] == "Thank you: your payment of €47 has arrived"
    assert services.open_failures(plan.id) == []
