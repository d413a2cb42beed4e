"""Declined cards count, a page where many were declined closes, and the office sees the guard."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal.core.db import db
from portal.core.roles import Role
from portal.donations import services
from portal.donations.models import Gift, GivingAttempt, HeldForm, PaymentDecline
from tests.integration.donations.conftest import Giver
from tests.integration.donations.test_card_testing import asked, opened_a_page, solved, under_attack
from tests.pages import PageClient


def decline(giver: Giver, gift: Gift, times: int = 1) -> None:
    """Cards are tried on the page of that gift, one after the other, and each is declined."""
    session = giver.payments.session_of(gift.public_id)
    intent = gift.stripe_payment_intent_id or giver.payments.donor_pays(session, status="failed")
    for _ in range(times):
        giver.is_told("payment_intent.payment_failed", intent)


def test_declined_cards_are_counted_once_a_message(giver: Giver) -> None:
    gift = giver.gives()
    decline(giver, gift)
    event = db.session.query(PaymentDecline).one().event_id
    services.note_decline(event)
    assert db.session.query(PaymentDecline).count() == 1


def test_three_declined_cards_and_the_next_page_is_asked_for(giver: Giver) -> None:
    decline(giver, giver.gives(), times=3)
    where, question = asked(giver)
    assert question.heading == "One moment, please"
    assert "/give/question/" in where


def test_a_page_on_which_five_cards_were_declined_is_closed(giver: Giver) -> None:
    gift = giver.gives()
    decline(giver, gift, times=4)
    assert "expire_checkout" not in giver.payments.calls
    decline(giver, gift)
    session = giver.payments.session_of(gift.public_id)
    assert giver.payments.checkouts[session].status == "expired"


def test_who_is_declined_may_try_again_after_the_question(giver: Giver) -> None:
    gift = giver.gives()
    decline(giver, gift, times=5)
    again = services.again_url(gift).removeprefix("http://localhost")
    page = giver.browser.post(again)
    question = giver.browser.get(page.location)
    assert question.heading == "One moment, please"
    assert opened_a_page(giver.browser.post(page.location, {"altcha": solved(question)}).response)
    db.session.expire_all()
    assert gift.attempt == 2


def test_the_office_sees_the_guard_and_may_have_everybody_asked(
    giver: Giver, accountant: PageClient
) -> None:
    assert accountant.get("/office/giving-guard").has("Calme")
    page = accountant.post("/office/giving-guard/ask", {"hours": "6"})
    assert accountant.follow(page).has("Interroge tout inconnu")
    where, _question = asked(giver)
    assert "/give/question/" in where
    assert accountant.get("/office/giving-guard").has("Par décision du siège : 1")
    accountant.post("/office/giving-guard/ask-by-signals")
    assert opened_a_page(giver.sends(email="later@example.org").response)


def test_an_order_of_the_office_ends_by_itself(giver: Giver, accountant: PageClient) -> None:
    accountant.post("/office/giving-guard/ask", {"hours": "1"})
    giver.clock.instant += timedelta(minutes=61)
    assert opened_a_page(giver.sends().response)


def test_only_the_accounts_see_the_guard(matcher: PageClient, visitor: PageClient) -> None:
    assert matcher.get("/office/giving-guard").status == 404
    assert visitor.get("/office/giving-guard").status in (302, 303)


def test_the_guard_s_memory_fades(giver: Giver, signed_in_as: Any) -> None:
    under_attack(giver)
    asked(giver)
    giver.clock.instant += timedelta(days=8)
    services.forget_attempts()
    assert db.session.query(GivingAttempt).count() == 0
    assert db.session.query(HeldForm).count() == 0
    assert (
        signed_in_as(Role.ACCOUNTANT).get("/office/giving-guard").has("Personne n’a été interrogé.")
    )


def test_no_address_no_device_and_no_name_stands_in_the_guard_s_memory(giver: Giver) -> None:
    giver.gives()
    row = db.session.query(GivingAttempt).one()
    kept = " ".join([row.address, row.device or "", row.email, row.subject])
    assert "127.0.0.1" not in kept
    assert "camille" not in kept
