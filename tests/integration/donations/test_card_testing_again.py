"""One form sent again and again meets the guard before each new payment page, as new forms do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal.core.db import db
from portal.donations import services
from portal.donations.models import Gift, GivingAttempt
from portal.donations.rules.card_testing import MOST_PROVED_OF_ONE
from portal.donations.rules.gift import GiftState
from portal.donations.services.held_forms import mail_seal
from tests.integration.donations.conftest import Giver
from tests.integration.donations.test_card_testing import asked, opened_a_page, solved, under_attack
from tests.integration.donations.test_card_testing_declined import decline
from tests.pages import Page


def the_gift() -> Gift:
    db.session.expire_all()
    return db.session.query(Gift).one()


def close_its_page(giver: Giver) -> None:
    giver.payments.expires(str(the_gift().stripe_session_id))


def tries_again(giver: Giver, gift: Gift) -> Page:
    return giver.browser.post(services.again_url(gift).removeprefix("http://localhost"))


def answers(giver: Giver, where: str) -> Page:
    question = giver.browser.get(where)
    return giver.browser.post(where, {"altcha": solved(question)})


def of_the_form(giver: Giver) -> Callable[[], Page]:
    opened = giver.opens()
    return lambda: giver.sends(opened=opened)


def of_the_way_back(giver: Giver) -> Callable[[], Page]:
    gift = giver.gives()
    return lambda: tries_again(giver, gift)


@pytest.mark.parametrize("sender", [of_the_form, of_the_way_back])
def test_one_form_opens_no_more_pages_than_new_forms_would(
    giver: Giver, sender: Callable[[Giver], Callable[[], Page]]
) -> None:
    sends = sender(giver)
    sends()
    for _ in range(12):
        close_its_page(giver)
        if not opened_a_page(sends().response):
            break
    assert len(giver.payments.asked) == 5
    assert db.session.query(GivingAttempt).filter_by(gift_id=the_gift().id).count() == 5


def test_the_form_whose_page_closed_after_five_declined_cards_is_asked(giver: Giver) -> None:
    opened = giver.opens()
    gift = giver.gives(opened=opened)
    decline(giver, gift, times=5)
    page = giver.sends(opened=opened)
    assert "/give/question/" in page.location
    assert len(giver.payments.asked) == 1


def test_an_answered_question_opens_one_page_and_no_second_one(giver: Giver) -> None:
    gift = giver.gives()
    decline(giver, gift, times=5)
    where = tries_again(giver, gift).location
    assert opened_a_page(answers(giver, where).response)
    close_its_page(giver)
    page = giver.browser.post(where, {"altcha": ""})
    assert "/give/question/" in page.location
    assert page.location != where
    assert len(giver.payments.asked) == 2


def test_a_link_by_mail_opens_one_page_and_no_second_one(giver: Giver) -> None:
    gift = giver.gives()
    decline(giver, gift, times=5)
    secret = tries_again(giver, gift).location.split("/")[-1].partition("?")[0]
    link = f"/en/give/confirm/{secret}/{mail_seal(secret)}"
    assert opened_a_page(giver.browser.post(link).response)
    close_its_page(giver)
    assert "/give/question/" in giver.browser.post(link).location
    assert len(giver.payments.asked) == 2


def test_a_double_click_on_the_answer_leads_to_the_same_page(giver: Giver) -> None:
    gift = giver.gives()
    decline(giver, gift, times=5)
    where = tries_again(giver, gift).location
    first = answers(giver, where)
    assert giver.browser.post(where, {"altcha": ""}).location == first.location
    assert the_gift().attempt == 2


def test_a_double_click_on_the_form_is_one_attempt(giver: Giver) -> None:
    opened = giver.opens()
    first, second = giver.sends(opened=opened), giver.sends(opened=opened)
    assert opened_a_page(first.response)
    assert first.location == second.location
    assert db.session.query(GivingAttempt).count() == 1


def test_a_form_the_provider_did_not_answer_is_sent_again_without_a_second_attempt(
    giver: Giver,
) -> None:
    opened = giver.opens()
    giver.payments.down = True
    assert giver.sends(opened=opened).status == 503
    giver.payments.down = False
    assert opened_a_page(giver.sends(opened=opened).response)
    assert db.session.query(GivingAttempt).count() == 1


def test_an_honest_donor_whose_card_was_declined_pays_with_another_one(giver: Giver) -> None:
    opened = giver.opens()
    gift = giver.gives(opened=opened)
    decline(giver, gift, times=2)
    assert opened_a_page(giver.sends(opened=opened).response)  # the page is open still
    close_its_page(giver)
    assert opened_a_page(giver.sends(opened=opened).response)
    giver.pays(the_gift())
    assert the_gift().state is GiftState.SETTLED
    paid = giver.sends(opened=opened)
    assert "/thanks/" in paid.location


def test_a_form_that_was_asked_and_paid_leads_to_thanks(giver: Giver) -> None:
    under_attack(giver)
    opened: Any = giver.opens()
    where, question = asked(giver, opened=opened)
    giver.browser.post(where, {"altcha": solved(question)})
    giver.pays(the_gift())
    for page in (giver.sends(opened=opened), giver.browser.get(where), giver.browser.post(where)):
        assert "/thanks/" in page.location


def test_questions_kept_for_half_an_hour_count_when_they_are_answered(giver: Giver) -> None:
    thief = [services.Visitor("address", None, f"mail{number}") for number in range(12)]
    for number, one in enumerate(thief):
        assert not services.consider(one, f"kept:{number}").passes
    giver.clock.instant += timedelta(minutes=31)
    passed = [
        services.consider(one, f"kept:{number}", worked=True).passes
        for number, one in enumerate(thief)
    ]
    assert passed == [True] * MOST_PROVED_OF_ONE + [False] * 2
