"""A gift by direct debit: on its way for days, said honestly, never thanked for too early."""

from __future__ import annotations

from datetime import timedelta

from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.donations import services
from portal.donations.models import Gift
from portal.donations.rules.gift import GiftState
from tests.integration.donations.conftest import Giver
from tests.pages import PageClient


def path(url: str) -> str:
    return url.removeprefix("http://localhost")


def subjects() -> list[str]:
    return [mail.subject for mail in db.session.query(OutboxMail).order_by(OutboxMail.id)]


def given_by_debit(giver: Giver) -> tuple[Gift, str]:
    gift = giver.gives()
    intent = giver.pays(gift, method="sepa", status="processing")
    return gift, intent


def refused(giver: Giver, intent: str) -> None:
    giver.payments.settles(intent, "failed")
    giver.is_told("payment_intent.payment_failed", intent)


def test_the_page_names_the_day_and_neither_thanks_nor_promises_a_receipt(giver: Giver) -> None:
    gift, _intent = given_by_debit(giver)
    page = giver.browser.get(path(services.thanks_url(gift)))
    assert page.heading == "Your bank is at work"
    assert page.has("the money should be here on November 27, 2026")
    assert not page.has("Thank you!")
    assert not page.has("tax receipt for the year")


def test_the_mail_says_it_is_on_its_way_and_thanks_come_with_the_money(giver: Giver) -> None:
    gift, intent = given_by_debit(giver)
    assert subjects() == ["Your gift of €50 is on its way"]
    giver.is_told("payment_intent.processing", intent)
    assert len(subjects()) == 1
    giver.clock.instant += timedelta(days=5)
    giver.payments.settles(intent)
    giver.is_told("payment_intent.succeeded", intent)
    assert gift.state is GiftState.SETTLED
    assert subjects()[1:] == ["Thank you for your gift of €50"]


def test_a_refusal_days_later_is_told_once_with_the_way_to_try_again(giver: Giver) -> None:
    gift, intent = given_by_debit(giver)
    giver.clock.instant += timedelta(days=9)
    refused(giver, intent)
    giver.is_told("charge.failed", "ch_1", payment_intent=intent)
    assert gift.state is GiftState.FAILED
    assert subjects()[1:] == ["Your gift of €50 did not reach us"]
    mail = db.session.query(OutboxMail).order_by(OutboxMail.id.desc()).first()
    assert mail is not None
    assert path(services.again_url(gift)) in mail.text


def test_after_a_refusal_the_page_offers_to_try_again_and_opens_a_new_payment(
    giver: Giver,
) -> None:
    gift, intent = given_by_debit(giver)
    first = gift.stripe_session_id
    refused(giver, intent)
    page = giver.browser.follow(giver.browser.get(path(services.thanks_url(gift))))
    assert page.heading == "The payment did not go through"
    answer = giver.browser.post(path(services.again_url(gift)))
    db.session.expire_all()
    assert answer.location == f"https://pay.example.org/{gift.stripe_session_id}"
    assert gift.stripe_session_id != first
    giver.pays(gift)
    assert gift.state is GiftState.SETTLED


def test_trying_again_while_the_bank_is_at_work_takes_nothing_twice(giver: Giver) -> None:
    gift, _intent = given_by_debit(giver)
    page = giver.browser.post(path(services.again_url(gift)))
    assert page.location == path(services.thanks_url(gift))
    assert len(giver.payments.asked) == 1


def test_a_payment_page_that_closed_is_said_to_have_closed(giver: Giver) -> None:
    gift = giver.gives()
    session = str(gift.stripe_session_id)
    giver.payments.expires(session)
    giver.is_told("checkout.session.expired", session)
    page = giver.browser.get(path(services.again_url(gift)))
    assert page.has("The payment page stayed open too long and was closed.")


def test_a_card_declined_on_the_payment_page_is_not_written_about(giver: Giver) -> None:
    gift = giver.gives()
    giver.pays(gift, status="failed")
    assert subjects() == []


def test_my_gifts_say_when_a_debit_is_expected_and_offer_a_failed_one_again(
    sponsor: PageClient, giver_as: object
) -> None:
    giver: Giver = giver_as(sponsor)  # type: ignore[operator]
    gift, intent = given_by_debit(giver)
    assert sponsor.get("/me/gifts/").has("Attendu le 27 novembre 2026")
    refused(giver, intent)
    page = sponsor.get("/me/gifts/")
    assert any(f"/give/again/{gift.public_id}/" in link for link in page.links())
