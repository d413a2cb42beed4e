"""People of the head office: inviting, roles, closing; the command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask

import portal
from portal.accounts.commands import staff as staff_group
from portal.accounts.models import Account
from portal.accounts.queries import account_by_email
from portal.accounts.services import create_staff
from portal.accounts.services import staff as services
from portal.core import audit
from portal.core.clock import FrozenClock
from portal.core.roles import Role
from tests.factories.passwords import PASSWORD, link_in, mails_to, make_member
from tests.pages import PageClient

AT = "/office/people"
PAUL = {"name": "Paul Essai", "email": "Paul@example.org", "language": "fr",
        "roles": ["matcher", "accountant"]}  # fmt: skip


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.ADMINISTRATOR])
def test_only_administrators_find_this_page(
    signed_in_as: Callable[..., PageClient], role: Role
) -> None:
    browser, other = signed_in_as(role), make_member(roles=[Role.EDITOR])
    for path in (AT, f"{AT}/invite", f"{AT}/{other.public_id}"):
        assert browser.get(path).status == 404
    assert browser.post(f"{AT}/{other.public_id}/close").status == 404
    assert other.disabled_at is None


def test_the_password_is_asked_again_before_changes(admin: PageClient, clock: FrozenClock) -> None:
    clock.instant += timedelta(minutes=16)
    assert admin.get(f"{AT}/invite").location.startswith("/fr/confirm-identity")


def test_a_colleague_is_invited_by_mail(admin: PageClient, visitor: PageClient) -> None:
    assert admin.post(f"{AT}/invite", PAUL).status == 303
    assert admin.get(AT).has("Paul Essai")
    mail = mails_to("paul@example.org")[-1]
    assert mail.subject == "Votre accès à l’espace du siège"
    page = visitor.get(link_in(mail))
    assert page.heading == "Choisissez votre mot de passe"
    done = visitor.post(link_in(mail), {"password": PASSWORD})
    assert done.location == "/fr/second-factor"


def test_an_invitation_needs_a_role_and_an_address(admin: PageClient) -> None:
    page = admin.post(f"{AT}/invite", {"name": "Paul", "email": "paul", "language": "fr"})
    assert page.status == 422
    assert page.has("Choisissez au moins un rôle.")
    assert page.has("Indiquez une adresse e-mail")


def test_a_sponsor_who_becomes_a_colleague_signs_in_anew(
    admin: PageClient, signed_in_as: Callable[..., PageClient]
) -> None:
    member = make_member(email="paul@example.org")
    browser = signed_in_as(member)
    admin.post(f"{AT}/invite", PAUL)
    assert member.roles == ["accountant", "matcher"]
    assert browser.get("/me/").status == 302


def test_roles_are_changed_with_a_trace_and_a_new_sign_in(
    admin: PageClient, signed_in_as: Callable[..., PageClient]
) -> None:
    paul = make_member(roles=[Role.MATCHER])
    browser = signed_in_as(paul)
    admin.post(f"{AT}/{paul.public_id}/roles", {"roles": ["editor"]})
    assert paul.roles == ["editor"]
    assert browser.get("/me/").status == 302
    entry = audit.history(f"account:{paul.public_id}")[0]
    assert (entry.before, entry.after) == ({"roles": ["matcher"]}, {"roles": ["editor"]})
    assert entry.actor_id == admin.account.id


def test_a_closed_account_is_signed_out_and_may_be_opened_again(
    admin: PageClient, signed_in_as: Callable[..., PageClient]
) -> None:
    paul = make_member(roles=[Role.MATCHER])
    browser = signed_in_as(paul)
    admin.post(f"{AT}/{paul.public_id}/close")
    assert paul.disabled_at is not None
    assert browser.get("/me/").status == 302
    assert admin.get(f"{AT}/{paul.public_id}").has("Fermé le")
    admin.post(f"{AT}/{paul.public_id}/open")
    assert paul.disabled_at is None


def test_nobody_changes_or_closes_themselves(admin: PageClient) -> None:
    me = admin.account
    admin.post(f"{AT}/{me.public_id}/close")
    page = admin.post(f"{AT}/{me.public_id}/roles", {"roles": ["editor"]})
    assert page.status == 422
    assert (me.disabled_at, me.roles) == (None, ["administrator"])


def test_the_last_administrator_stays(app: Flask, clock: FrozenClock) -> None:
    last = make_member(roles=[Role.ADMINISTRATOR])
    other = make_member(roles=[Role.EDITOR])
    with pytest.raises(services.LastAdministrator):
        services.close_account(last.id, by=other.id, now=clock.now())
    with pytest.raises(services.LastAdministrator):
        services.change_roles(last.id, [Role.EDITOR], by=other.id)


def test_an_administrator_who_is_not_the_last_may_go(app: Flask, clock: FrozenClock) -> None:
    leaving, staying = (make_member(roles=[Role.ADMINISTRATOR]) for _ in range(2))
    services.close_account(leaving.id, by=staying.id, now=clock.now())
    assert leaving.disabled_at is not None


def test_a_lost_phone_is_forgotten(admin: PageClient) -> None:
    paul = make_member(roles=[Role.MATCHER], totp_secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    admin.post(f"{AT}/{paul.public_id}/reset-second-factor")
    assert paul.totp_secret == ""
    assert mails_to(paul.email)[-1].subject == "Votre seconde clé a été retirée"


def test_a_sponsor_is_no_colleague(admin: PageClient) -> None:
    sponsor = make_member(with_donor=True)
    assert admin.get(f"{AT}/{sponsor.public_id}").status == 404
    assert admin.post(f"{AT}/{sponsor.public_id}/close").status == 404


def test_a_newer_invitation_replaces_the_one_before(
    app: Flask, clock: FrozenClock, visitor: PageClient
) -> None:
    first, second = (
        create_staff("paul@example.org", [Role.EDITOR], clock.now()).link for _ in range(2)
    )
    assert visitor.get(first.removeprefix("http://localhost")).status == 410
    assert visitor.get(second.removeprefix("http://localhost")).status == 200


@pytest.fixture
def command(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """``portal staff …`` against the test's own transaction."""
    monkeypatch.setattr(portal, "create_app", lambda: app)

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(staff_group, [*words])
        return result.exit_code, result.stdout

    return run


def found(email: str) -> Account:
    account = account_by_email(email)
    assert account is not None
    return account


def test_the_command_prints_nothing_but_the_link(
    command: Callable[..., tuple[int, str]], visitor: PageClient
) -> None:
    status, printed = command("create", "Paul@example.org", "--role", "matcher", "--name", "Paul")
    assert status == 0
    assert visitor.get(printed.strip().removeprefix("http://localhost")).status == 200
    assert found("paul@example.org").roles == ["matcher"]


def test_the_command_may_be_run_again(command: Callable[..., tuple[int, str]]) -> None:
    command("create", "paul@example.org", "--role", "matcher")
    status, _ = command("create", "paul@example.org", "--role", "matcher", "--role", "editor")
    assert status == 0
    assert found("paul@example.org").roles == ["editor", "matcher"]


def test_the_command_refuses_a_closed_account(
    command: Callable[..., tuple[int, str]], clock: FrozenClock
) -> None:
    make_member(email="paul@example.org", disabled_at=clock.now())
    assert command("create", "paul@example.org", "--role", "matcher")[0] == 1


@pytest.mark.parametrize(
    "words",
    [("create",), ("create", "paul@example.org"), ("create", "paul", "--role", "matcher"),
     ("create", "paul@example.org", "--role", "king")],
)  # fmt: skip
def test_the_command_used_wrongly_ends_with_two(
    command: Callable[..., tuple[int, str]], words: tuple[str, ...]
) -> None:
    assert command(*words)[0] == 2
