"""Declined, interrupted, gone back, clicked twice: one gift, with the library and the stand-in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.db import db
from portal.donations import services
from portal.donations.models import EventState, Gift, PaymentDecline, WebhookEvent
from portal.donations.rules.gift import GiftState
from tests.factories.books import entries_about
from tests.integration.donations.plans.conftest import subjects
from tests.integration.donations.test_with_the_simulator import World
from tests.integration.stripe.actors import KEY

DECLINED = "payment_intent.payment_failed"


def the_gift() -> Gift:
    db.session.expire_all()
    return db.session.query(Gift).one()


def payments_at_stripe(world: World) -> list[str]:
    """How each payment stands there."""
    address = f"{world.hand.address}/v1/payment_intents?limit=100"
    return [each["status"] for each in world.hand.http.get(address, auth=(KEY, "")).json()["data"]]


@pytest.mark.parametrize("refusal", ["declined", "insufficient_funds", "expired_card"])
def test_a_declined_card_and_another_on_the_same_page(world: World, refusal: str) -> None:
    page = world.giver.sends()
    world.donor.chooses(page.location, refusal)
    world.hears(DECLINED)
    assert the_gift().state in (GiftState.PENDING, GiftState.FAILED)
    world.donor.chooses(page.location, "paid")
    world.hears("checkout.session.completed")
    assert the_gift().state is GiftState.SETTLED
    assert db.session.query(WebhookEvent).filter_by(type=DECLINED).one().state is EventState.DONE
    assert db.session.query(PaymentDecline).count() == 1
    assert subjects() == ["Thank you for your gift of €50"]
    assert payments_at_stripe(world) == ["succeeded"]


def test_a_bank_that_says_no_and_then_yes(world: World) -> None:
    page = world.giver.sends()
    world.donor.chooses(page.location, "three_d_secure")
    world.donor.answers_bank(page.location, "fail")
    world.hears(DECLINED)
    assert the_gift().state is not GiftState.SETTLED
    world.donor.chooses(page.location, "three_d_secure")
    world.donor.answers_bank(page.location, "authenticate")
    world.hears("checkout.session.completed")
    assert the_gift().state is GiftState.SETTLED
    assert payments_at_stripe(world) == ["succeeded"]


@pytest.mark.parametrize("told", [True, False], ids=["told", "never told"])
def test_a_browser_closed_at_the_bank_s_question_is_an_abandoned_gift(
    world: World, told: bool
) -> None:
    if not told:
        world.hand.does("webhooks", mode="drop")
    page = world.giver.sends()
    world.donor.chooses(page.location, "three_d_secure")
    world.hand.lets_pass(2)
    world.giver.clock.instant += timedelta(days=2)
    if told:
        world.hears("checkout.session.expired")
    else:
        services.sweep()
    assert the_gift().state is GiftState.ABANDONED
    assert entries_about(the_gift()) == []
    assert subjects() == []
    assert "succeeded" not in payments_at_stripe(world)


def test_a_double_click_leads_to_one_page(world: World) -> None:
    opened = world.giver.opens()
    first = world.giver.sends(opened=opened)
    second = world.giver.sends(opened=opened)
    assert first.location == second.location
    assert the_gift().attempt == 1


def test_back_before_paying_and_the_same_form_again_leads_to_the_same_page(world: World) -> None:
    opened = world.giver.opens()
    first = world.giver.sends(opened=opened)
    world.donor.opens(first.location)
    again = world.giver.sends(opened=opened)
    assert again.location == first.location
    world.donor.chooses(again.location, "paid")
    world.hears("checkout.session.completed")
    assert the_gift().state is GiftState.SETTLED


def test_back_after_paying_and_the_same_form_again_takes_nothing(world: World) -> None:
    opened = world.giver.opens()
    first = world.giver.sends(opened=opened)
    world.donor.chooses(first.location, "paid")
    again = world.giver.sends(opened=opened)  # before any message came
    assert again.status == 303
    assert "/thanks/" in again.location
    world.hears("checkout.session.completed")
    once_more = world.giver.sends(opened=opened)
    assert "/thanks/" in once_more.location
    assert the_gift().state is GiftState.SETTLED
    assert payments_at_stripe(world) == ["succeeded"]


def test_paying_twice_on_one_page_takes_the_money_once(world: World) -> None:
    page = world.giver.sends()
    world.donor.chooses(page.location, "paid")
    world.donor.chooses(page.location, "paid")
    world.hears("checkout.session.completed")
    assert the_gift().state is GiftState.SETTLED
    assert payments_at_stripe(world) == ["succeeded"]
