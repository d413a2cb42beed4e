"""The application can be put together."""

from __future__ import annotations

from flask import Flask

from portal.core import documents, mail
from portal.core.db import db, transaction
from portal.core.mail import MailState, OutboxMail
from tests.jobs import run_due_jobs


def test_a_mail_is_written_once_and_sent_by_a_job(app: Flask) -> None:
    for _ in range(2):
        with transaction(), app.test_request_context():
            mail.post_ready(
                to="a@example.org", language="fr", key="k", subject="S", text="t", html="<p>t</p>"
            )
    assert run_due_jobs() == ["core.mail.send"]
    assert db.session.query(OutboxMail).one().state is MailState.SENT


def test_a_document_keeps_its_bytes(app: Flask) -> None:
    with transaction():
        document = documents.store("test", "a.txt", "text/plain", b"abc")
    assert documents.read(document) == b"abc"
