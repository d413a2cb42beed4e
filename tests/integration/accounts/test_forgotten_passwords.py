"""Forgotten passwords and changed ones."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from portal.core import audit
from portal.core.clock import FrozenClock
from portal.core.roles import Role
from tests.factories.passwords import PASSWORD, link_in, mails_to, make_member
from tests.factories.people import make_account
from tests.pages import PageClient

NEW = "quatre canards jaunes"


def link_for(visitor: PageClient, email: str) -> str:
    assert visitor.post("/fr/forgotten-password", {"email": email}).location == "/fr/check-mail"
    return link_in(mails_to(email)[-1])


def test_the_link_leads_to_a_new_password_and_straight_in(visitor: PageClient) -> None:
    account = make_member()
    link = link_for(visitor, account.email)
    assert visitor.get(link).heading == "Choisir un nouveau mot de passe"
    assert visitor.post(link, {"password": NEW}).location == "/me/"
    sent = {"email": account.email, "password": PASSWORD}
    assert visitor.post("/fr/sign-in", sent).status == 422
    assert visitor.post("/fr/sign-in", sent | {"password": NEW}).status == 303


def test_looking_at_the_link_does_not_use_it(visitor: PageClient) -> None:
    link = link_for(visitor, make_member().email)
    for _ in range(3):
        assert visitor.get(link).status == 200
    assert visitor.post(link, {"password": NEW}).status == 303


def test_a_link_works_once_and_for_an_hour(visitor: PageClient, clock: FrozenClock) -> None:
    account = make_member()
    used = link_for(visitor, account.email)
    visitor.post(used, {"password": NEW})
    assert visitor.post(used, {"password": "cinq lapins blancs"}).status == 410
    late = link_for(visitor, account.email)
    clock.instant += timedelta(hours=1, seconds=1)
    assert visitor.post(late, {"password": "cinq lapins blancs"}).status == 410


def test_a_link_of_one_kind_opens_nothing_else(visitor: PageClient) -> None:
    token = link_for(visitor, make_member().email).rpartition("/")[2]
    assert visitor.get(f"/fr/confirm-address/{token}").status == 410
    assert visitor.get(f"/fr/claim/{token}").status == 410


def test_a_new_password_signs_out_everywhere(visitor: PageClient, app: Flask) -> None:
    account = make_member()
    thief = PageClient(app)
    thief.post("/fr/sign-in", {"email": account.email, "password": PASSWORD})
    assert thief.get("/me/").status == 200
    visitor.post(link_for(visitor, account.email), {"password": NEW})
    assert thief.get("/me/").status == 302
    assert visitor.get("/me/").status == 200


def test_the_owner_is_told_that_the_password_changed(visitor: PageClient) -> None:
    account = make_member()
    visitor.post(link_for(visitor, account.email), {"password": NEW})
    assert mails_to(account.email)[-1].subject == "Votre mot de passe a été changé"
    acts = [entry.action for entry in audit.history(f"account:{account.public_id}")]
    assert "account.password_changed" in acts


def test_an_address_that_was_never_confirmed_is_confirmed_first(visitor: PageClient) -> None:
    account = make_account(email="new@example.org", confirmed_at=None)
    assert link_for(visitor, account.email).startswith("/fr/confirm-address/")


def test_the_link_of_a_closed_account_stops_working(
    visitor: PageClient, clock: FrozenClock
) -> None:
    account = make_member()
    link = link_for(visitor, account.email)
    account.disabled_at = clock.now()
    assert visitor.post(link, {"password": NEW}).status == 410


def test_a_new_password_is_no_way_around_the_second_factor(visitor: PageClient) -> None:
    account = make_member(totp_secret="JBSWY3DPEHPK3PXP", roles=[Role.ACCOUNTANT])
    answer = visitor.post(link_for(visitor, account.email), {"password": NEW})
    assert answer.location == "/fr/second-step"
    assert visitor.get("/office/donors").status == 302


def test_changing_the_password_needs_the_present_one(visitor: PageClient) -> None:
    account = make_member()
    visitor.post("/fr/sign-in", {"email": account.email, "password": PASSWORD})
    wrong = visitor.post("/me/security/password", {"old": "wrong", "password": NEW})
    assert wrong.status == 422
    assert wrong.has("Ce n’est pas votre mot de passe actuel.")
    weak = visitor.post("/me/security/password", {"old": PASSWORD, "password": "short"})
    assert weak.status == 422


def test_changing_the_password_signs_out_the_other_browsers_only(
    visitor: PageClient, app: Flask
) -> None:
    account = make_member()
    other = PageClient(app)
    for browser in (visitor, other):
        browser.post("/fr/sign-in", {"email": account.email, "password": PASSWORD})
    done = visitor.post("/me/security/password", {"old": PASSWORD, "password": NEW})
    assert done.location == "/me/security"
    assert visitor.get("/me/").status == 200
    assert other.get("/me/").status == 302


def test_the_other_browsers_can_be_signed_out(visitor: PageClient, app: Flask) -> None:
    account = make_member()
    other = PageClient(app)
    for browser in (visitor, other):
        browser.post("/fr/sign-in", {"email": account.email, "password": PASSWORD})
    assert visitor.get("/me/security").has("Ce navigateur")
    visitor.post("/me/security/sign-out-elsewhere")
    assert visitor.get("/me/").status == 200
    assert other.get("/me/").status == 302
