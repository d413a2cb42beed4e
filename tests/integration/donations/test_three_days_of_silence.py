"""Three days on which no message of the provider's arrived end in the same state as any others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal.core.checks import run_checks
from portal.core.db import db
from portal.core.money import Money
from portal.donations import services
from portal.donations.models import (
    Dispute,
    EventState,
    Finding,
    Gift,
    Payout,
    Plan,
    PlanState,
    ReconciliationRun,
    WebhookEvent,
)
from portal.donations.rules.gift import GiftState
from tests.integration.donations.conftest import Giver
from tests.integration.donations.test_with_the_simulator import World, world
from tests.jobs import run_due_jobs

__all__ = ["world"]


def not_holding() -> list[str]:
    return [f"{check.name}: {check.detail}" for check in run_checks() if not check.ok]


def open_findings() -> list[tuple[str, str]]:
    found = db.session.scalars(sa.select(Finding).where(Finding.state == "open"))
    return [(each.kind.value, each.subject) for each in found]


def test_messages_that_never_came_are_asked_for_and_worked_off(giver: Giver) -> None:
    gift = giver.gives()
    session = giver.payments.session_of(gift.public_id)
    giver.payments.donor_pays(session)
    missed = giver.payments.remembers("checkout.session.completed", session)
    giver.payments.remembers("price.invented", "price_1")
    giver.clock.instant += timedelta(days=3)
    services.reconcile()
    db.session.expire_all()
    assert db.session.get_one(Gift, gift.id).state == GiftState.SETTLED
    assert db.session.get_one(WebhookEvent, missed.id).state == EventState.DONE
    run = db.session.query(ReconciliationRun).one()
    assert (run.events_found, run.events_until) == (1, giver.clock.instant)


def test_asking_twice_finds_nothing_more(giver: Giver) -> None:
    giver.payments.remembers("payment_intent.succeeded", "pi_unknown")
    services.reconcile()
    services.reconcile()
    counts = [run.events_found for run in db.session.query(ReconciliationRun)]
    assert sorted(counts) == [0, 1]


def test_one_message_that_fails_never_stops_the_others(giver: Giver) -> None:
    gift = giver.gives()
    session = giver.payments.session_of(gift.public_id)
    intent = giver.payments.donor_pays(session)
    giver.payments.remembers("payment_intent.succeeded", "pi_unknown")
    giver.payments.remembers("payment_intent.succeeded", intent)
    giver.payments.remembers("payment_intent.succeeded", "pi_unknown_too")
    services.reconcile()
    db.session.expire_all()
    states = sorted(event.state.value for event in db.session.query(WebhookEvent))
    assert states == ["done", "failed", "failed"]
    assert db.session.get_one(Gift, gift.id).state == GiftState.SETTLED


def test_a_long_silence_is_asked_about_for_thirty_days_at_most(giver: Giver) -> None:
    giver.payments.now = giver.clock.instant - timedelta(days=31)
    giver.payments.remembers("payment_intent.succeeded", "pi_old")
    giver.payments.now = giver.clock.instant - timedelta(days=29)
    kept = giver.payments.remembers("payment_intent.succeeded", "pi_young")
    services.reconcile()
    assert [event.id for event in db.session.query(WebhookEvent)] == [kept.id]


def test_the_hourly_sweep_compares_when_a_night_was_missed(giver: Giver) -> None:
    from portal.donations.tasks import sweep

    sweep(0)
    assert "donations.reconcile" in run_due_jobs()
    giver.clock.instant += timedelta(hours=2)
    sweep(0)
    assert "donations.reconcile" not in run_due_jobs()
    giver.clock.instant += timedelta(hours=25)
    sweep(0)
    assert "donations.reconcile" in run_due_jobs()


@pytest.mark.parametrize("told", [True, False], ids=["told of everything", "told of nothing"])
def test_with_the_simulator_silence_ends_as_if_all_had_been_told(world: World, told: bool) -> None:
    if not told:
        world.hand.does("webhooks", mode="drop")
    kept: Any = a_gift(world, "paid")
    back: Any = a_gift(world, "paid")
    disputed: Any = a_gift(world, "paid")
    debit: Any = a_gift(world, "sepa")
    page = world.giver.sends("sponsor")
    world.donor.chooses(page.location, "paid")
    if told:
        world.hears("invoice.paid")
        world.hears("checkout.session.completed", 5)
    else:
        services.sweep()  # learns nothing yet: too young to ask about
    intent = services.payments().fetch_checkout(str(back.stripe_session_id)).payment_intent_id
    services.payments().refund(str(intent), Money(1_000), "made-in-the-dashboard")
    charge = payment_of(disputed).charge_id
    world.hand.does(f"charges/{charge}/dispute")
    if told:
        world.hears("charge.dispute.created")
    let_days_pass(world, 6, told)
    services.reconcile()
    services.read_new_lines()
    assert states(kept, back, disputed, debit) == [
        (GiftState.SETTLED, 0),
        (GiftState.PARTIALLY_REFUNDED, 1_000),
        (GiftState.DISPUTED, 0),
        (GiftState.SETTLED, 0),
    ]
    assert db.session.query(Plan).one().state == PlanState.ACTIVE
    assert db.session.query(Dispute).count() == 1
    assert db.session.query(Payout).count() >= 1
    assert open_findings() == []
    assert not_holding() == []


def a_gift(world: World, outcome: str) -> Gift:
    page = world.giver.sends()
    world.donor.chooses(page.location, outcome)
    found: Gift = db.session.scalars(sa.select(Gift).order_by(Gift.id.desc())).first()  # type: ignore[assignment]
    return found


def payment_of(gift: Any) -> Any:
    session = services.payments().fetch_checkout(str(gift.stripe_session_id))
    return services.payments().fetch_payment(str(session.payment_intent_id))


def let_days_pass(world: World, days: int, told: bool) -> None:
    world.hand.lets_pass(days)
    world.giver.clock.instant += timedelta(days=days, minutes=1)
    if told:
        world.hears("checkout.session.async_payment_succeeded")
        world.hears("payout.paid")


def states(*gifts: Gift) -> list[tuple[GiftState, int]]:
    db.session.expire_all()
    found = [db.session.get_one(Gift, gift.id) for gift in gifts]
    return [(gift.state, gift.refunded_minor) for gift in found]
