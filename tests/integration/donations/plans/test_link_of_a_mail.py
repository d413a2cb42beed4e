"""The link of a mail: one plan, one act, two weeks, no password, nothing else."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest

from portal.core.db import db
from portal.donations import services
from portal.donations.models import OrderChannel, OrderKind, PlanState
from tests.factories.gifts import make_gift
from tests.integration.donations.conftest import hidden
from tests.integration.donations.plans.conftest import CARD, Running, last_mail
from tests.pages import Page, PageClient


def link_in_mail() -> str:
    found = re.search(r"http://localhost(/en/plan/[\w-]+)", last_mail().text)
    assert found, last_mail().text
    return found[1]


def does(visitor: PageClient, link: str, act: str, **answers: str) -> Page:
    answers.setdefault("form_token", hidden(visitor.get(f"{link}/{act}"), "form_token"))
    page = visitor.post(f"{link}/{act}", answers)
    db.session.expire_all()
    return page


@pytest.fixture
def link(running: Running) -> str:
    running.debit_fails()
    return link_in_mail()


def test_it_shows_the_plan_and_what_failed_and_nothing_else(
    running: Running, visitor: PageClient, link: str
) -> None:
    make_gift(donor=running.plan.donor, amount_minor=88_800)
    page = visitor.get(link)
    assert page.has("€47 a month")
    assert page.has("did not come through")
    donor = running.plan.donor
    for private in ("888", donor.last_name, donor.email, donor.address1 or "rue des"):
        assert not page.has(private), private


def test_pay_works_once(running: Running, visitor: PageClient, link: str) -> None:
    page = visitor.follow(does(visitor, link, "pay"))
    assert page.has("the payment came through")
    assert page.has("This link has been used: it works once.")
    assert running.plan.state == PlanState.ACTIVE
    assert running.orders()[0].channel == OrderChannel.LINK
    assert visitor.get(f"{link}/stop").status == 303
    assert visitor.post(f"{link}/stop").status == 303
    assert len(running.orders()) == 1


def test_a_card_that_is_declined_leaves_the_link_good(
    running: Running, visitor: PageClient, link: str
) -> None:
    running.payments.pays_now = "failed"
    page = does(visitor, link, "pay")
    assert page.status == 422
    assert page.has("Nothing was taken: the €47 did not come through")
    assert page.links().count(f"{link}/method") == 1
    assert visitor.get(link).has("did not come through")
    running.payments.pays_now = "succeeded"
    over = visitor.follow(does(visitor, link, "pay"))
    assert over.has("Open debit of €47 tried again – Done")
    assert not over.has("Not done")
    assert running.plan.state == PlanState.ACTIVE


def test_another_card_is_given_without_a_password(
    running: Running, visitor: PageClient, link: str
) -> None:
    page = does(visitor, link, "method", collect="now")
    session = page.location.rpartition("/")[2]
    running.payments.donor_gives_method(session)
    (asked,) = running.payments.methods_asked.values()
    back = asked.success_url.removeprefix("http://localhost")
    assert visitor.get(back).heading == "We are confirming your card or IBAN"
    page = visitor.follow(visitor.post(back))
    assert page.heading == "Your new card or IBAN is in use"
    assert running.plan.state == PlanState.ACTIVE
    assert visitor.get(link).has("This link has been used")


@pytest.mark.parametrize(("act", "answers"), [("pause", {"months": "2"}), ("stop", {})])
def test_pausing_and_stopping_need_no_password(
    running: Running, visitor: PageClient, link: str, act: str, answers: dict[str, str]
) -> None:
    does(visitor, link, act, **answers)
    expected = {"pause": PlanState.PAUSED, "stop": PlanState.ENDED}
    assert running.plan.state == expected[act]
    assert visitor.get(link).has("This link has been used")


@pytest.mark.parametrize("act", ["amount", "day", "resume", "keep"])
def test_it_is_good_for_nothing_else(visitor: PageClient, link: str, act: str) -> None:
    assert visitor.get(f"{link}/{act}").status == 404


def test_it_ends_after_two_weeks(running: Running, visitor: PageClient, link: str) -> None:
    running.clock.instant += timedelta(days=15)
    page = visitor.get(link)
    assert page.has("This link no longer works")
    assert not page.has("€47")
    assert visitor.post(f"{link}/stop").status == 303
    assert running.orders() == []


def test_it_is_worth_nothing_once_the_address_has_changed(
    running: Running, visitor: PageClient, link: str
) -> None:
    running.plan.donor.email = "elsewhere@example.org"
    db.session.commit()
    assert visitor.get(link).has("This link no longer works")


def test_an_unknown_link_is_not_found(visitor: PageClient) -> None:
    assert visitor.get("/en/plan/never-existed").status == 404


def test_only_the_hash_of_its_secret_is_kept(link: str) -> None:
    from portal.donations.models import PlanLink

    secret = link.rpartition("/")[2]
    kept = db.session.query(PlanLink).one()
    assert kept.token_hash != secret
    assert services.link_of(secret) is kept


def given_a_card(running: Running, visitor: PageClient, link: str) -> str:
    """Another card given on the secure page; the address it leads back to."""
    page = does(visitor, link, "method", collect="now")
    running.payments.donor_gives_method(page.location.rpartition("/")[2])
    (asked,) = running.payments.methods_asked.values()
    return asked.success_url.removeprefix("http://localhost")


def test_the_way_back_holds_no_secret(running: Running, visitor: PageClient, link: str) -> None:
    back = given_a_card(running, visitor, link)
    (page,) = running.orders(OrderKind.METHOD_PAGE)
    assert back == f"/en/plan/back/{page.public_id}"
    (asked,) = running.payments.methods_asked.values()
    assert asked.cancel_url == asked.success_url
    shown = visitor.get(back)
    for private in ("47", running.plan.donor.last_name, running.plan.donor.email):
        assert not shown.has(private), private


def test_who_left_the_secure_page_is_told_that_the_mail_still_helps(
    running: Running, visitor: PageClient, link: str
) -> None:
    does(visitor, link, "method", collect="later")
    (asked,) = running.payments.methods_asked.values()
    page = visitor.get(asked.cancel_url.removeprefix("http://localhost"))
    assert page.heading == "No card or IBAN was given"
    assert page.has("The link in our e-mail still works")


def test_the_sponsor_signed_in_is_led_to_her_own_plan(
    running: Running, visitor: PageClient, link: str
) -> None:
    back = given_a_card(running, visitor, link)
    assert running.sponsor.get(back).location.startswith(f"{running.path}/method/")


@pytest.mark.parametrize("meanwhile", ["used", "another address"])
def test_a_card_given_when_the_link_is_over_is_not_used(
    running: Running, visitor: PageClient, link: str, meanwhile: str
) -> None:
    back = given_a_card(running, visitor, link)
    if meanwhile == "used":
        assert does(visitor, link, "pay").status == 303
    else:
        running.plan.donor.email = "elsewhere@example.org"
        db.session.commit()
    page = visitor.follow(visitor.post(back))
    assert page.heading == "The new card or IBAN was not put in place"
    assert running.payments.subscriptions[running.subscription].method_id == CARD.id
    assert running.orders(OrderKind.METHOD) == []


def test_a_card_given_in_time_is_used_though_the_link_ends_meanwhile(
    running: Running, visitor: PageClient, link: str
) -> None:
    running.clock.instant += timedelta(days=13, hours=23)
    back = given_a_card(running, visitor, link)
    running.clock.instant += timedelta(hours=2)
    page = visitor.follow(visitor.post(back))
    assert page.heading == "Your new card or IBAN is in use"
    again = visitor.follow(visitor.post(back))
    assert again.heading == "Your new card or IBAN is in use"


def test_an_unknown_way_back_is_not_found(visitor: PageClient) -> None:
    assert visitor.get(f"/en/plan/back/{uuid.uuid4()}").status == 404
