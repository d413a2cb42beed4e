"""An issue as a mail: HTML, plain text, headers."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, render_template
from flask_babel import gettext as _

from portal.core import i18n
from portal.core.mail.markup import to_text
from portal.newsletters.rules.content import IssueContent
from portal.newsletters.rules.prose import line, prose
from portal.newsletters.services import addresses


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it goes out to one donor."""

    subject: str
    html: str
    text: str
    headers: dict[str, str]


def letter_of(content: IssueContent, token: str) -> Letter:
    """The mail; ``token`` is the reader's own (addresses.unsubscribe_token).

    Photos do not travel by mail: they would stay readable after a consent is withdrawn.
    """
    with i18n.in_language(content.language):
        words = {
            "issue": content,
            "prose": prose,
            "line": line,
            "plain": to_text,
            "read_url": addresses.read_online_url(content.id),
            "pdf_url": addresses.pdf_url(content.id),
            "unsubscribe_url": addresses.unsubscribe_page_url(token, content.language),
        }
        return Letter(
            subject=content.title,
            html=render_template("newsletters/mail.html", **words),
            text=_text(words),
            headers={
                "List-Unsubscribe": f"<{addresses.one_click_url(token)}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Precedence": "bulk",
            },
        )


def _text(words: dict[str, object]) -> str:
    template = current_app.jinja_env.get_template("newsletters/mail.txt")
    organisation = current_app.extensions["settings"].organisation
    return template.render(**words, organisation=organisation).strip() + "\n"


def test_subject(content: IssueContent) -> str:
    """The subject of a test that goes to oneself."""
    with i18n.in_language(content.language):
        return str(_("[Test] %(title)s", title=content.title))
