"""Text that a spreadsheet shows as it is, and never runs."""

from __future__ import annotations

import re
from typing import Final

_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_STARTS_A_FORMULA: Final = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠﹢﹣﹦﹫−]")


def printable(text: str) -> str:
    """The text without the control characters no spreadsheet can hold (tab and line ends stay)."""
    return _NOT_XML.sub("", text)


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet might run the text: it starts with ``= + - @``, also full width,
    even after blanks, or with a tab or line end (OWASP ASVS 1.2.10)."""
    return _STARTS_A_FORMULA.match(text) is not None


def defused(text: str) -> str:
    """The text for a CSV cell: one that might be run gets an apostrophe before it."""
    clean = printable(text)
    return f"'{clean}" if looks_like_formula(clean) else clean
