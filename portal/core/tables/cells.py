"""A cell's text made comparable: no blanks around it, one way of writing each letter."""

from __future__ import annotations

import re
import unicodedata

_BLANKS = (
    " \t\n\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200e\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
_GAPS = re.compile(r"[\s-]+")


def clean(text: str) -> str:
    """The value without the blanks around it, seen or unseen, in Unicode's composed form."""
    return unicodedata.normalize("NFC", text.strip(_BLANKS))


def header_name(text: str) -> str:
    """A column's name whatever its capitals; ``Child ref`` is ``child_ref``."""
    return _GAPS.sub("_", clean(text).casefold())
