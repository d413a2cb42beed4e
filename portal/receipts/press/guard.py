"""What a place on the paper cannot hold; such a receipt is laid out whole by WeasyPrint."""

from __future__ import annotations

import re
from typing import Literal

Reason = Literal[
    "letters",
    "glyphs",
    "marks",
    "characters",
    "spaces",
    "width",
    "shape",
    "rare",
    "address",
    "title",
]
"""``shape``: of a kind that is always laid out whole; ``rare``: met too seldom for a layout."""

MARGIN = 0.75
"""CSS pixels a text must stay short of the end of its line."""
_LINK = re.compile(r"https?://[A-Za-z0-9._~:/-]+")
_UNUSUAL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u0590-\u08ff\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)


class DoesNotFit(Exception):
    """A receipt that cannot be filled in: which kind of thing stands against it."""

    def __init__(self, reason: Reason, text: str = "") -> None:
        self.reason = reason
        self.text = text
        super().__init__(reason)


def check_text(text: str) -> None:
    """Only text that HTML would leave as it is: no controls, no hidden signs, single spaces."""
    if _UNUSUAL.search(text):
        raise DoesNotFit("characters", text)
    if text.startswith(" ") or text.endswith(" ") or "  " in text:
        raise DoesNotFit("spaces", text)


def check_link(link: str) -> None:
    """Only an address that is written in a PDF as it is."""
    if not _LINK.fullmatch(link):
        raise DoesNotFit("address", link)


def check_title(title: str) -> None:
    """Only a title that XML says as it is."""
    check_text(title)
    if title.isascii() or not {"&", "<", ">"}.isdisjoint(title):
        raise DoesNotFit("title", title)
