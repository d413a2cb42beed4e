"""How often: counted in PostgreSQL, shared by all web processes, never a lasting lock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from portal import create_app
from portal.accounts.models import Account, AccountSession
from portal.config import Settings
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.web.limits import COUNTERS, limiter
from tests.conftest import TODAY
from tests.factories.passwords import PASSWORD, make_member


@pytest.fixture
def counting(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An application that counts and really commits; everything it wrote is removed."""
    counting_app = create_app(settings, clock=FrozenClock(TODAY))
    counting_app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=True)
    monkeypatch.setattr(limiter, "enabled", True)
    _remove_all(counting_app)
    yield counting_app
    _remove_all(counting_app)
    with counting_app.app_context():
        db.engine.dispose()


def _remove_all(counting_app: Flask) -> None:
    with counting_app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.delete(COUNTERS))
        for model in (OutboxMail, AccountSession, Account):
            connection.execute(sa.delete(model))
        connection.execute(sa.text("delete from procrastinate_events"))
        connection.execute(sa.text("delete from procrastinate_jobs"))


@pytest.fixture
def member(counting: Flask) -> str:
    with counting.app_context():
        return make_member().email


def send(
    counting: Flask, path: str, data: dict[str, str], address: str = "192.0.2.1"
) -> TestResponse:
    return counting.test_client().post(path, data=data, environ_base={"REMOTE_ADDR": address})


def test_the_eleventh_try_is_refused_even_with_the_right_password(
    counting: Flask, member: str
) -> None:
    wrong = {"email": member, "password": "wrong"}
    tries = [send(counting, "/fr/sign-in", wrong, f"192.0.2.{n}") for n in range(10)]
    assert {answer.status_code for answer in tries} == {422}
    right = {"email": member, "password": PASSWORD}
    refused = send(counting, "/fr/sign-in", right, "192.0.2.99")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) <= 300


def test_other_accounts_are_not_held_up(counting: Flask, member: str) -> None:
    for n in range(11):
        sent = {"email": "other@example.org", "password": "wrong"}
        send(counting, "/fr/sign-in", sent, f"192.0.2.{n}")
    right = {"email": member, "password": PASSWORD}
    assert send(counting, "/fr/sign-in", right).status_code == 303


def test_unknown_addresses_are_counted_like_known_ones(counting: Flask) -> None:
    sent = {"email": "nobody@example.org", "password": "wrong"}
    answers = [send(counting, "/fr/sign-in", sent, f"192.0.2.{n}") for n in range(11)]
    assert [a.status_code for a in answers] == [422] * 10 + [429]


def test_one_machine_may_not_try_many_accounts(counting: Flask) -> None:
    answers = [
        send(counting, "/fr/sign-in", {"email": f"a{n}@example.org", "password": "wrong"})
        for n in range(11)
    ]
    assert [a.status_code for a in answers] == [422] * 10 + [429]


@pytest.mark.parametrize("path", ["/fr/forgotten-password", "/fr/confirm-address", "/fr/sign-up"])
def test_twenty_requests_make_three_mails_and_the_same_answer(
    counting: Flask, member: str, path: str
) -> None:
    sent = {"email": member, "name": "Somebody"}
    answers = [send(counting, path, sent, f"192.0.2.{n}") for n in range(20)]
    assert len({(a.status_code, a.headers["Location"], a.data) for a in answers}) == 1
    assert _mails(counting) == 3


def test_the_three_mails_are_counted_together(counting: Flask, member: str) -> None:
    for path in ("/fr/forgotten-password", "/en/forgotten-password", "/fr/confirm-address") * 2:
        send(counting, path, {"email": member.upper()})
    assert _mails(counting) == 3


def _mails(counting: Flask) -> int:
    with counting.app_context():
        return int(db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) or 0)
