"""Put a mail into the outbox, in the transaction of what it tells about."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template
from sqlalchemy.dialects.postgresql import insert

from portal.core import i18n, jobs
from portal.core.db import db
from portal.core.mail.delivery import send
from portal.core.mail.markup import to_html, to_text
from portal.core.mail.models import OutboxMail


def post(template: str, *, to: str, language: str, key: str, **context: Any) -> int | None:
    """Write the mail ``templates/<template>.txt`` to one address, once for each ``key``.

    The template's first line is ``Subject: …``; the rest follows core.mail.markup. Gives the
    outbox id, or None when that occasion was written about before.
    """
    with i18n.in_language(language):
        source = _render(template, context)
        head, _, body = source.partition("\n")
        subject = head.removeprefix("Subject:").strip()
        html = render_template("mail/layout.html", subject=subject, body=to_html(body))
    return post_ready(
        to=to, language=language, key=key, subject=subject, text=to_text(body), html=html
    )


def _render(template: str, context: dict[str, Any]) -> str:
    page = current_app.jinja_env.get_template(f"{template}.txt")
    return page.render(**_globals(), **context).strip()


def _globals() -> dict[str, Any]:
    settings = current_app.extensions["settings"]
    return {"public_url": settings.public_url, "organisation": settings.organisation}


def post_ready(
    *,
    to: str,
    language: str,
    key: str,
    subject: str,
    text: str,
    html: str,
    headers: dict[str, str] | None = None,
) -> int | None:
    """The same for a mail that is written already."""
    new = (
        insert(OutboxMail)
        .values(
            key=key,
            recipient=to,
            language=language,
            subject=" ".join(subject.split()),
            text=text,
            html=html,
            headers=headers or {},
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(OutboxMail.id)
    )
    mail_id = db.session.scalar(new)
    if mail_id is not None:
        jobs.defer(send, mail_id=mail_id)
    return mail_id
