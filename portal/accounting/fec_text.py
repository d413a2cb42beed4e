"""Text as a FEC may carry it: one line of ISO-8859-15, without separators."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_CHARSET: Final = "iso8859-15"
_SPELLED: Final = str.maketrans(
    {
        "’": "'", "‘": "'", "ʼ": "'", "′": "'", "‚": ",",
        "“": '"', "”": '"', "„": '"', "″": '"', "‹": "<", "›": ">",
        "–": "-", "—": "-", "‑": "-", "‐": "-", "−": "-", "•": "-", "…": "...",
        "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ħ": "h", "Ħ": "H", "ẞ": "SS",
        "ŋ": "n", "Ŋ": "N", "|": "/",
    }
)  # fmt: skip
_BLANKS: Final = re.compile(r"[\s\u00a0\u0085]+")
_UNREADABLE: Final = re.compile(r"\?{2,}")


def fec_text(text: str) -> str:
    """The text on one line, in characters ISO-8859-15 has, trimmed.

    Typographic signs become plain ones, letters outside the charset lose their accent, and a
    run of what cannot be written (Khmer, emoji) becomes one question mark. A vertical bar, the
    other separator the law allows, becomes a slash.
    """
    plain = unicodedata.normalize("NFC", text).translate(_SPELLED)
    fitting = "".join(_fit(sign) for sign in plain)
    return _BLANKS.sub(" ", _UNREADABLE.sub("?", fitting)).strip()


def _fit(sign: str) -> str:
    if sign.isascii() and sign.isprintable():
        return sign
    category = unicodedata.category(sign)
    if category in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    if category in ("Cf", "Mn", "Mc", "Me"):
        return ""
    return sign if _fits(sign) else _without_accents(sign)


def _without_accents(sign: str) -> str:
    taken_apart = unicodedata.normalize("NFKD", sign)
    kept = "".join(part for part in taken_apart if not unicodedata.combining(part))
    return kept if kept and kept.isascii() and kept.isprintable() else "?"


def _fits(text: str) -> bool:
    try:
        text.encode(_CHARSET)
    except UnicodeEncodeError:
        return False
    return True
