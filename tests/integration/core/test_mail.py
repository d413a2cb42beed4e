"""A letter goes to one person, once, as text and HTML; a failure is written down and tried again."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from procrastinate import JobContext
from procrastinate.jobs import Job

from portal.core import mail
from portal.core.db import db, transaction
from portal.core.jobs import RETRY, jobs
from portal.core.mail import MailState, OutboxMail
from portal.core.mail.delivery import UnusableAddress, message_of, send, without_secrets
from tests.factories.people import make_account
from tests.jobs import run_due_jobs

SENDER = "Pour un Sourire d’Enfant <bonjour@example.org>"


class _Sink:
    """Takes letters, or refuses them."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], EmailMessage]] = []
        self.refusal = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refusal:
            return self.refusal
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append((envelope.rcpt_tos, message))
        return "250 taken"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def sink(app: Flask) -> Iterator[_Sink]:
    """A mail server on loopback, named in the settings."""
    sink, port, before = _Sink(), _free_port(), app.extensions["settings"]
    server = Controller(sink, hostname="127.0.0.1", port=port)
    server.start()
    app.extensions["settings"] = replace(
        before, smtp_url=f"smtp://127.0.0.1:{port}", mail_from=SENDER
    )
    yield sink
    app.extensions["settings"] = before
    server.stop()


def _post(to: str = "claire@example.org", key: str = "k", **given: Any) -> None:
    values = {"subject": "Bonjour à vous", "text": "Merci\n", "html": "<p>Merci</p>"} | given
    with transaction():
        mail.post_ready(to=to, language="fr", key=key, **values)


def _row() -> OutboxMail:
    db.session.expire_all()
    return db.session.query(OutboxMail).one()


def test_a_letter_reaches_exactly_one_person(app: Flask, sink: _Sink) -> None:
    _post(headers={"List-Unsubscribe": "<https://example.org/u>"})
    assert run_due_jobs() == ["core.mail.send"]
    [(recipients, letter)] = sink.taken
    assert recipients == ["claire@example.org"]
    assert letter["To"] == "claire@example.org"
    assert letter["From"].addresses[0].addr_spec == "bonjour@example.org"
    assert letter["Subject"] == "Bonjour à vous"
    assert letter["Message-ID"] == f"<{_row().public_id}@example.org>"
    assert letter["List-Unsubscribe"] == "<https://example.org/u>"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content().strip() for part in letter.iter_parts()] == [
        "Merci",
        "<p>Merci</p>",
    ]


def test_a_letter_that_was_sent_is_not_sent_again(app: Flask, sink: _Sink) -> None:
    _post()
    run_due_jobs()
    send(mail_id=_row().id)
    assert len(sink.taken) == 1
    assert (_row().state, _row().attempts, _row().error) == (MailState.SENT, 1, "")


def test_a_letter_that_has_left_keeps_its_words_and_no_secret(app: Flask, sink: _Sink) -> None:
    plan = "b3f6f3d6-3a52-4a64-9a55-0c1cf5c1c7e1"
    way = "https://example.org/fr/plan/3rQm0uTfYw2ZJ-example_of_a_secret_Kx"
    follow = f"https://example.org/fr/follow/{plan}/0123456789abcdef0123456789abcdef"
    own = f"https://example.org/me/plans/{plan}"
    _post(text=f"{way}\n{follow}\n{own}\n", html=f'<a href="{way}">Payer</a>')
    run_due_jobs()
    assert way in sink.taken[0][1].as_string().replace("=\n", "")
    assert _row().text == (
        f"https://example.org/fr/plan/…\nhttps://example.org/fr/follow/{plan}/…\n{own}\n"
    )
    assert _row().html == '<a href="https://example.org/fr/plan/…">Payer</a>'


def test_a_letter_given_up_keeps_no_secret_either(app: Flask, sink: _Sink) -> None:
    secret = "3rQm0uTfYw2ZJ-example_of_a_secret_Kx"
    _post(text=f"Ouvrez https://example.org/fr/plan/{secret}.\n")
    sink.refusal = "451 try later"
    job = Job(
        id=1,
        queue="mail",
        lock=None,
        queueing_lock=None,
        task_name="core.mail.send",
        status=None,
    )
    most = RETRY.max_attempts or 0
    for attempts, kept in ((most - 1, True), (most, False)):
        again = job.evolve(attempts=attempts)
        tried = JobContext(start_timestamp=0, app=jobs, job=again, abort_reason=lambda: None)
        with pytest.raises(OSError, match="451"):
            send(tried, mail_id=_row().id)
        assert (secret in _row().text) is kept
    assert _row().text == "Ouvrez https://example.org/fr/plan/….\n"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://example.org/me?token={secret}&page=2", "https://example.org/me?token=…&page=2"),
        ("(https://example.org/en/receipt/{secret})", "(https://example.org/en/receipt/…)"),
        ("https://example.org/u/{secret}.dGltZQ.{secret}", "https://example.org/u/…"),
        ("https://example.org/u/ImEi.{secret}.", "https://example.org/u/…."),
        ("https://example.org/static/a-rather-long-name-of-a-picture.webp", None),
        ("https://example.org/me/plans/b3f6f3d6-3a52-4a64-9a55-0c1cf5c1c7e1.", None),
        ("https://www.pour-un-sourire-d-enfant.example.org/", None),
    ],
)
def test_only_what_opens_something_is_taken_out(written: str, kept: str | None) -> None:
    told = written.format(secret="3rQm0uTfYw2ZJ-example_of_a_secret_Kx")
    assert without_secrets(told) == (told if kept is None else kept)


def test_a_refused_letter_is_written_down_and_tried_again(app: Flask, sink: _Sink) -> None:
    _post()
    sink.refusal = "451 claire@example.org try later"
    with pytest.raises(OSError, match="451"):
        send(mail_id=_row().id)
    assert (_row().state, _row().error, _row().attempts) == (MailState.FAILED, "SMTPDataError", 1)
    sink.refusal = ""
    send(mail_id=_row().id)
    assert (_row().state, _row().error, _row().attempts) == (MailState.SENT, "", 2)
    assert send.retry_strategy is not None


def test_a_mail_server_that_is_away_is_a_failure_too(app: Flask) -> None:
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, smtp_url=f"smtp://127.0.0.1:{_free_port()}")
    try:
        _post()
        with pytest.raises(ConnectionRefusedError):
            send(mail_id=_row().id)
    finally:
        app.extensions["settings"] = before
    assert (_row().state, _row().error) == (MailState.FAILED, "ConnectionRefusedError")


NOT_ONE_ADDRESS = [
    "a@example.org, evil@example.com",
    "a@example.org,evil@example.com",
    "a@example.org;evil@example.com",
    "a@example.org\r\nBcc: evil@example.com",
    "a@example.org\nBcc: evil",
    "a b@example.org",
    "Claire <a@example.org>",
    '"a@b"@example.org',
    "a@",
    "@example.org",
    "example.org",
    "",
    "a@example.org\x00",
    "group: a@example.org;",
]


@pytest.mark.parametrize("recipient", NOT_ONE_ADDRESS)
def test_what_is_not_one_address_gets_nothing_and_is_not_tried_again(
    app: Flask, sink: _Sink, recipient: str
) -> None:
    if "\x00" in recipient:
        with pytest.raises(UnusableAddress):
            message_of(OutboxMail(recipient=recipient, subject="S", headers={}), SENDER)
        return
    _post(to=recipient)
    assert run_due_jobs() == ["core.mail.send"]
    assert sink.taken == []
    assert (_row().state, _row().error) == (MailState.FAILED, "UnusableAddress")


def test_no_words_in_a_subject_become_a_header(app: Flask, sink: _Sink) -> None:
    _post(subject="Bonjour\r\nBcc: evil@example.com\n\nbody")
    run_due_jobs()
    [(recipients, letter)] = sink.taken
    assert recipients == ["claire@example.org"]
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Bonjour Bcc: evil@example.com body"


def test_an_occasion_is_written_about_once(app: Flask) -> None:
    for _ in range(2):
        _post(key="gift:1:thanks")
    assert db.session.query(OutboxMail).count() == 1
    assert run_due_jobs() == ["core.mail.send"]


def test_a_letter_is_written_in_its_readers_language(app: Flask) -> None:
    with transaction(), app.test_request_context("/"):
        for language in ("fr", "en", "xx"):
            mail.post(
                "accounts/mail/claim", to="a@example.org", language=language, key=language,
                name="Claire", link="https://example.org/c",
            )  # fmt: skip
    subjects = {row.key: row.subject for row in db.session.query(OutboxMail)}
    assert subjects == {"fr": "Suivez vos dons", "en": "Follow your gifts", "xx": "Suivez vos dons"}


def test_a_name_makes_no_link_no_tag_and_no_header(app: Flask) -> None:
    name = "[Claim](https://evil.example.com) **now** <script>alert(1)</script> {{ 7*7 }} 100 %s"
    with transaction(), app.test_request_context("/"):
        mail.post(
            "accounts/mail/claim", to="a@example.org", language="en", key="k",
            name=name, link="https://example.org/c?a=1&b=(2)",
        )  # fmt: skip
    row = _row()
    assert f"Hello {name}," in row.text
    assert "<script" not in row.html
    assert 'href="https://evil' not in row.html
    assert "<strong>" not in row.html
    assert "https://example.org/c?a=1&b=(2)" in row.text
    assert 'href="https://example.org/c?a=1&amp;b=(2)"' in row.html


def test_every_letter_of_the_house_has_a_subject_and_compiles(app: Flask) -> None:
    names = [n for n in app.jinja_env.list_templates() if "/mail/" in n and n.endswith(".txt")]
    assert len(names) > 10
    for name in names:
        source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]  # type: ignore[union-attr]
        first = source.split("\n")[0]
        assert first.startswith(("Subject: ", "{% set", "{%- ", "{# ", "{% if")), name
        app.jinja_env.compile(source)


def test_without_a_mail_server_the_mailbox_page_is_where_it_arrives(app: Flask) -> None:
    make_account()
    _post()
    run_due_jobs()
    assert _row().state is MailState.SENT
    assert _row().sent_at == app.extensions["clock"].now()
