"""One use case, one transaction: everything is kept, or nothing."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.core import audit
from portal.core.db import ReadOnlyRequest, db, newest_revisions, transaction, violated
from portal.core.mail import MailState, OutboxMail
from portal.core.mail.outbox import post_ready


def _letter(key: str) -> None:
    post_ready(to="a@example.org", language="fr", key=key, subject="S", text="t", html="<p>t</p>")


def _keys() -> set[str]:
    return set(db.session.scalars(sa.select(OutboxMail.key)))


class Refused(Exception):
    """Something went wrong in a use case."""


def test_what_a_use_case_wrote_is_kept_for_others_to_see(committed: Flask) -> None:
    with transaction():
        _letter("kept")
    with db.engine.connect() as another:
        assert another.scalar(sa.text("select key from outbox_mail")) == "kept"


def test_an_error_keeps_nothing(committed: Flask) -> None:
    with pytest.raises(Refused), transaction():  # noqa: PT012
        _letter("lost")
        raise Refused
    assert _keys() == set()


def test_a_use_case_inside_another_is_kept_with_it(committed: Flask) -> None:
    with transaction():
        _letter("outer")
        with transaction():
            _letter("inner")
        with db.engine.connect() as another:
            assert another.scalar(sa.text("select count(*) from outbox_mail")) == 0
    assert _keys() == {"outer", "inner"}


def test_when_the_outer_one_fails_the_inner_one_is_not_kept_either(committed: Flask) -> None:
    with pytest.raises(Refused), transaction():  # noqa: PT012
        with transaction():
            _letter("inner")
        raise Refused
    assert _keys() == set()


def test_an_inner_one_that_fails_leaves_nothing_behind_when_the_outer_one_goes_on(
    committed: Flask,
) -> None:
    with transaction():
        _letter("outer")
        with pytest.raises(Refused), transaction():  # noqa: PT012
            _letter("inner")
            raise Refused
        _letter("after")
    assert _keys() == {"outer", "after"}


def test_the_database_may_refuse_inside_and_the_outer_one_goes_on(committed: Flask) -> None:
    with transaction() as session:
        _letter("outer")
        with pytest.raises(IntegrityError) as refused, transaction():
            session.execute(
                sa.insert(OutboxMail).values(
                    key="outer", recipient="", language="fr", subject="", text="", html="",
                    attempts=0, error="", state=MailState.WAITING,
                )
            )  # fmt: skip
        assert violated(refused.value) == "uq_outbox_mail_key"
    assert _keys() == {"outer"}


def test_after_an_error_the_next_use_case_starts_anew(committed: Flask) -> None:
    with pytest.raises(Refused), transaction(), transaction():
        raise Refused
    with transaction():
        _letter("next")
    with db.engine.connect() as another:
        assert another.scalar(sa.text("select key from outbox_mail")) == "next"


def test_a_get_request_opens_no_transaction(app: Flask) -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        with app.test_request_context("/", method=method):
            app.preprocess_request()
            with pytest.raises(ReadOnlyRequest), transaction():
                _letter("never")
    with app.test_request_context("/", method="POST"):
        app.preprocess_request()
        with transaction():
            audit.record("test", "test:1")


def test_an_error_of_the_database_does_not_tell_what_was_typed(app: Flask) -> None:
    with pytest.raises(IntegrityError) as refused, transaction() as session:
        session.execute(sa.text("insert into account (email) values (:x)"), {"x": "canary"})
    assert "canary" not in str(refused.value).partition("DETAIL")[0]


def test_the_newest_revisions_are_those_alembic_knows(app: Flask) -> None:
    from alembic.script import ScriptDirectory

    from portal.core.db import alembic_config

    script = ScriptDirectory.from_config(alembic_config(app.config["SQLALCHEMY_DATABASE_URI"]))
    assert newest_revisions() == set(script.get_heads())
