"""An issue as part of a page."""

from __future__ import annotations

from collections.abc import Mapping

from flask import render_template
from markupsafe import Markup

from portal.core import i18n
from portal.newsletters.rules.content import IssueContent
from portal.newsletters.rules.prose import line, prose


def page_of(content: IssueContent, photos: Mapping[str, str]) -> Markup:
    """The issue in its own language; ``photos``: the address of each story's photo, by its id."""
    with i18n.in_language(content.language):
        body = render_template(
            "newsletters/_issue.html", content=content, photos=photos, prose=prose, line=line
        )
    return Markup(body)  # noqa: S704 - a template's output, escaped there
