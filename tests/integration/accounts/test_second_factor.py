"""The second factor: set up once, asked at each sign-in, each code good for one time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from flask import Flask

from portal.accounts.models import Account
from portal.accounts.services.second_factor import new_secret
from portal.config import Mode
from portal.core.clock import FrozenClock
from portal.core.roles import Role
from tests.factories.passwords import PASSWORD, mails_to, make_member
from tests.pages import Page, PageClient

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(clock: FrozenClock, secret: str = SECRET, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30 * steps))


def give_password(browser: PageClient, account: Account, **more: str) -> Page:
    return browser.post("/fr/sign-in", {"email": account.email, "password": PASSWORD, **more})


@pytest.fixture
def colleague(app: Flask) -> Account:
    return make_member(roles=[Role.ACCOUNTANT], totp_secret=SECRET)


def test_the_password_alone_opens_nothing(visitor: PageClient, colleague: Account) -> None:
    assert give_password(visitor, colleague).location == "/fr/second-step"
    assert visitor.get("/office/donors").location.startswith("/fr/sign-in")
    assert visitor.get("/fr/second-step").heading == "Votre seconde clé"


def test_password_and_code_open_the_page_asked_for(
    visitor: PageClient, colleague: Account, clock: FrozenClock
) -> None:
    give_password(visitor, colleague, next="/office/donors")
    assert visitor.post("/fr/second-step", {"code": code_at(clock)}).location == "/office/donors"
    assert visitor.get("/office/donors").status == 200


@pytest.mark.parametrize(
    ("steps", "accepted"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)]
)
def test_a_clock_may_be_half_a_minute_off(
    visitor: PageClient, colleague: Account, clock: FrozenClock, steps: int, accepted: int
) -> None:
    give_password(visitor, colleague)
    code = code_at(clock, steps=steps)
    assert visitor.post("/fr/second-step", {"code": code}).status == accepted


def test_a_code_works_once(visitor: PageClient, colleague: Account, clock: FrozenClock) -> None:
    give_password(visitor, colleague)
    code = code_at(clock)
    assert visitor.post("/fr/second-step", {"code": code}).status == 303
    visitor.post("/fr/sign-out")
    give_password(visitor, colleague)
    assert visitor.post("/fr/second-step", {"code": code}).status == 422
    clock.instant += timedelta(seconds=30)
    assert visitor.post("/fr/second-step", {"code": code_at(clock)}).status == 303


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "１２３４５６", "0" * 400])
def test_what_is_no_code_is_refused(visitor: PageClient, colleague: Account, code: str) -> None:
    give_password(visitor, colleague)
    assert visitor.post("/fr/second-step", {"code": code}).status == 422


def test_the_first_step_is_forgotten_after_ten_minutes(
    visitor: PageClient, colleague: Account, clock: FrozenClock
) -> None:
    give_password(visitor, colleague)
    clock.instant += timedelta(minutes=10, seconds=1)
    assert visitor.post("/fr/second-step", {"code": code_at(clock)}).location == "/fr/sign-in"


def test_the_second_step_alone_leads_back_to_the_first(visitor: PageClient) -> None:
    assert visitor.get("/fr/second-step").location == "/fr/sign-in"
    assert visitor.get("/fr/second-factor").location == "/fr/sign-in"


def test_a_password_never_replaces_a_phone_that_is_set_up(
    visitor: PageClient, colleague: Account
) -> None:
    give_password(visitor, colleague)
    assert visitor.get("/fr/second-factor").location == "/fr/sign-in"


def secret_on(page: Page) -> str:
    found = re.search(r'<code class="reference">([A-Z2-7 ]+)</code>', page.html)
    assert found
    return found[1].replace(" ", "")


def test_a_new_colleague_sets_up_a_phone_on_the_way_in(
    visitor: PageClient, clock: FrozenClock
) -> None:
    account = make_member(roles=[Role.MATCHER])
    assert give_password(visitor, account).location == "/fr/second-factor"
    page = visitor.get("/fr/second-factor")
    assert "data:image/svg+xml" in page.html
    shown = visitor.post("/fr/second-factor", {"code": code_at(clock, secret_on(page))})
    assert shown.heading == "Gardez ces dix codes"
    assert len(re.findall(r"<code", shown.html)) == 10
    assert account.totp_secret == secret_on(page)
    assert visitor.get("/office/donors").status == 200
    assert mails_to(account.email)[-1].subject == "Votre téléphone est votre seconde clé"


def test_a_wrong_code_sets_up_nothing(visitor: PageClient, clock: FrozenClock) -> None:
    account = make_member(roles=[Role.MATCHER])
    give_password(visitor, account)
    shown = secret_on(visitor.get("/fr/second-factor"))
    page = visitor.post("/fr/second-factor", {"code": code_at(clock, new_secret())})
    assert page.status == 422
    assert secret_on(page) == shown, "the square stays the same"
    assert account.totp_secret == ""


def recovery_codes(visitor: PageClient, clock: FrozenClock, account: Account) -> list[str]:
    give_password(visitor, account)
    page = visitor.get("/fr/second-factor")
    shown = visitor.post("/fr/second-factor", {"code": code_at(clock, secret_on(page))})
    visitor.post("/fr/sign-out")
    return re.findall(r'<code class="reference">([a-z0-9-]+)</code>', shown.html)


def test_a_recovery_code_stands_in_for_the_phone_once(
    visitor: PageClient, clock: FrozenClock
) -> None:
    account = make_member(roles=[Role.MATCHER])
    code = recovery_codes(visitor, clock, account)[3]
    give_password(visitor, account)
    typed = f" {code.upper().replace('-', ' ')} "
    assert visitor.post("/fr/second-step", {"code": typed}).status == 303
    assert visitor.get("/me/security").has("Il reste 9 codes de secours.")
    visitor.post("/fr/sign-out")
    give_password(visitor, account)
    assert visitor.post("/fr/second-step", {"code": code}).status == 422


def test_new_recovery_codes_replace_the_old_ones(visitor: PageClient, clock: FrozenClock) -> None:
    account = make_member(roles=[Role.MATCHER])
    old, spare = recovery_codes(visitor, clock, account)[:2]
    give_password(visitor, account)
    visitor.post("/fr/second-step", {"code": old})
    assert visitor.post("/me/security/recovery-codes").heading == "Gardez ces dix codes"
    visitor.post("/fr/sign-out")
    give_password(visitor, account)
    assert visitor.post("/fr/second-step", {"code": spare}).status == 422


def test_the_head_office_never_does_without(
    visitor: PageClient, colleague: Account, clock: FrozenClock
) -> None:
    give_password(visitor, colleague)
    visitor.post("/fr/second-step", {"code": code_at(clock)})
    visitor.post("/me/security/remove-second-factor")
    assert colleague.totp_secret == SECRET


def test_a_sponsor_may_have_one_and_do_without_again(
    visitor: PageClient, clock: FrozenClock
) -> None:
    account = make_member()
    give_password(visitor, account)
    page = visitor.get("/fr/second-factor")
    visitor.post("/fr/second-factor", {"code": code_at(clock, secret_on(page))})
    assert account.totp_secret != ""
    visitor.post("/me/security/remove-second-factor")
    assert account.totp_secret == ""
    assert mails_to(account.email)[-1].subject == "Votre seconde clé a été retirée"


def test_setting_up_a_phone_needs_a_recent_password(
    visitor: PageClient, clock: FrozenClock
) -> None:
    give_password(visitor, make_member())
    clock.instant += timedelta(minutes=16)
    assert visitor.get("/fr/second-factor").location.startswith("/fr/confirm-identity")
    assert visitor.post("/me/security/remove-second-factor").location.startswith(
        "/fr/confirm-identity"
    )


def test_proving_it_is_you_takes_the_code_too(
    visitor: PageClient, colleague: Account, clock: FrozenClock
) -> None:
    give_password(visitor, colleague)
    visitor.post("/fr/second-step", {"code": code_at(clock)})
    clock.instant += timedelta(minutes=16)
    assert visitor.post("/fr/confirm-identity", {"password": PASSWORD}).status == 422
    both = {"password": PASSWORD, "code": code_at(clock)}
    assert visitor.post("/fr/confirm-identity", both).status == 303


def test_in_a_demonstration_colleagues_may_enter_without(
    visitor: PageClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = replace(app.extensions["settings"], mode=Mode.DEMO)
    monkeypatch.setitem(app.extensions, "settings", demo)
    account = make_member(roles=[Role.MATCHER])
    assert give_password(visitor, account).location == "/office/"
