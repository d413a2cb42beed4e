"""The link of a thank-you mail: a donor becomes somebody who can see their gifts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from portal.accounts.models import Account, Donor
from portal.accounts.queries import account_by_email
from portal.accounts.services import DonorHasNoAddress, claim_link
from portal.core.clock import FrozenClock
from portal.core.db import db
from tests.factories.passwords import PASSWORD, link_in, mails_to, make_member
from tests.factories.people import make_account, make_donor
from tests.pages import PageClient


def path(url: str) -> str:
    return url.removeprefix("http://localhost")


@pytest.fixture
def donor(app: Flask) -> Donor:
    return make_donor(email="Claire@example.org")


def account_of(donor: Donor) -> Account:
    account = account_by_email(donor.email)
    assert account is not None
    return account


def test_a_donor_chooses_a_password_and_is_in(
    visitor: PageClient, donor: Donor, clock: FrozenClock
) -> None:
    link = path(claim_link(donor, clock.now()))
    assert visitor.get(link).heading == "Suivez vos dons"
    assert visitor.post(link, {"password": PASSWORD}).location == "/me/"
    assert account_of(donor).donor_id == donor.id
    assert account_of(donor).confirmed_at == clock.now()
    assert visitor.get("/me/").has("Bonjour Claire")


def test_looking_at_the_link_opens_nothing(
    visitor: PageClient, donor: Donor, clock: FrozenClock
) -> None:
    visitor.get(path(claim_link(donor, clock.now())))
    assert account_by_email(donor.email) is None


def test_the_link_is_absolute_and_speaks_the_donors_language(
    app: Flask, clock: FrozenClock
) -> None:
    link = claim_link(make_donor(language="en"), clock.now())
    assert link.startswith("http://localhost/en/claim/")


def test_the_link_works_once_and_for_thirty_days(
    visitor: PageClient, donor: Donor, clock: FrozenClock
) -> None:
    first, second = (path(claim_link(donor, clock.now())) for _ in range(2))
    visitor.post(first, {"password": PASSWORD})
    assert visitor.post(first, {"password": PASSWORD}).status == 410
    assert visitor.post(second, {"password": PASSWORD}).status == 410, "somebody follows them now"
    other = make_donor()
    late = path(claim_link(other, clock.now()))
    clock.instant += timedelta(days=30)
    assert visitor.get(late).status == 410


def test_the_link_is_worth_nothing_once_the_donor_has_another_address(
    visitor: PageClient, donor: Donor, clock: FrozenClock
) -> None:
    link = path(claim_link(donor, clock.now()))
    donor.email = "new@example.org"
    db.session.commit()
    assert visitor.get(link).status == 410


def test_a_too_old_link_is_sent_again_to_the_same_address(
    visitor: PageClient, donor: Donor, clock: FrozenClock
) -> None:
    link = path(claim_link(donor, clock.now()))
    clock.instant += timedelta(days=31)
    visitor.post(f"/fr/new-link/{link.rpartition('/')[2]}")
    assert visitor.get(link_in(mails_to(donor.email)[-1])).status == 200


def test_gifts_are_added_to_an_account_that_exists_without_touching_its_password(
    visitor: PageClient, donor: Donor, clock: FrozenClock
) -> None:
    account = make_member(email="claire@example.org")
    kept = account.password_hash
    link = path(claim_link(donor, clock.now()))
    assert visitor.get(link).has("Vous avez déjà un compte à cette adresse.")
    assert visitor.post(link, {"password": "somebody elses words"}).location == "/fr/sign-in"
    assert account.donor_id == donor.id
    assert account.password_hash == kept


def test_an_account_that_waited_for_its_confirmation_is_opened(
    visitor: PageClient, donor: Donor, clock: FrozenClock
) -> None:
    account = make_account(email="claire@example.org", confirmed_at=None)
    visitor.post(path(claim_link(donor, clock.now())), {"password": PASSWORD})
    assert account.donor_id == donor.id
    assert account.confirmed_at is not None


def test_an_account_with_other_gifts_is_left_to_the_office(
    visitor: PageClient, donor: Donor, clock: FrozenClock
) -> None:
    first = make_donor()
    account = make_member(email="claire@example.org", donor=first)
    page = visitor.post(path(claim_link(donor, clock.now())))
    assert page.status == 409
    assert page.heading == "C’est à nous de réunir vos dons"
    assert account.donor_id == first.id


def test_a_closed_account_is_not_opened_by_a_gift(
    visitor: PageClient, donor: Donor, clock: FrozenClock
) -> None:
    make_member(email="claire@example.org", disabled_at=clock.now())
    assert visitor.get(path(claim_link(donor, clock.now()))).status == 410


def test_who_has_an_account_already_gets_the_way_in(app: Flask, clock: FrozenClock) -> None:
    account = make_member(with_donor=True)
    assert account.donor is not None
    assert claim_link(account.donor, clock.now()) == "http://localhost/fr/sign-in"


def test_without_an_address_there_is_no_link(app: Flask, clock: FrozenClock) -> None:
    with pytest.raises(DonorHasNoAddress):
        claim_link(make_donor(email=""), clock.now())
