"""Donors who come by a form anybody can send."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.accounts.codes import DonorKind
from portal.accounts.models import Donor
from portal.accounts.rules import DonorDetails
from portal.accounts.services import find_or_create_donor
from portal.core import audit
from portal.core.clock import FrozenClock, paris_date
from tests.factories.people import make_donor

CLAIRE = DonorDetails(
    email="Claire@Example.org",
    first_name="Claire",
    last_name="Essai",
    address1="12 rue des Essais",
    postcode="78000",
    city="Versailles",
)


@pytest.fixture
def known(app: Flask) -> Donor:
    return make_donor(email="claire@example.org", last_name="Essai", phone="")


def test_somebody_new_gets_a_reference_of_the_web(app: Flask, clock: FrozenClock) -> None:
    donor = find_or_create_donor(CLAIRE, clock.now())
    assert donor.ref.startswith("W")
    assert len(donor.ref) == 7
    assert donor.email == "claire@example.org"
    assert donor.since == paris_date(clock.now())


def test_two_people_get_two_references(app: Flask, clock: FrozenClock) -> None:
    other = DonorDetails(email="paul@example.org", last_name="Essai")
    first, second = (find_or_create_donor(who, clock.now()).ref for who in (CLAIRE, other))
    assert first != second


def test_the_same_form_sent_twice_makes_one_donor(app: Flask, clock: FrozenClock) -> None:
    first, second = (find_or_create_donor(CLAIRE, clock.now()) for _ in range(2))
    assert first.id == second.id


def test_a_reference_the_office_gave_already_is_left_out(app: Flask, clock: FrozenClock) -> None:
    number = int(find_or_create_donor(CLAIRE, clock.now()).ref[1:])
    make_donor(ref=f"W{number + 1:06}")
    other = DonorDetails(email="paul@example.org", last_name="Essai")
    assert find_or_create_donor(other, clock.now()).ref == f"W{number + 2:06}"


def test_the_donor_we_know_is_taken_and_completed(known: Donor, clock: FrozenClock) -> None:
    told = DonorDetails(
        email="claire@example.org", first_name="claire", last_name="ESSAI", phone="01"
    )
    assert find_or_create_donor(told, clock.now()).id == known.id
    assert known.phone == "01"
    assert known.last_name == "Essai"
    assert audit.history(f"donor:{known.ref}")[0].action == "donor.completed"


def test_an_address_is_never_overwritten_by_a_form(known: Donor, clock: FrozenClock) -> None:
    told = DonorDetails(
        email="claire@example.org", first_name="Claire", last_name="Essai",
        address1="1 rue du Voleur", postcode="75001", city="Paris",
    )  # fmt: skip
    assert find_or_create_donor(told, clock.now()).id != known.id
    assert known.city == "Versailles"


def test_another_name_at_the_same_address_is_another_donor(
    known: Donor, clock: FrozenClock
) -> None:
    told = DonorDetails(email="claire@example.org", first_name="Paul", last_name="Essai")
    assert find_or_create_donor(told, clock.now()).id != known.id


def test_a_company_is_not_its_director(known: Donor, clock: FrozenClock) -> None:
    told = DonorDetails(email="claire@example.org", kind=DonorKind.COMPANY, company_name="Essai SA")
    donor = find_or_create_donor(told, clock.now())
    assert donor.id != known.id
    assert donor.name == "Essai SA"
