"""One source for the text and the HTML of a mail.

A mail is written as plain paragraphs. ``[Label](https://…)`` alone on a line becomes a button,
``- `` begins a list, ``# `` a heading, ``**bold**`` is bold. Everything else is escaped.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_LINK_LINE = re.compile(r"^\[([^\]]+)\]\((https?://[^\s)]+)\)$")
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^\s)]+)\)")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_BEFORE_LIST = re.compile(r"^((?!- )\S[^\n]*)\n(?=- )", re.MULTILINE)
_MARKS = "[]()*#-"
_INERT = {ord(mark): 0xE000 + number for number, mark in enumerate(_MARKS)}
_ALIVE = {stand_in: mark for mark, stand_in in _INERT.items()}


def inert(text: str) -> str:
    """Words that came from outside: their marks make no link, no bold, no list."""
    return text.translate(_INERT)


def alive(text: str) -> str:
    """The words with their own marks again, once the markup has been read."""
    return text.translate(_ALIVE)


def to_text(source: str) -> str:
    """What a reader of plain text sees."""
    lines = []
    for line in source.strip().splitlines():
        plain = _LINK.sub(r"\1 : \2" if " : " not in line else r"\1 \2", line)
        lines.append(_BOLD.sub(r"\1", plain).removeprefix("# "))
    return alive("\n".join(lines)) + "\n"


def to_html(source: str) -> Markup:
    """The body for a mail reader that shows HTML; safe whatever the words are."""
    apart = _BEFORE_LIST.sub(r"\1\n\n", source.strip())  # a list may touch the line above
    blocks = re.split(r"\n\s*\n", apart)
    html = Markup("\n").join(_block(block.strip()) for block in blocks if block.strip())
    return Markup(alive(html))  # noqa: S704 - the marks mean nothing in HTML


def _block(block: str) -> Markup:
    lines = block.splitlines()
    if len(lines) == 1 and (button := _LINK_LINE.match(lines[0])):
        return Markup('<p class="action"><a href="{}">{}</a></p>').format(button[2], button[1])
    if all(line.startswith("- ") for line in lines):
        items = Markup("").join(Markup("<li>{}</li>").format(_inline(x[2:])) for x in lines)
        return Markup("<ul>{}</ul>").format(items)
    if block.startswith("# "):
        return Markup("<h2>{}</h2>").format(_inline(block[2:]))
    return Markup("<p>{}</p>").format(Markup("<br>").join(_inline(line) for line in lines))


def _inline(line: str) -> Markup:
    safe = str(escape(line))
    safe = _LINK.sub(lambda m: f'<a href="{inert(m[2])}">{m[1]}</a>', safe)
    return Markup(_BOLD.sub(r"<strong>\1</strong>", safe))  # noqa: S704 - escaped above
