"""A sponsorship begun on 31 January of a leap year, and its next twelve debits: one gift a month."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from portal.core.clock import paris_date
from portal.core.db import db
from portal.core.money import Money
from portal.donations import services
from portal.donations.models import EventState, Gift, Plan, PlanState, WebhookEvent
from portal.sponsorships.models import EndReason, Sponsorship, Wish, WishState
from portal.sponsorships.services.ending import end_sponsorship
from portal.sponsorships.services.starting import accept_pair
from tests.factories.books import entries_about
from tests.factories.children import make_child
from tests.integration.donations.test_with_the_simulator import World
from tests.integration.stripe.actors import eventually

LAST_DAYS = [
    date(2028, 1, 31),
    date(2028, 2, 29),
    date(2028, 3, 31),
    date(2028, 4, 30),
    date(2028, 5, 31),
    date(2028, 6, 30),
    date(2028, 7, 31),
    date(2028, 8, 31),
    date(2028, 9, 30),
    date(2028, 10, 31),
    date(2028, 11, 30),
    date(2028, 12, 31),
    date(2029, 1, 31),
]


ALL_BUT_PAID = [
    "balance.*",
    "charge.*",
    "customer.*",
    "invoice.created",
    "invoice.finalized",
    "invoice.payment_succeeded",
    "invoice.upcoming",
    "invoice.updated",
    "invoice_payment.*",
    "payment_intent.*",
    "payment_method.*",
    "payout.*",
]
"""``invoice.paid`` alone has to be enough."""


def goes_to(world: World, at: datetime) -> None:
    """It is that instant, there and here."""
    world.hand.does("clock", to=int(at.timestamp()))
    world.giver.clock.instant = at


def to_next_debit(world: World) -> None:
    """Time goes to the next debit; what is told of it is worked off."""
    world.hand.does("clock", next="debit")
    world.giver.clock.instant = datetime.fromtimestamp(world.hand.asks()["now"], UTC)
    worked_off(world)


def worked_off(world: World) -> None:
    eventually(lambda: not any(one["state"] == "queued" for one in deliveries(world)))
    world.hands_on()


def deliveries(world: World) -> list[dict[str, Any]]:
    return list(world.hand.asks("deliveries")["deliveries"])


def sponsors(world: World, email: str = "camille@example.org") -> Plan:
    page = world.giver.sends("sponsor", email=email)
    world.donor.chooses(page.location, "paid")
    worked_off(world)
    return db.session.query(Plan).order_by(Plan.id.desc()).first()  # type: ignore[return-value]


def sponsored(world: World, plan: Plan) -> Sponsorship:
    """The sponsor has a child from today."""
    wish = db.session.query(Wish).filter_by(plan_id=plan.id).one()
    assert wish.state is WishState.WAITING
    return accept_pair(make_child().id, wish.id, None, world.giver.clock.instant)


def gifts_of(plan: Plan) -> list[Gift]:
    db.session.expire_all()
    return db.session.query(Gift).filter_by(plan_id=plan.id).order_by(Gift.tax_on).all()


@pytest.fixture
def on_the_31st(world: World) -> World:
    """31 January 2028, at eleven in Paris."""
    goes_to(world, datetime(2028, 1, 31, 10, tzinfo=UTC))
    return world


def test_each_month_is_one_gift_on_its_last_day_for_the_right_child(on_the_31st: World) -> None:
    world = on_the_31st
    plan, other = sponsors(world), sponsors(world, "dominique@example.org")
    child, other_child = (sponsored(world, each) for each in (plan, other))
    expected = []
    world.hand.does("webhooks", mode="drop", types=ALL_BUT_PAID)
    for day in LAST_DAYS[1:]:
        expected.append((plan.next_debit_on, day))
        goes_to(world, datetime.combine(day, time(20), UTC))
        worked_off(world)
    assert [said for said, _ in expected] == [day for _, day in expected]
    for each in (plan, other):
        gifts = gifts_of(each)
        assert [gift.tax_on for gift in gifts] == LAST_DAYS
        assert {(gift.state, gift.amount) for gift in gifts} == {("settled", Money(4_700))}
        assert len({gift.stripe_invoice_id for gift in gifts}) == 13
        assert all(len(entries_about(gift)) >= 1 for gift in gifts)
        assert {gift.donor_id for gift in gifts} == {each.donor_id}
    assert (child.plan_id, other_child.plan_id) == (plan.id, other.id)
    assert (child.donor_id, other_child.donor_id) == (plan.donor_id, other.donor_id)


def test_another_child_leaves_no_gap_and_no_double_debit(on_the_31st: World) -> None:
    world = on_the_31st
    plan = sponsors(world)
    first = sponsored(world, plan)
    to_next_debit(world)
    at = world.giver.clock.instant
    end_sponsorship(first.id, EndReason.CHILD_LEFT, None, at, waits_again=True)
    second = accept_pair(make_child().id, first.hold.wish_id, None, at)
    to_next_debit(world)
    assert (second.plan_id, second.started_on) == (plan.id, first.ended_on)
    assert second.child_id != first.child_id
    assert [gift.tax_on for gift in gifts_of(plan)] == LAST_DAYS[:3]
    assert plan.state is PlanState.ACTIVE


OF_THE_MONEY = (
    "invoice.paid",
    "invoice_payment.paid",
    "payment_intent.succeeded",
    "charge.succeeded",
)


@pytest.mark.parametrize("heard", [*OF_THE_MONEY, "customer.subscription.updated"])
def test_a_debit_told_in_one_way_only_is_not_missed(world: World, heard: str) -> None:
    plan = sponsors(world)
    world.hand.does("webhooks", mode="drop")
    world.hand.does("clock", next="debit")
    world.giver.clock.instant = datetime.fromtimestamp(world.hand.asks()["now"], UTC)
    told = services.payments().events(world.giver.clock.instant - timedelta(hours=2))
    (event, body) = next(each for each in told if each[0].type == heard)
    shown = str(body["data"]["object"])
    assert "'payment_intent': 'pi_" not in shown or not heard.startswith("invoice.")
    services.keep_event(event, body)
    services.process_event(event.id)
    if heard not in OF_THE_MONEY:
        services.reconcile()  # it tells of a month that begins, and of no money: the night finds it
    assert [gift.state for gift in gifts_of(plan)] == ["settled", "settled"]
    assert db.session.get_one(WebhookEvent, event.id).state is EventState.DONE
    assert plan.next_debit_on is not None
    assert plan.next_debit_on > paris_date(world.giver.clock.instant)
