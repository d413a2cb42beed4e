"""Plans with the real library and the stand-in for Stripe: changed, paused, failed, mended, ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.core.db import db
from portal.core.money import Money
from portal.donations import services
from portal.donations.models import Gift, Plan, PlanState
from portal.donations.services import MethodStanding
from portal.donations.services.orders import THE_PORTAL
from tests.integration.donations.plans.conftest import subjects
from tests.integration.donations.test_with_the_simulator import World, world
from tests.integration.stripe.actors import eventually

__all__ = ["world"]  # a fixture
A_FORM = "form-of-a-sponsor-{}"


@pytest.fixture
def plan(world: World) -> Plan:
    """47 € a month for a child, begun today."""
    page = world.giver.sends("sponsor")
    world.donor.chooses(page.location, "paid")
    world.hears("invoice.paid")
    return db.session.query(Plan).one()


def passes(world: World, days: int) -> None:
    """Time goes by, there and here, and everything that was told is worked off."""
    world.hand.lets_pass(days)
    world.giver.clock.instant += timedelta(days=days)
    settled(world)


def settled(world: World) -> None:
    """Hand on what was told, once nothing more is on its way."""
    eventually(lambda: not on_their_way(world))
    world.hands_on()


def on_their_way(world: World) -> bool:
    told = world.hand.asks("deliveries")["deliveries"]
    return any(each["state"] == "queued" for each in told)


def next_debits_end(world: World, plan: Plan, outcome: str) -> None:
    what = f"subscriptions/{plan.stripe_subscription_id}/next_payments"
    world.hand.does(what, outcome=outcome)


def state(plan: Plan) -> PlanState:
    """Where the plan stands now."""
    return plan.state


def gifts(plan: Plan) -> int:
    return db.session.query(Gift).filter_by(plan_id=plan.id, state="settled").count()


def test_an_amount_and_a_day_change_without_a_charge(world: World, plan: Plan) -> None:
    assert services.change_plan_amount(plan.id, Money(6_000), form_token=A_FORM.format(1)).done
    planned = plan.next_debit_on
    assert planned is not None
    day = 10 if planned.day != 10 else 12
    assert services.change_debit_day(plan.id, day, form_token=A_FORM.format(2)).done
    settled(world)
    assert (plan.amount, state(plan)) == (Money(6_000), PlanState.ACTIVE)
    assert plan.next_debit_on is not None
    assert plan.next_debit_on.day == day
    assert gifts(plan) == 1
    ahead = (plan.next_debit_on - datetime.now(UTC).date()).days
    passes(world, ahead + 1)
    newest = db.session.query(Gift).order_by(Gift.id.desc()).first()
    assert newest is not None
    assert (gifts(plan), newest.amount) == (2, Money(6_000))


def state_of(plan: Plan) -> PlanState:
    """Where it stands now: the tests change it behind the type checker's back."""
    return plan.state


def test_a_pause_takes_nothing_and_ends_by_itself(world: World, plan: Plan) -> None:
    assert services.pause_plan(plan.id, 2, form_token=A_FORM.format(1)).done
    settled(world)
    assert state_of(plan) is PlanState.PAUSED
    for _ in range(2):
        passes(world, 30)
    assert gifts(plan) == 1
    for _ in range(2):
        passes(world, 30)
    assert state_of(plan) is PlanState.ACTIVE
    assert gifts(plan) >= 2


def test_a_stop_is_taken_back_and_then_meant(world: World, plan: Plan) -> None:
    assert services.stop_plan(plan.id, form_token=A_FORM.format(1)).done
    assert plan.cancels_on == plan.next_debit_on
    assert services.keep_plan(plan.id, form_token=A_FORM.format(2)).done
    passes(world, 32)
    assert (state(plan), gifts(plan)) == (PlanState.ACTIVE, 2)
    assert services.stop_plan(plan.id, form_token=A_FORM.format(3)).done
    passes(world, 32)
    assert (state(plan), gifts(plan)) == (PlanState.ENDED, 2)


def test_an_expired_card_is_dunned_once_a_step_and_the_plan_ends(world: World, plan: Plan) -> None:
    next_debits_end(world, plan, "expired_card")
    passes(world, 32)
    assert state_of(plan) is PlanState.PAST_DUE
    for _ in range(16):
        passes(world, 1)
    assert state_of(plan) is PlanState.ENDED
    assert subjects()[1:] == [
        "Your payment of €47 did not come through",
        "Second try: €47 could not be taken",
        "Before your regular gift ends: €47",
        "Your regular gift has ended",
    ]


def test_another_card_mends_a_failed_debit_when_that_is_wanted(world: World, plan: Plan) -> None:
    next_debits_end(world, plan, "expired_card")
    passes(world, 32)
    page = services.begin_method_update(
        plan.id,
        collect=True,
        form_token=A_FORM.format(1),
        by=THE_PORTAL,
        language="en",
    )
    assert services.finish_method_update(page.id) is MethodStanding.OPEN
    world.donor.chooses(str(page.after["url"]), "paid")
    assert services.finish_method_update(page.id) is MethodStanding.DONE
    settled(world)
    assert (state(plan), gifts(plan)) == (PlanState.ACTIVE, 2)
    assert "Thank you: your payment of €47 has arrived" in subjects()


def test_an_open_debit_is_left_when_that_is_wanted(world: World, plan: Plan) -> None:
    next_debits_end(world, plan, "expired_card")
    passes(world, 32)
    page = services.begin_method_update(
        plan.id,
        collect=False,
        form_token=A_FORM.format(1),
        by=THE_PORTAL,
        language="en",
    )
    world.donor.chooses(str(page.after["url"]), "paid")
    services.finish_method_update(page.id)
    settled(world)
    assert (state(plan), gifts(plan)) == (PlanState.ACTIVE, 1)
    for _ in range(12):
        passes(world, 1)
    assert gifts(plan) == 1
    passes(world, 20)
    assert gifts(plan) == 2


def test_a_bank_that_asks_for_a_confirmation_is_told_with_its_page(
    world: World, plan: Plan
) -> None:
    next_debits_end(world, plan, "authentication_required")
    passes(world, 32)
    (failure,) = services.open_failures(plan.id)
    assert failure.needs_action
    assert subjects()[-1] == "Your bank asks you to confirm €47"
    assert failure.pay_url
