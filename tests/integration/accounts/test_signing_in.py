"""Signing in and out."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounts.models import Account, AccountSession
from portal.accounts.services import passwords
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.roles import Role
from tests.factories.passwords import PASSWORD, make_member
from tests.pages import Page, PageClient
from tests.unit.accounts.test_next_page import ELSEWHERE


def enter(browser: PageClient, account: Account, password: str = PASSWORD, **more: str) -> Page:
    return browser.post("/fr/sign-in", {"email": account.email, "password": password, **more})


def cookie_of(browser: PageClient) -> str:
    kept = browser.client.get_cookie("session")
    return kept.value if kept else ""


def test_a_sponsor_comes_to_her_own_pages(visitor: PageClient) -> None:
    assert enter(visitor, make_member(with_donor=True)).location == "/me/"
    assert visitor.get("/me/").status == 200


def test_the_address_may_be_typed_in_capitals(visitor: PageClient) -> None:
    make_member(email="claire@example.org")
    sent = {"email": " Claire@Example.org ", "password": PASSWORD}
    assert visitor.post("/fr/sign-in", sent).status == 303


def test_password_managers_know_the_fields(visitor: PageClient) -> None:
    page = visitor.get("/en/sign-in")
    assert 'autocomplete="username"' in page.html
    assert 'autocomplete="current-password"' in page.html


def test_a_wrong_password_keeps_the_address_that_was_typed(visitor: PageClient) -> None:
    account = make_member()
    page = enter(visitor, account, "not the right one")
    assert page.status == 422
    assert page.has("L’adresse et le mot de passe ne vont pas ensemble.")
    assert account.email in page.html


def test_an_over_long_password_is_never_hashed(
    visitor: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    class Watched(type(passwords._hasher)):  # type: ignore[misc]
        def verify(self, *_given: object) -> bool:
            calls.append("verify")
            return False

    monkeypatch.setattr(passwords, "_hasher", Watched())
    assert enter(visitor, make_member(), "x" * 129).status == 422
    assert calls == []


def test_signing_in_changes_the_secret_of_the_browser(visitor: PageClient) -> None:
    visitor.get("/fr/sign-in")
    with visitor.client.session_transaction() as cookie:
        cookie["sid"] = cookie["_user_id"] = "chosen by somebody else"
    enter(visitor, make_member())
    with visitor.client.session_transaction() as cookie:
        assert cookie["sid"] != "chosen by somebody else"
        assert len(cookie["sid"]) >= 43


def test_the_cookie_cannot_be_read_by_scripts(visitor: PageClient) -> None:
    answer = enter(visitor, make_member()).response.headers["Set-Cookie"]
    assert "HttpOnly" in answer
    assert "SameSite=Lax" in answer


def test_only_the_hash_of_the_secret_is_kept(visitor: PageClient) -> None:
    account = make_member()
    enter(visitor, account)
    with visitor.client.session_transaction() as cookie:
        secret = cookie["sid"]
    row = db.session.scalar(
        sa.select(AccountSession).where(AccountSession.account_id == account.id)
    )
    assert row is not None
    assert secret not in row.token_hash


def test_signing_out_makes_the_cookie_worthless(visitor: PageClient, app: Flask) -> None:
    enter(visitor, make_member())
    stolen = cookie_of(visitor)
    visitor.post("/fr/sign-out")
    thief = PageClient(app)
    thief.client.set_cookie("session", stolen)
    assert thief.get("/me/").location.startswith("/fr/sign-in")


def test_signing_out_needs_a_button(visitor: PageClient) -> None:
    enter(visitor, make_member())
    assert visitor.get("/fr/sign-out").status == 405
    assert visitor.get("/me/").status == 200


def test_signing_out_twice_is_harmless(visitor: PageClient) -> None:
    assert visitor.post("/fr/sign-out").location == "/fr/sign-in"


@pytest.mark.parametrize(
    ("roles", "lasts"), [([], timedelta(days=30)), ([Role.MATCHER], timedelta(hours=10))]
)
def test_a_session_ends_by_itself(
    app: Flask, clock: FrozenClock, roles: list[Role], lasts: timedelta
) -> None:
    browser = PageClient(app)
    account = make_member(roles=roles)
    with app.test_request_context():
        from portal.accounts.services.entering import enter as open_for

        open_for(account, clock.now())
    row = db.session.scalar(
        sa.select(AccountSession).where(AccountSession.account_id == account.id)
    )
    assert row is not None
    assert row.expires_at == clock.now() + lasts
    clock.instant += lasts
    assert browser.get("/me/").status == 302


def test_closing_an_account_signs_it_out(visitor: PageClient, clock: FrozenClock) -> None:
    account = make_member()
    enter(visitor, account)
    account.disabled_at = clock.now()
    db.session.commit()
    assert visitor.get("/me/").status == 302


def test_the_page_asked_for_comes_after_signing_in(visitor: PageClient) -> None:
    asked = visitor.get("/me/profile")
    form = visitor.follow(asked)
    assert 'value="/me/profile"' in form.html
    assert enter(visitor, make_member(), next="/me/profile").location == "/me/profile"


@pytest.mark.parametrize("target", [t for t in ELSEWHERE if t])
def test_next_never_leads_elsewhere(visitor: PageClient, target: str) -> None:
    assert "evil" not in visitor.get("/fr/sign-in", query_string={"next": target}).html
    assert enter(visitor, make_member(), next=target).location == "/me/"


def test_who_is_signed_in_goes_straight_on(visitor: PageClient) -> None:
    enter(visitor, make_member())
    assert visitor.get("/fr/sign-in?next=/me/profile").location == "/me/profile"


def test_an_older_hash_is_renewed(visitor: PageClient) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    account = make_member(password_hash=weak)
    enter(visitor, account)
    assert "m=19456,t=2,p=1" in account.password_hash


def test_before_what_matters_the_password_is_asked_again(
    visitor: PageClient, clock: FrozenClock
) -> None:
    account = make_member()
    enter(visitor, account)
    clock.instant += timedelta(minutes=16)
    asked = visitor.get("/me/privacy/my-data.json")
    assert asked.location == "/fr/confirm-identity?next=/me/privacy/my-data.json"
    assert visitor.post(asked.location, {"password": "wrong"}).status == 422
    before = cookie_of(visitor)
    sent = {"password": PASSWORD, "next": "/me/privacy/my-data.json"}
    assert visitor.post(asked.location, sent).location == "/me/privacy/my-data.json"
    assert cookie_of(visitor) != before
    assert visitor.get("/me/privacy/my-data.json").status == 200
