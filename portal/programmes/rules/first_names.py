"""The name a sponsor may read."""

from __future__ import annotations

import unicodedata


def _bare(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def shown_first_name(called: str, given: str, surname: str) -> str:
    """What the child is called, without the surname should the record hold it too.

    A child whose given name is the surname's word keeps it: it is the first name.
    """
    forbidden = {_bare(word) for word in surname.split()}
    for name in (called, given):
        words = [word for word in name.split() if _bare(word) not in forbidden]
        if words:
            return " ".join(words)
    return given.strip()
