"""Text of an issue as safe HTML, with Khmer words marked as such."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from portal.core.mail.markup import to_html

_KHMER = re.compile(
    "[\u1780-\u17ff\u19e0-\u19ff](?:[\u1780-\u17ff\u19e0-\u19ff\u200b\u200c\u200d ]*[\u1780-\u17ff\u19e0-\u19ff])?"
)
_TAG = re.compile(r"(<[^>]*>)")


def _mark(words: re.Match[str]) -> str:
    return f'<span lang="km">{words[0]}</span>'


def with_khmer_marked(html: Markup) -> Markup:
    """Runs of Khmer in a ``lang="km"`` span: the right font, the right voice, room for the marks."""
    parts = _TAG.split(str(html))
    marked = [part if part.startswith("<") else _KHMER.sub(_mark, part) for part in parts]
    return Markup("".join(marked))  # noqa: S704 - escaped by whoever made the markup


def prose(source: str) -> Markup:
    """Paragraphs, lists, bold words and links; everything else is text."""
    return with_khmer_marked(to_html(source))


def line(text: str) -> Markup:
    """One line of text."""
    return with_khmer_marked(escape(text))
