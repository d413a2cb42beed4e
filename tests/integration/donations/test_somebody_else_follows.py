"""Who pays is not always who follows the child: a grandmother gives, her grandson writes."""

from __future__ import annotations

import re
from datetime import timedelta

import sqlalchemy as sa

from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.donations import services, tasks
from portal.donations.models import Plan, PlanCorrespondent, PlanState
from portal.sponsorships.models import Wish, WishState
from portal.sponsorships.services.starting import accept_pair
from tests.factories.children import make_child
from tests.factories.people import make_account
from tests.integration.donations.conftest import Giver
from tests.pages import PageClient

GRANDSON = {
    "for_another": "y",
    "other_first_name": "Léo",
    "other_last_name": "Durand",
    "other_email": "leo@example.org",
    "other_relation": "my grandson",
    "sex": "F",
}


def letters_to(address: str) -> list[OutboxMail]:
    return [
        m for m in db.session.query(OutboxMail).order_by(OutboxMail.id) if m.recipient == address
    ]


def invitation(mail: OutboxMail) -> str:
    found = re.search(r"http://localhost(/\w+/follow/\S+)", mail.text)
    assert found, mail.text
    return found[1]


def sponsored(giver: Giver) -> Plan:
    plan: Plan = giver.gives("sponsor", **GRANDSON)
    giver.subscribes(plan)
    return plan


def wishes() -> list[Wish]:
    return list(db.session.scalars(sa.select(Wish)))


def test_nobody_is_written_to_before_the_first_payment(giver: Giver) -> None:
    plan = giver.gives("sponsor", **GRANDSON)
    assert letters_to("leo@example.org") == []
    assert wishes() == []
    giver.subscribes(plan)
    assert (
        letters_to("leo@example.org")[0].subject == "Camille Durand invites you to follow a child"
    )


def test_the_payer_pays_and_the_other_waits_for_the_child(giver: Giver) -> None:
    plan = sponsored(giver)
    link = invitation(letters_to("leo@example.org")[0])
    page = giver.browser.get(link)
    assert page.heading == "Camille Durand invites you to follow a child"
    assert not page.has("47")
    assert giver.browser.post(link, {"answer": "yes"}).status == 303
    (wish,) = wishes()
    assert wish.state is WishState.WAITING
    assert wish.donor.name == "Léo Durand"
    assert str(wish.sex) == "F"
    assert plan.donor.name == "Camille Durand"
    assert plan.donor_id != wish.donor_id


def test_no_mail_to_the_other_says_what_is_paid(giver: Giver) -> None:
    sponsored(giver)
    for mail in letters_to("leo@example.org"):
        assert "€47" not in mail.text


def test_accepting_twice_is_one_place_in_the_queue(giver: Giver) -> None:
    sponsored(giver)
    link = invitation(letters_to("leo@example.org")[0])
    for _ in range(2):
        assert "/claim/" in giver.browser.post(link, {"answer": "yes"}).location
    assert len(wishes()) == 1
    assert db.session.query(Donor).filter_by(email="leo@example.org").count() == 1


def test_without_the_mail_there_is_no_invitation(giver: Giver) -> None:
    sponsored(giver)
    found = db.session.query(PlanCorrespondent).one()
    assert giver.browser.get(f"/en/follow/{found.public_id}/{'0' * 32}").status == 404


def test_who_declines_is_left_alone_and_the_payer_is_told(giver: Giver) -> None:
    sponsored(giver)
    link = invitation(letters_to("leo@example.org")[0])
    page = giver.browser.follow(giver.browser.post(link, {"answer": "no"}))
    assert page.has("You have declined.")
    assert wishes() == []
    assert letters_to("camille@example.org")[-1].subject.startswith("Léo Durand would rather not")
    giver.clock.instant += timedelta(days=10)
    tasks.daily_letters(0)
    assert len(letters_to("leo@example.org")) == 1


def test_one_reminder_after_a_week_and_never_a_second(giver: Giver) -> None:
    sponsored(giver)
    for days in (6, 2, 30):
        giver.clock.instant += timedelta(days=days)
        tasks.daily_letters(0)
    assert len(letters_to("leo@example.org")) == 2


def payer(giver: Giver, plan: Plan) -> PageClient:
    account = make_account(donor=plan.donor, email="camille@example.org", language="en")
    return PageClient(giver.browser.app).sign_in(account)


def test_the_payer_corrects_an_address_and_the_first_link_is_worthless(giver: Giver) -> None:
    plan = sponsored(giver)
    old = invitation(letters_to("leo@example.org")[0])
    browser = payer(giver, plan)
    giver.clock.instant += timedelta(hours=2)
    page = browser.post(
        f"/me/plans/{plan.public_id}/correspondent", {"email": "leo.durand@example.org"}
    )
    assert browser.follow(page).has("The invitation is on its way.")
    assert giver.browser.get(old).status == 404
    new = invitation(letters_to("leo.durand@example.org")[0])
    assert giver.browser.get(new).status == 200


def test_the_payer_may_follow_the_child_after_all(giver: Giver) -> None:
    plan = sponsored(giver)
    browser = payer(giver, plan)
    browser.post(f"/me/plans/{plan.public_id}/correspondent/myself")
    (wish,) = wishes()
    assert (wish.donor_id, wish.state) == (plan.donor_id, WishState.WAITING)
    link = invitation(letters_to("leo@example.org")[0])
    assert giver.browser.get(link).status == 404


def test_a_stranger_s_plan_is_nobody_s_business(giver: Giver, sponsor: PageClient) -> None:
    plan = sponsored(giver)
    address = f"/me/plans/{plan.public_id}/correspondent"
    assert sponsor.get(address).status == 404
    assert sponsor.post(address, {"email": "x@example.org"}).status == 404
    assert sponsor.post(f"{address}/myself").status == 404


def test_an_ended_sponsorship_invites_nobody(giver: Giver) -> None:
    plan = sponsored(giver)
    link = invitation(letters_to("leo@example.org")[0])
    plan.state, plan.ended_on = PlanState.ENDED, plan.started_on
    db.session.commit()
    page = giver.browser.follow(giver.browser.post(link, {"answer": "yes"}))
    assert page.has("This invitation is over")
    assert wishes() == []


def test_one_s_own_address_is_not_somebody_else_s(giver: Giver) -> None:
    page = giver.sends("sponsor", **GRANDSON | {"other_email": "Camille@example.org"})
    assert page.status == 422
    assert page.has("This is your own address.")


def test_the_thanks_say_who_is_invited(giver: Giver) -> None:
    plan = sponsored(giver)
    page = giver.browser.get(services.thanks_url(plan).removeprefix("http://localhost"))
    assert page.has("Léo Durand receives an invitation by e-mail to follow the child")
    assert "We now invite Léo Durand" in letters_to("camille@example.org")[0].text


def test_an_invitation_is_good_for_two_months_and_then_asked_for_anew(giver: Giver) -> None:
    sponsored(giver)
    link = invitation(letters_to("leo@example.org")[0])
    giver.clock.instant += timedelta(days=61)
    page = giver.browser.get(link)
    assert page.has("This e-mail is more than two months old")
    assert not page.has("Yes, I will follow the child")
    refused = giver.browser.follow(giver.browser.post(link, {"answer": "yes"}))
    assert refused.has("ask for another one")
    assert wishes() == []
    assert giver.browser.follow(giver.browser.post(link, {"answer": "anew"})).has("on its way")
    (_first, second) = letters_to("leo@example.org")
    assert invitation(second) != link
    assert giver.browser.get(link).has("more than two months old")
    assert "/claim/" in giver.browser.post(invitation(second), {"answer": "yes"}).location


def test_a_token_whose_day_was_altered_is_worth_nothing(giver: Giver) -> None:
    sponsored(giver)
    path, _, token = invitation(letters_to("leo@example.org")[0]).rpartition("/")
    later = f"{int(token.partition('-')[0], 16) + 86_400:x}"
    for altered in (f"{later}-{token.partition('-')[2]}", token.partition("-")[2], "zz-é"):
        assert giver.browser.get(f"{path}/{altered}").status == 404


def test_once_accepted_the_mail_leads_to_the_child(giver: Giver) -> None:
    sponsored(giver)
    link = invitation(letters_to("leo@example.org")[0])
    giver.browser.post(link, {"answer": "yes"})
    assert giver.browser.get(link).has("your place in the queue is kept")
    (wish,) = wishes()
    child = make_child()
    accept_pair(child.id, wish.id, None, giver.clock.instant)
    assert giver.browser.get(link).has("a child is waiting for you on your own pages")
    leo = PageClient(giver.browser.app).sign_in(make_account(donor=wish.donor))
    assert leo.get(link).location == f"/me/child/{child.public_id}"
    assert f"/me/child/{child.public_id}" in giver.browser.get(link).links()


def test_an_old_mail_claims_no_pages(giver: Giver) -> None:
    sponsored(giver)
    link = invitation(letters_to("leo@example.org")[0])
    giver.browser.post(link, {"answer": "yes"})
    giver.clock.instant += timedelta(days=61)
    page = giver.browser.post(link, {"answer": "yes"})
    assert "/claim/" not in page.location
    assert "/me/" in giver.browser.get(link).links()


def test_correcting_the_address_writes_to_nobody_before_the_first_payment(giver: Giver) -> None:
    plan = giver.gives("sponsor", **GRANDSON)
    assert not services.send_again(plan.id, email="leo.durand@example.org")
    assert db.session.query(OutboxMail).all() == []
    giver.subscribes(plan)
    assert len(letters_to("leo.durand@example.org")) == 1


def test_an_old_invitation_opens_nothing_of_another_address(giver: Giver) -> None:
    """The follower's mailbox was lost and her address corrected: the old mail is worth nothing."""
    sponsored(giver)
    link = invitation(letters_to("leo@example.org")[0])
    assert giver.browser.post(link, {"answer": "yes"}).status == 303
    donor = db.session.scalars(sa.select(Donor).where(Donor.email == "leo@example.org")).one()
    donor.email = "leo.new@example.org"
    db.session.flush()
    again = giver.browser.post(link, {"answer": "yes"})
    assert "claim" not in again.location
