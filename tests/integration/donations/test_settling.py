"""Messages come twice, late, in any order, or never: one gift, one truth."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.money import Money
from portal.donations import services
from portal.donations.gateway import GatewayUnavailable
from portal.donations.models import EventState, Gift, Refund, WebhookEvent
from portal.donations.rules.gift import GiftState
from tests.integration.donations.conftest import Giver, Told
from tests.jobs import run_due_jobs

LIFE = (
    "checkout.session.completed",
    "payment_intent.succeeded",
    "charge.succeeded",
    "charge.refunded",
)


def later(giver: Giver, **passed: float) -> None:
    giver.clock.instant += timedelta(**passed)


def sweeps(giver: Giver) -> None:
    from portal.donations import tasks

    tasks.sweep(0)
    run_due_jobs(only="donations.process_event")
    db.session.expire_all()


@pytest.mark.parametrize("order", list(permutations(LIFE)))
def test_every_order_of_a_gifts_messages_ends_the_same(
    giver: Giver, told: Told, order: tuple[str, ...]
) -> None:
    gift = giver.gives()
    session = giver.payments.session_of(gift.public_id)
    intent = giver.payments.donor_pays(session)
    giver.payments.gives_back(intent, Money(2_000))
    for kind in order:
        if kind.startswith("checkout"):
            giver.is_told(kind, session)
        elif kind.startswith("charge"):
            giver.is_told(kind, "ch_1", payment_intent=intent)
        else:
            giver.is_told(kind, intent)
    assert gift.state == GiftState.PARTIALLY_REFUNDED
    assert gift.refunded == Money(2_000)
    assert told.names == ["gift_settled", "gift_refunded"]
    assert db.session.query(Refund).count() == 1
    assert {event.state for event in db.session.query(WebhookEvent)} == {EventState.DONE}


def test_the_same_message_many_times_is_one_effect(giver: Giver, told: Told) -> None:
    gift = giver.gives()
    intent = giver.pays(gift)
    for _ in range(3):
        giver.is_told("payment_intent.succeeded", intent)
    assert told.names == ["gift_settled"]
    assert db.session.query(OutboxMail).count() == 1


def test_a_direct_debit_is_no_money_until_the_bank_says_so(giver: Giver, told: Told) -> None:
    gift = giver.gives()
    intent = giver.pays(gift, method="sepa", status="processing")
    assert gift.state == GiftState.PROCESSING
    assert told.names == []
    giver.payments.settles(intent)
    giver.is_told("payment_intent.succeeded", intent)
    assert gift.state == GiftState.SETTLED
    assert gift.mode == "sepa"
    assert told.names == ["gift_settled"]


def test_a_declined_card_and_then_another_is_one_gift(giver: Giver) -> None:
    gift = giver.gives()
    session = giver.payments.session_of(gift.public_id)
    declined = giver.payments.donor_pays(session, status="failed")
    giver.is_told("payment_intent.payment_failed", declined)
    assert gift.state == GiftState.FAILED
    giver.payments.settles(declined)
    giver.is_told("payment_intent.succeeded", declined)
    assert gift.state == GiftState.SETTLED
    assert db.session.query(Gift).count() == 1


def test_an_expired_checkout_abandons_the_gift(giver: Giver) -> None:
    gift = giver.gives()
    session = giver.payments.session_of(gift.public_id)
    giver.payments.expires(session)
    giver.is_told("checkout.session.expired", session)
    assert gift.state == GiftState.ABANDONED


def test_another_amount_than_the_gifts_is_never_guessed_at(giver: Giver) -> None:
    gift = giver.gives()
    session = giver.payments.session_of(gift.public_id)
    intent = giver.payments.donor_pays(session)
    from dataclasses import replace

    giver.payments.payments[intent] = replace(giver.payments.payments[intent], amount=Money(1))
    giver.is_told("payment_intent.succeeded", intent)
    event = db.session.query(WebhookEvent).one()
    assert (event.state, gift.state) == (EventState.FAILED, GiftState.PENDING)
    assert event.error.startswith("AmountDiffers")


def test_a_payment_nobody_told_us_about_is_found_within_the_hour(giver: Giver, told: Told) -> None:
    gift = giver.gives()
    giver.payments.donor_pays(giver.payments.session_of(gift.public_id))
    later(giver, minutes=5)
    sweeps(giver)
    assert gift.state == GiftState.PENDING
    later(giver, minutes=10)
    sweeps(giver)
    assert gift.state == GiftState.SETTLED
    assert told.names == ["gift_settled"]


def test_the_sweep_abandons_what_expired_and_what_never_led_to_a_page(giver: Giver) -> None:
    led = giver.gives()
    giver.payments.expires(giver.payments.session_of(led.public_id))
    giver.payments.down = True
    giver.sends(choice="2000")
    giver.payments.down = False
    stuck = db.session.query(Gift).filter_by(amount_minor=2_000).one()
    stuck.created_at = giver.clock.instant  # the database told the machine's own day
    db.session.commit()
    later(giver, minutes=20)
    sweeps(giver)
    assert led.state == GiftState.ABANDONED
    assert stuck.state == GiftState.PENDING
    later(giver, hours=48)
    sweeps(giver)
    assert str(stuck.state) == "abandoned"


def test_one_that_cannot_be_refreshed_does_not_keep_the_others(giver: Giver) -> None:
    broken = giver.gives()
    found = giver.gives(choice="2000")
    giver.payments.donor_pays(giver.payments.session_of(found.public_id))
    del giver.payments.checkouts[giver.payments.session_of(broken.public_id)]
    later(giver, minutes=20)
    sweeps(giver)
    assert (broken.state, found.state) == (GiftState.PENDING, GiftState.SETTLED)


def test_a_message_that_could_not_be_dealt_with_waits_and_is_taken_up_again(giver: Giver) -> None:
    gift = giver.gives()
    session = giver.payments.session_of(gift.public_id)
    intent = giver.payments.donor_pays(session)
    giver.payments.down = True
    with pytest.raises(GatewayUnavailable):
        giver.is_told("payment_intent.succeeded", intent)
    db.session.expire_all()
    event = db.session.query(WebhookEvent).one()
    assert (event.state, event.attempts) == (EventState.WAITING, 1)
    giver.payments.down = False
    db.session.execute(
        __import__("sqlalchemy").text("update procrastinate_jobs set status='failed'")
    )
    later(giver, minutes=30)
    sweeps(giver)
    assert event.state == EventState.DONE
    assert gift.state == GiftState.SETTLED


def test_a_message_is_given_up_after_its_last_attempt_and_stays_visible(giver: Giver) -> None:
    gift = giver.gives()
    session = giver.payments.session_of(gift.public_id)
    intent = giver.payments.donor_pays(session)
    giver.payments.down = True
    with pytest.raises(GatewayUnavailable):
        giver.is_told("payment_intent.succeeded", intent)
    event = db.session.query(WebhookEvent).one()
    for _ in range(6):
        with pytest.raises(GatewayUnavailable):
            services.process_event(event.id)
    services.process_event(event.id)
    db.session.expire_all()
    assert (event.state, event.attempts) == (EventState.FAILED, 8)


def test_a_fee_that_is_known_later_is_told_once(giver: Giver, told: Told) -> None:
    giver.payments.fee_known = False
    gift = giver.gives()
    intent = giver.pays(gift)
    assert (gift.state, gift.fee) == (GiftState.SETTLED, Money(0))
    giver.payments.fee_known = True
    sweeps(giver)
    giver.is_told("charge.updated", "ch_1", payment_intent=intent)
    assert gift.fee == Money(100)
    assert told.names == ["gift_settled", "gift_fee_known"]


def test_two_payments_of_one_form_are_both_kept(giver: Giver, told: Told) -> None:
    gift = giver.gives()
    session = giver.payments.session_of(gift.public_id)
    giver.pays(gift)
    again = giver.payments.donor_pays(session)
    giver.is_told("payment_intent.succeeded", again)
    giver.is_told("charge.succeeded", "ch_2", payment_intent=again)
    assert db.session.query(Gift).filter_by(state=GiftState.SETTLED).count() == 2
    assert told.names == ["gift_settled", "gift_settled"]


def test_a_try_that_failed_after_the_money_came_is_no_second_gift(giver: Giver, told: Told) -> None:
    gift = giver.gives()
    session = giver.payments.session_of(gift.public_id)
    giver.pays(gift)
    failed = giver.payments.donor_pays(session, status="failed")
    giver.is_told("payment_intent.payment_failed", failed)
    assert [each.state for each in db.session.query(Gift)] == [GiftState.SETTLED]
    giver.payments.settles(failed, "succeeded")
    giver.is_told("payment_intent.succeeded", failed)
    assert [each.state for each in db.session.query(Gift)] == [GiftState.SETTLED] * 2


def test_an_error_in_a_receiver_undoes_the_settling(giver: Giver) -> None:
    from portal.donations import events

    def breaks(_gift: Gift) -> None:
        raise RuntimeError("the books are closed")

    gift = giver.gives()
    session = giver.payments.session_of(gift.public_id)
    intent = giver.payments.donor_pays(session)
    with events.gift_settled.connected_to(breaks), pytest.raises(RuntimeError):
        giver.is_told("payment_intent.succeeded", intent)
    db.session.expire_all()
    event = db.session.query(WebhookEvent).one()
    assert gift.state == GiftState.PENDING
    assert event.error == "RuntimeError: the books are closed"
    assert db.session.query(OutboxMail).count() == 0


def test_what_was_typed_is_forgotten_after_a_week(giver: Giver) -> None:
    gift = giver.gives()
    assert gift.typed is not None
    gift.created_at = giver.clock.instant  # the database told the machine's own day
    db.session.commit()
    giver.payments.expires(giver.payments.session_of(gift.public_id))
    later(giver, days=8)
    sweeps(giver)
    assert gift.typed is None
