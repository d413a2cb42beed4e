"""Put a mail into the outbox, in the transaction of what it tells about."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template
from flask_babel import gettext
from jinja2 import Environment
from sqlalchemy.dialects.postgresql import insert

from portal.core import i18n, jobs
from portal.core.db import db
from portal.core.documents import Document
from portal.core.mail.delivery import send
from portal.core.mail.markup import alive, inert, to_html, to_text
from portal.core.mail.models import OutboxMail


def post(
    template: str,
    *,
    to: str,
    language: str,
    key: str,
    attachment: Document | None = None,
    **context: Any,
) -> int | None:
    """Write the mail ``templates/<template>.txt`` to one address, once for each ``key``.

    The template's first line is ``Subject: …``; the rest follows core.mail.markup. The marks of
    that markup count in the template and its translations only: a name that looks like a link
    stays a name. Gives the outbox id, or None when that occasion was written about before.
    """
    with i18n.in_language(language):
        source = _render(template, context)
        head, _, body = source.partition("\n")
        subject = alive(head.removeprefix("Subject:").strip())
        html = render_template("mail/layout.html", subject=subject, body=to_html(body))
    return post_ready(
        to=to,
        language=language,
        key=key,
        subject=subject,
        text=to_text(body),
        html=html,
        attachment=attachment,
    )


class _Sentence(str):
    """A sentence of ours, translated: its marks count."""

    __slots__ = ()


def _said(message: str, **values: Any) -> _Sentence:
    told = {k: inert(v) if isinstance(v, str) else v for k, v in values.items()}
    return _Sentence(gettext(message) % told)


def _shown(value: Any) -> Any:
    return inert(value) if isinstance(value, str) and not isinstance(value, _Sentence) else value


def _letters() -> Environment:
    """The portal's templates, for letters: what is put in stays words."""
    kept: dict[str, Any] = current_app.extensions
    if "letters" not in kept:
        kept["letters"] = current_app.jinja_env.overlay(finalize=_shown)
    environment: Environment = kept["letters"]
    return environment


def _render(template: str, context: dict[str, Any]) -> str:
    page = _letters().get_template(f"{template}.txt")
    return page.render(**_globals(), **context, _=_said).strip()


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
    attachment: Document | None = None,
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
            attachment_id=attachment.id if attachment else None,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(OutboxMail.id)
    )
    mail_id = db.session.scalar(new)
    if mail_id is not None:
        jobs.defer(send, mail_id=mail_id)
    return mail_id
