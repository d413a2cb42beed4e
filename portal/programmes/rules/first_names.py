"""The name a sponsor may read."""

from __future__ import annotations

import re
import unicodedata

_PARTS = re.compile(r"[\s,;/()_.-]+")


def _bare(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def shown_first_name(called: str, given: str, surname: str) -> str:
    """What the child is called, without the surname should the record hold it too.

    The surname is found however it is set off: ``SOK, Dara``, ``Dara (Sok)``, ``Sok-Dara``. A child
    whose given name is the surname's word keeps it: it is the first name.
    """
    forbidden = _parts(surname)
    for name in (called, given):
        if not _parts(name) & forbidden and name.strip():
            return " ".join(name.split())
        words = [word for word in _PARTS.split(name) if word and _bare(word) not in forbidden]
        if words:
            return " ".join(words)
    return given.strip()


def _parts(name: str) -> set[str]:
    return {_bare(word) for word in _PARTS.split(name) if word}
