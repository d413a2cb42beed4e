"""A donor's own pages: what was given, another amount, and stopping."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.money import Money
from portal.donations.codes import PurposeKind
from portal.donations.gateway import SubscriptionSnapshot
from portal.donations.models import Plan, PlanState
from portal.donations.rules.gift import GiftState
from tests.factories.gifts import make_cheque, make_gift, make_plan
from tests.fakes.payments import FakePayments
from tests.integration.donations.conftest import Told, hidden
from tests.pages import Page, PageClient


@dataclass
class Running:
    """A sponsor with a plan the provider knows."""

    sponsor: PageClient
    plan: Plan
    payments: FakePayments

    @property
    def path(self) -> str:
        return f"/me/gifts/plans/{self.plan.public_id}"

    def changes_to(self, amount: str) -> Page:
        token = hidden(self.sponsor.get(self.path), "form_token")
        form = {"amount": amount, "form_token": token}
        return self.sponsor.post(f"{self.path}/amount", form)


@pytest.fixture
def running(sponsor: PageClient, payments: FakePayments) -> Running:
    plan = make_plan(donor=sponsor.account.donor, language="en")
    payments.subscriptions[str(plan.stripe_subscription_id)] = SubscriptionSnapshot(
        str(plan.stripe_subscription_id),
        "active",
        plan.amount,
        "month",
        datetime(2026, 12, 5, 9, tzinfo=UTC),
        False,
        str(plan.public_id),
        "cus_9",
    )
    return Running(sponsor, plan, payments)


def test_who_gave_nothing_yet_is_told_what_will_be_here(sponsor: PageClient) -> None:
    assert sponsor.get("/me/gifts/").has("Vos dons apparaîtront ici")


def test_everything_given_is_listed_with_its_state(sponsor: PageClient) -> None:
    donor = sponsor.account.donor
    make_gift(donor=donor, amount_minor=5_000)
    make_cheque(donor=donor, amount_minor=12_000, on=date(2025, 5, 2))
    make_gift(donor=donor, amount_minor=3_000, state=GiftState.FAILED, tax_on=None)
    make_plan(donor=donor)
    page = sponsor.get("/me/gifts/")
    for words in ("170 € donnés en tout", "20 novembre 2026", "Chèque", "Paiement non abouti"):
        assert page.has(words), words
    assert page.has("47 € par mois")
    assert page.has("Prochain prélèvement le 5 décembre 2026")


def test_gifts_of_others_and_forms_never_paid_are_not_listed(sponsor: PageClient) -> None:
    make_gift(amount_minor=99_900)
    make_gift(
        donor=sponsor.account.donor, amount_minor=88_800, state=GiftState.PENDING, tax_on=None
    )
    page = sponsor.get("/me/gifts/")
    assert not page.has("999 €")
    assert not page.has("888")


def test_a_plan_shows_every_debit_also_those_that_failed(running: Running) -> None:
    for number, state in enumerate((GiftState.SETTLED, GiftState.FAILED)):
        make_gift(
            donor=running.plan.donor,
            plan_id=running.plan.id,
            state=state,
            purpose=PurposeKind.SPONSORSHIP,
            on=date(2026, 10 + number, 5),
        )
    page = running.sponsor.get(running.path)
    assert page.has("5 octobre 2026")
    assert page.has("Paiement non abouti")


def test_a_strangers_plan_is_not_found(running: Running, other_sponsor: PageClient) -> None:
    assert other_sponsor.get(running.path).status == 404
    assert other_sponsor.post(f"{running.path}/amount", {"amount": "10"}).status == 404
    assert other_sponsor.post(f"{running.path}/stop").status == 404
    assert other_sponsor.get(f"/me/gifts/plans/{uuid.uuid4()}").status == 404


def test_a_visitor_is_asked_to_sign_in(visitor: PageClient) -> None:
    page = visitor.get("/me/gifts/")
    assert page.status == 302
    assert "sign-in" in page.location


def test_another_amount_is_taken_from_the_next_debit_on(running: Running) -> None:
    page = running.sponsor.follow(running.changes_to("60"))
    assert page.has("60 € par mois à partir du prochain prélèvement, le 5 décembre 2026")
    assert running.plan.amount == Money(6_000)
    mail = db.session.query(OutboxMail).one()
    assert mail.subject == "Your monthly gift is now €60"
    assert "from €47 to €60" in mail.text


def test_a_change_sent_twice_is_made_and_mailed_once(running: Running) -> None:
    token = hidden(running.sponsor.get(running.path), "form_token")
    form = {"amount": "60", "form_token": token}
    for _ in range(2):
        running.sponsor.post(f"{running.path}/amount", form)
    assert running.payments.calls.count("change_amount") == 1
    assert db.session.query(OutboxMail).count() == 1


def test_it_is_not_said_to_be_changed_when_the_provider_did_not(running: Running) -> None:
    running.payments.amount_taken = Money(4_700)
    page = running.changes_to("60")
    assert page.status == 503
    assert page.has("l’ancien reste en vigueur")
    db.session.expire_all()
    assert running.plan.amount == Money(4_700)
    assert db.session.query(OutboxMail).count() == 0


def test_it_is_not_said_to_be_changed_when_the_provider_is_away(running: Running) -> None:
    running.payments.down = True
    assert running.changes_to("60").status == 503
    db.session.expire_all()
    assert running.plan.amount == Money(4_700)


@pytest.mark.parametrize("amount", ["5", "", "many", "100001"])
def test_an_amount_we_do_not_take_is_refused_in_words(running: Running, amount: str) -> None:
    page = running.changes_to(amount)
    assert page.status == 422
    assert page.has("Erreur")


def test_stopping_takes_two_clicks_and_no_reason(running: Running, told: Told) -> None:
    page = running.sponsor.get(f"{running.path}/stop")
    assert page.has("Arrêter de donner 47 € par mois ?")
    page = running.sponsor.follow(running.sponsor.post(f"{running.path}/stop", {"reason": ""}))
    assert page.has("plus aucun prélèvement n’aura lieu")
    assert running.plan.state == PlanState.ENDED
    assert told.names == ["plan_ended"]
    mail = db.session.query(OutboxMail).one()
    assert mail.subject == "Your monthly gift has stopped"


def test_the_reason_is_kept_when_it_is_given(running: Running) -> None:
    running.sponsor.post(f"{running.path}/stop", {"reason": "We move."})
    assert running.plan.stop_reason == "We move."


def test_it_is_not_said_to_be_stopped_when_the_provider_did_not(running: Running) -> None:
    running.payments.down = True
    page = running.sponsor.post(f"{running.path}/stop")
    assert page.status == 503
    assert page.has("rien n’a changé")
    db.session.expire_all()
    assert running.plan.state == PlanState.ACTIVE


def test_a_stopped_plan_offers_nothing_more(running: Running) -> None:
    running.sponsor.post(f"{running.path}/stop")
    page = running.sponsor.get(running.path)
    assert not page.has("Changer le montant")
    assert running.sponsor.get(f"{running.path}/stop").status == 303


def test_the_home_card_says_the_next_debit(running: Running) -> None:
    from portal.donations.cards import home_card

    with running.sponsor.app.test_request_context("/me/", headers={"Accept-Language": "en"}):
        card = home_card(running.plan.donor_id)
    assert card is not None
    assert card.lines == ("€47 every month, next on December 5, 2026.",)


def test_a_donors_file_holds_gifts_and_plans(running: Running) -> None:
    from portal.core.personal_data import everything_about

    make_gift(donor=running.plan.donor)
    kept = everything_about(running.plan.donor_id)
    assert kept["gifts"][0]["amount"] == "50.00 EUR"
    assert kept["plans"][0]["state"] == "active"
