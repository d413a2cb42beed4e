"""No answer reveals whether an address is known (OWASP ASVS 5.0, 6.3.8)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from portal.core.clock import FrozenClock
from portal.core.roles import Role
from tests.factories.passwords import mails_to, make_member
from tests.factories.people import make_account, make_donor
from tests.pages import PageClient

CASES = ("unknown", "known", "unconfirmed", "disabled", "donor", "staff")


@pytest.fixture
def addresses(app: Flask, clock: FrozenClock) -> dict[str, str]:
    """One address for each thing the house may know; all of the same length."""
    found = {case: f"{case:x<12}@example.org" for case in CASES}
    make_member(email=found["known"])
    make_account(email=found["unconfirmed"], confirmed_at=None)
    make_member(email=found["disabled"], disabled_at=clock.now())
    make_donor(email=found["donor"])
    make_member(email=found["staff"], roles=[Role.ACCOUNTANT])
    return found


def answer(app: Flask, path: str, data: dict[str, Any], address: str) -> tuple[Any, ...]:
    """Everything a stranger can see, with the address they typed taken out."""
    response = PageClient(app).client.post(path, data=data)
    headers = sorted((k, v) for k, v in response.headers if k not in ("Date", "Set-Cookie"))
    names = sorted(v.partition("=")[0] for v in response.headers.getlist("Set-Cookie"))
    return response.status_code, headers, names, response.data.replace(address.encode(), b"")


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/fr/sign-in", {"password": "not the right password"}),
        ("/en/sign-in", {"password": "short"}),
        ("/fr/sign-up", {"name": "Somebody"}),
        ("/fr/forgotten-password", {}),
        ("/en/forgotten-password", {}),
        ("/fr/confirm-address", {}),
    ],
)
def test_every_address_gets_the_same_answer(
    app: Flask, addresses: dict[str, str], path: str, more: dict[str, str]
) -> None:
    answers = {
        case: answer(app, path, {"email": address, **more}, address)
        for case, address in addresses.items()
    }
    assert len({repr(found) for found in answers.values()}) == 1, list(answers)


@pytest.mark.parametrize("path", ["/fr/forgotten-password", "/fr/confirm-address"])
def test_every_address_gets_one_mail(app: Flask, addresses: dict[str, str], path: str) -> None:
    for address in addresses.values():
        PageClient(app).post(path, {"email": address})
    assert {case: len(mails_to(a)) for case, a in addresses.items()} == dict.fromkeys(CASES, 1)


def test_the_right_password_of_a_closed_account_gets_the_answer_of_a_wrong_one(
    app: Flask, addresses: dict[str, str]
) -> None:
    sent = {"email": addresses["disabled"], "password": "trois chevaux verts"}
    right = answer(app, "/fr/sign-in", sent, addresses["disabled"])
    wrong = answer(app, "/fr/sign-in", sent | {"password": "wrong"}, addresses["disabled"])
    assert right == wrong


def test_an_unknown_address_costs_one_hash_like_a_known_one(
    app: Flask, addresses: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.accounts.services import passwords

    done: list[str] = []

    class Counting(type(passwords._hasher)):  # type: ignore[misc]
        def verify(self, hash: str, password: str) -> bool:  # noqa: A002
            done.append(hash.rpartition("$")[0].rpartition("$")[0])
            return bool(super().verify(hash, password))

    from argon2 import Type

    counting = Counting(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
    monkeypatch.setattr(passwords, "_hasher", counting)
    for case in ("unknown", "known", "unconfirmed", "disabled"):
        sent = {"email": addresses[case], "password": "not the right password"}
        answer(app, "/fr/sign-in", sent, addresses[case])
    assert len(done) == 4
    assert len(set(done)) == 1, "the same parameters for all"
