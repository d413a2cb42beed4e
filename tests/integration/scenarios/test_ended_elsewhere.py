"""A plan ended in Stripe's dashboard, told in any order: it ends here once, and nothing revives it."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from portal.core.db import db
from portal.donations import services
from portal.donations.models import Gift, Plan, PlanState
from tests.integration.donations.conftest import knock
from tests.integration.donations.plans.conftest import subjects
from tests.integration.donations.test_with_the_simulator import World
from tests.integration.scenarios.test_a_year_of_debits import sponsors, to_next_debit, worked_off
from tests.integration.stripe.actors import eventually
from tests.jobs import run_due_jobs

ENDED = "Your regular gift has ended"


@pytest.fixture
def plan(world: World) -> Plan:
    """47 € a month, begun today."""
    return sponsors(world)


def held_back(world: World) -> int:
    """From now on nothing is told; gives how much was told before."""
    world.hand.does("webhooks", mode="hold")
    return len(world.receiver.received)


def told_in(world: World, before: int, order: tuple[int, ...], wanted: tuple[str, ...]) -> None:
    """What was held back comes in that order, only the types that are wanted."""
    world.hand.does("webhooks", mode="on")
    eventually(lambda: {*wanted} <= {*world.receiver.types[before:]})
    late = {
        world.receiver.types[before + number]: each
        for number, each in enumerate(world.receiver.received[before:])
    }
    for place in order:
        signature, raw = late[wanted[place]]
        assert knock(world.giver.browser, raw, {"Stripe-Signature": signature}).status == 200
        run_due_jobs(only="donations.process_event")
    db.session.expire_all()


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_changed_and_ended_there_is_ended_whatever_is_told_first(
    world: World, plan: Plan, order: tuple[int, ...]
) -> None:
    before = held_back(world)
    there = str(plan.stripe_subscription_id)
    services.payments().change_amount(there, plan.amount + plan.amount, "in-the-dashboard")
    world.hand.does(f"subscriptions/{there}/cancel")
    to_the_portal = ("customer.subscription.updated", "customer.subscription.deleted")
    wanted = (*to_the_portal, to_the_portal[0])
    told_in(world, before, order, wanted)
    assert plan.state is PlanState.ENDED
    assert plan.ended_on is not None
    assert (plan.next_debit_on, plan.cancels_on) == (None, None)
    assert subjects().count(ENDED) == 1


def test_an_end_ahead_made_there_is_shown_and_taken_back_there(world: World, plan: Plan) -> None:
    there = f"subscriptions/{plan.stripe_subscription_id}/cancel"
    world.hand.does(there, at_period_end=True)
    worked_off(world)
    assert plan.cancels_on == plan.next_debit_on
    services.payments().resume_subscription(str(plan.stripe_subscription_id), "in-the-dashboard")
    worked_off(world)
    assert (plan.state, plan.cancels_on) == (PlanState.ACTIVE, None)
    to_next_debit(world)
    assert db.session.query(Gift).filter_by(plan_id=plan.id, state="settled").count() == 2


def test_a_plan_ended_there_takes_no_orders_and_no_money(world: World, plan: Plan) -> None:
    world.hand.does(f"subscriptions/{plan.stripe_subscription_id}/cancel")
    worked_off(world)
    for act in (services.stop_plan, services.keep_plan, services.resume_plan):
        refused: Any = act
        with pytest.raises(services.PlanNotRunning):
            refused(plan.id, form_token="form-after-the-end")
    world.hand.lets_pass(62)
    worked_off(world)
    assert db.session.query(Gift).filter_by(plan_id=plan.id).count() == 1
