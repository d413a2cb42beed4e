"""Signing up: an account exists once its address is proved, with the password chosen then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from portal.accounts import events
from portal.accounts.models import Account
from portal.accounts.queries import account_by_email
from portal.core.clock import FrozenClock
from tests.factories.passwords import PASSWORD, link_in, mails_to, make_member
from tests.factories.people import make_donor
from tests.pages import Page, PageClient

LEA = {"name": "Léa Essai", "email": "Lea@Example.org"}


def signed_up(visitor: PageClient) -> str:
    """The path of the link Léa gets."""
    page = visitor.post("/fr/sign-up", LEA)
    assert (page.status, page.location) == (303, "/fr/check-mail")
    return link_in(mails_to("lea@example.org")[-1])


def is_confirmed(email: str) -> bool:
    account = account_by_email(email)
    return account is not None and account.confirmed_at is not None


def test_the_form_asks_for_name_and_address_only(visitor: PageClient) -> None:
    page = visitor.get("/fr/sign-up")
    assert page.heading == "Ouvrir un compte"
    assert 'autocomplete="email"' in page.html
    assert 'type="password"' not in page.html


def test_an_address_that_cannot_be_one_comes_back_with_what_was_typed(visitor: PageClient) -> None:
    page = visitor.post("/en/sign-up", {"name": "Léa", "email": "lea at example"})
    assert page.status == 422
    assert page.has("Write an e-mail address such as")
    assert 'value="lea at example"' in page.html


def test_the_link_shows_a_page_and_only_its_button_confirms(visitor: PageClient) -> None:
    link = signed_up(visitor)
    for _ in range(2):
        assert visitor.get(link).heading == "Confirmez votre adresse"
    assert not is_confirmed("lea@example.org")
    assert visitor.post(link, {"password": PASSWORD}).location == "/me/"
    assert is_confirmed("lea@example.org")
    assert visitor.get("/me/").status == 200


def test_a_link_works_once(visitor: PageClient, app: Flask) -> None:
    link = signed_up(visitor)
    visitor.post(link, {"password": PASSWORD})
    later = PageClient(app).post(link, {"password": "another long password"})
    assert later.status == 410
    assert later.heading == "Ce lien ne fonctionne plus"


def test_a_link_works_for_three_days(visitor: PageClient, clock: FrozenClock) -> None:
    link = signed_up(visitor)
    clock.instant += timedelta(days=3, seconds=1)
    assert visitor.get(link).status == 410
    assert visitor.post(link, {"password": PASSWORD}).status == 410


def test_the_page_of_an_expired_link_sends_a_new_one(
    visitor: PageClient, clock: FrozenClock
) -> None:
    link = signed_up(visitor)
    clock.instant += timedelta(days=4)
    token = link.rpartition("/")[2]
    assert visitor.post(f"/fr/new-link/{token}").location == "/fr/check-mail"
    assert visitor.get(link_in(mails_to("lea@example.org")[-1])).status == 200


def test_a_made_up_link_gets_the_same_page_and_the_same_answer(visitor: PageClient) -> None:
    assert visitor.get("/fr/confirm-address/made-up").status == 410
    assert visitor.post("/fr/new-link/made-up").location == "/fr/check-mail"


def test_a_newer_link_replaces_the_one_before(visitor: PageClient) -> None:
    first, second = signed_up(visitor), signed_up(visitor)
    assert visitor.get(first).status == 410
    assert visitor.get(second).status == 200


def test_who_signs_up_with_somebody_elses_address_never_has_a_password(
    visitor: PageClient,
) -> None:
    signed_up(visitor)
    account = account_by_email("lea@example.org")
    assert account is not None
    assert account.password_hash == ""
    refused = visitor.post("/fr/sign-in", {"email": "lea@example.org", "password": PASSWORD})
    assert refused.status == 422


def test_a_weak_password_is_refused_and_the_link_still_works(visitor: PageClient) -> None:
    link = signed_up(visitor)
    page = visitor.post(link, {"password": "motdepasse2026"})
    assert page.status == 422
    assert page.has("parmi les premiers")
    assert visitor.post(link, {"password": PASSWORD}).status == 303


def test_the_gifts_of_the_address_are_found_once_it_is_confirmed(visitor: PageClient) -> None:
    donor = make_donor(email="Lea@example.org")
    link = signed_up(visitor)
    account = account_by_email("lea@example.org")
    assert account is not None
    assert account.donor_id is None
    visitor.post(link, {"password": PASSWORD})
    assert account.donor_id == donor.id


def test_two_donors_of_one_address_are_left_to_the_office(visitor: PageClient) -> None:
    make_donor(email="lea@example.org")
    make_donor(email="lea@example.org")
    visitor.post(signed_up(visitor), {"password": PASSWORD})
    account = account_by_email("lea@example.org")
    assert account is not None
    assert account.donor_id is None


def test_a_donor_somebody_follows_already_is_not_shown_to_another(visitor: PageClient) -> None:
    donor = make_donor(email="lea@example.org")
    make_member(email="first@example.org", donor=donor)
    visitor.post(signed_up(visitor), {"password": PASSWORD})
    account = account_by_email("lea@example.org")
    assert account is not None
    assert account.donor_id is None


def test_others_are_told_in_the_same_transaction(visitor: PageClient) -> None:
    heard: list[Account] = []
    link = signed_up(visitor)
    with events.account_confirmed.connected_to(heard.append):
        visitor.post(link, {"password": PASSWORD})
    assert [account.email for account in heard] == ["lea@example.org"]


@pytest.mark.parametrize(
    ("given", "subject"),
    [
        ({}, "Vous avez déjà un compte"),
        ({"disabled": True}, "Votre compte est fermé"),
    ],
)
def test_the_mail_says_what_the_page_does_not(
    visitor: PageClient, clock: FrozenClock, given: dict[str, bool], subject: str
) -> None:
    make_member(email="lea@example.org", disabled_at=clock.now() if given else None)
    page: Page = visitor.post("/fr/sign-up", LEA)
    assert page.location == "/fr/check-mail"
    assert [mail.subject for mail in mails_to("lea@example.org")] == [subject]
