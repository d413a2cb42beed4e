"""A mail server refuses a recipient: for good it is a bounce, told at once; else it is tried again."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from portal.core import mail
from portal.core.db import db, transaction
from portal.core.mail import MailState, OutboxMail, delivery
from portal.core.mail.bounces import bounce_of, mail_bounced
from tests.jobs import run_due_jobs

TO = "Odile.Essai@example.org"


@pytest.fixture
def told(app: Flask) -> Iterator[list[OutboxMail]]:
    """The letters somebody heard came back; a mail server is named in the settings."""
    heard: list[OutboxMail] = []

    def listen(letter: OutboxMail) -> None:
        heard.append(letter)

    mail_bounced.connect(listen)
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, smtp_url="smtp://mail.example.org")
    yield heard
    app.extensions["settings"] = before
    mail_bounced.disconnect(listen)


class _Refusing:
    """A connection to a mail server that refuses the recipient with this answer."""

    answer = (550, b"5.1.1 no such user")

    def __init__(self, *_where: object, **_how: object) -> None: ...

    def __enter__(self) -> _Refusing:
        return self

    def __exit__(self, *_error: object) -> None: ...

    def send_message(self, *_message: object, **_to: object) -> None:
        raise smtplib.SMTPRecipientsRefused({TO: self.answer})


SECRET = "A" * 43


def _post() -> None:
    link = f"https://portal.example.org/fr/plan/{SECRET}"
    with transaction():
        mail.post_ready(to=TO, language="fr", key="k", subject="s", text=link, html="<p>t</p>")


def _row() -> OutboxMail:
    db.session.expire_all()
    return db.session.query(OutboxMail).one()


def test_a_recipient_refused_for_good_is_a_bounce_and_not_tried_again(
    told: list[OutboxMail], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtplib, "SMTP", _Refusing)
    _post()
    run_due_jobs(only="core.mail.send")
    row = _row()
    assert (row.state, row.error, row.attempts) == (
        MailState.BOUNCED,
        "550 5.1.1 no such user",
        1,
    )
    found = bounce_of("odile.essai@EXAMPLE.org")
    assert found is not None
    assert found.reason == "550 5.1.1 no such user"
    assert told == [row]
    assert SECRET not in row.text
    delivery.send(mail_id=row.id)
    assert (_row().attempts, len(told)) == (1, 1)


@pytest.mark.parametrize("answer", [(550, b"5.7.1 relaying denied"), (451, b"4.7.1 try later")])
def test_a_refusal_that_is_not_about_the_address_is_tried_again(
    told: list[OutboxMail], monkeypatch: pytest.MonkeyPatch, answer: tuple[int, bytes]
) -> None:
    monkeypatch.setattr(smtplib, "SMTP", type("_Other", (_Refusing,), {"answer": answer}))
    _post()
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        delivery.send(mail_id=_row().id)
    assert (_row().state, bounce_of(TO), told) == (MailState.FAILED, None, [])
