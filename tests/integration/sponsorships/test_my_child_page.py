"""The sponsor's page of the child: hers alone, and never more than she may know."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.web.cards import home_cards
from portal.programmes.codes import Programme
from portal.programmes.models import Child, FactKind, FactState, Service
from portal.programmes.services.facts import approve_facts, propose_facts
from portal.sponsorships.models import EndReason, Sponsorship, WishState
from portal.sponsorships.services import end_sponsorship
from tests.factories.children import (
    make_child,
    make_consent,
    make_enrolment,
    make_fact,
    make_family,
)
from tests.factories.people import make_account
from tests.factories.sponsorships import NOON, make_sponsorship, make_wish
from tests.pages import PageClient

CANARIES = (
    "Kanarsurname",
    "កាណារី",
    "17 avril 2015",
    "2015-04-17",
    "April 17, 2015",
    "Kanarvillage",
    "Kanarhead",
    "Kanarschool",
    "kanarschool",
    "vaccination",
    "Kanarillness",
    "clinic",
    "Kanarguardian",
    "scavenging",
)


def canary_child() -> Child:
    """A child whose every forbidden field holds a word that must never come out."""
    family = make_family(district="Kanarvillage", head_name_latin="Kanarhead")
    child = make_child(
        family_id=family.id,
        family_name_latin="Kanarsurname",
        given_name_latin="Bopha",
        called="Kanarsurname Bopha",
        name_km="កាណារី",
        born_on=dt.date(2015, 4, 17),
        in_class=False,
    )
    make_consent(child, granted_on=dt.date(2024, 1, 1), guardian="Kanarguardian")
    make_enrolment(child)
    make_enrolment(child, programme=Programme.EDUCATION, activity="Kanarschool", grade="5")
    make_enrolment(
        child, activity="catch_up_class", grade="Kanarschool", start_on=dt.date(2025, 1, 1)
    )
    make_enrolment(
        child, programme=Programme.HEALTH, activity="clinic_follow_up", grade="Kanarillness"
    )
    service = Service(
        ref=child.ref,
        child_id=child.id,
        kind="vaccination",
        on=dt.date(2025, 3, 1),
        quantity=Decimal(1),
    )
    db.session.add(service)
    db.session.commit()
    propose_facts([child.id], NOON.date())
    from portal.programmes.models import Fact

    ids = db.session.scalars(sa.select(Fact.id).where(Fact.child_id == child.id)).all()
    approve_facts(ids, make_account().id, NOON)
    make_fact(
        child, kind=FactKind.STARTED, details={"programme": "education", "activity": "Kanarschool"}
    )
    make_fact(
        child,
        kind=FactKind.RECEIVED,
        details={"year": 2025, "service": "vaccination", "quantity": 2},
    )
    return child


def of(sponsor: PageClient, child: Child) -> Sponsorship:
    return make_sponsorship(sponsor.account.donor, child)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_a_sponsor_may_not_know_is_on_her_pages_or_in_her_mail(
    sponsor: PageClient, language: str
) -> None:
    child = canary_child()
    donor = sponsor.account.donor
    assert donor is not None
    donor.language = sponsor.account.language = language  # type: ignore[assignment]
    db.session.commit()
    started = of(sponsor, child)
    page = sponsor.get(f"/me/child/{child.public_id}")
    assert page.heading == "Bopha"
    assert page.has("11 ans, à Phnom Penh" if language == "fr" else "11 years old, in Phnom Penh")
    mail = db.session.scalars(
        sa.select(OutboxMail).where(OutboxMail.recipient == donor.email)
    ).one()
    seen = [
        page.html,
        sponsor.get("/me/").html,
        mail.text,
        mail.html,
        mail.subject,
        str(started.public_id),
    ]
    leaks = {word for word in CANARIES for text in seen if word in text}
    assert not leaks


def test_the_timeline_shows_approved_facts_newest_first(sponsor: PageClient) -> None:
    child = make_child()
    make_fact(child)
    make_fact(
        child,
        kind=FactKind.STARTED,
        on=dt.date(2026, 11, 1),
        details={"programme": "education", "activity": "public_school", "grade": "4"},
    )
    make_fact(
        child, on=dt.date(2026, 1, 1), state=FactState.PROPOSED, details={"site": "siem_reap"}
    )
    of(sponsor, child)
    page = sponsor.get(f"/me/child/{child.public_id}")
    assert page.text.index("Début : école publique, niveau 4.") < page.text.index("Arrivée à PSE")
    assert not page.has("Siem Reap")


def test_anybody_elses_child_does_not_exist(
    sponsor: PageClient, other_sponsor: PageClient, visitor: PageClient, admin: PageClient
) -> None:
    child = make_child()
    of(sponsor, child)
    address = f"/me/child/{child.public_id}"
    assert sponsor.get(address).status == 200
    assert other_sponsor.get(address).status == 404
    assert admin.get(address).status == 404
    assert visitor.get(address).status == 302
    assert sponsor.get(f"/me/child/{uuid.uuid4()}").status == 404


def test_the_page_closes_when_the_sponsorship_ends(sponsor: PageClient) -> None:
    started = of(sponsor, make_child())
    address = f"/me/child/{started.child.public_id}"
    end_sponsorship(started.id, EndReason.OFFICE, None, NOON)
    assert sponsor.get(address).status == 404


def test_without_consent_the_page_says_so_and_shows_nothing(sponsor: PageClient) -> None:
    child = make_child(called="Veasna")
    make_fact(child)
    of(sponsor, child)
    make_consent(child, granted_on=dt.date(2025, 1, 1), withdrawn_on=dt.date(2026, 11, 22))
    page = sponsor.get(f"/me/child/{child.public_id}")
    assert page.has("Cette page est fermée pour le moment")
    assert "Veasna" not in page.html


def test_her_home_shows_the_child_or_her_place_in_the_list(sponsor: PageClient) -> None:
    donor = sponsor.account.donor
    assert donor is not None
    assert not [c for c in home_cards(donor.id) if c.icon == "heart-handshake"]
    make_wish(since=dt.date(2025, 1, 1))
    mine = make_wish(donor)
    assert sponsor.get("/me/").has("Votre place dans la liste : 2.")
    mine.state = WishState.UNPAID
    db.session.commit()
    assert sponsor.get("/me/").has("dès que votre premier versement est arrivé")
    mine.state = WishState.WITHDRAWN
    of(sponsor, make_child(called="Chenda"))
    assert sponsor.get("/me/").has("Chenda")
