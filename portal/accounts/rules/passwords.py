"""Which passwords are refused, and why (CNIL 2022-100, NIST SP 800-63B: length, no composition)."""

from __future__ import annotations

import itertools
import unicodedata

from portal.accounts.rules.common_passwords import COMMON_WORDS
from portal.core.i18n_markers import N_

SHORTEST, LONGEST = 12, 128

TOO_SHORT = N_("Choose a password of at least 12 characters: three or four words do very well.")
TOO_LONG = N_("Choose a password of at most 128 characters.")
HOLDS_ADDRESS = N_("Choose a password that does not contain your e-mail address.")
TOO_COMMON = N_("This password is one of the first that would be tried. Choose a less common one.")


def password_faults(password: str, email: str) -> list[str]:
    """What is wrong with it, as msgids; an empty list when it may be used."""
    if len(password) > LONGEST:
        return [TOO_LONG]
    if len(password) < SHORTEST:
        return [TOO_SHORT]
    if _holds(password, email):
        return [HOLDS_ADDRESS]
    return [TOO_COMMON] if _common(password) else []


def _holds(password: str, email: str) -> bool:
    local = email.partition("@")[0].lower()
    typed = password.lower()
    return email.lower() in typed if len(local) < 4 else local in typed


def _common(password: str) -> bool:
    letters = _bare(password)
    if len(set(letters)) < 5:
        return True
    words = letters.strip("0123456789")
    return _sequence(letters) or _made_of(words, COMMON_WORDS, 2)


def _bare(text: str) -> str:
    """Letters and digits only, lower case, no accents."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in plain if c.isalnum() and not unicodedata.combining(c))


def _sequence(text: str) -> bool:
    """``123456789012``, ``abcdefghijkl``: each sign follows the one before."""
    steps = {ord(b) - ord(a) for a, b in itertools.pairwise(text)}
    return steps <= {1, -9} or steps <= {-1, 9}


def _made_of(text: str, words: frozenset[str], most: int) -> bool:
    """Whether ``text`` is nothing but at most ``most`` of the words, one after the other."""
    if not text:
        return True
    return most > 0 and any(
        _made_of(text[len(word) :], words, most - 1) for word in words if text.startswith(word)
    )
