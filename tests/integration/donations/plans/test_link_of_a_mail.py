"""The link of a mail: one plan, one act, two weeks, no password, nothing else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from portal.core.db import db
from portal.donations import services
from portal.donations.models import OrderChannel, PlanState
from tests.factories.gifts import make_gift
from tests.integration.donations.conftest import hidden
from tests.integration.donations.plans.conftest import Running, last_mail
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
    assert does(visitor, link, "pay").status == 503
    assert visitor.get(link).has("did not come through")
    running.payments.pays_now = "succeeded"
    assert does(visitor, link, "pay").status == 303
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


def test_a_page_of_one_link_is_not_opened_by_another(
    running: Running, visitor: PageClient, link: str
) -> None:
    does(visitor, link, "method", collect="later")
    (asked,) = running.payments.methods_asked.values()
    page = asked.success_url.rpartition("/")[2]
    running.fails_again(next(iter(running.payments.invoices)))
    other = link_in_mail()
    assert other != link
    assert visitor.get(f"{other}/method/{page}").status == 404
