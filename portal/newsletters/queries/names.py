"""Children whose full name stands in a text."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import sqlalchemy as sa

from portal.core.db import db
from portal.programmes.models import Child

SHORTEST_KHMER = 4  # letters; a shorter name would be found inside ordinary words


def _bare(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("\u200b", "").split())


def has_word(text: str, word: str) -> bool:
    """Whether the word (or words) stands in the text, by itself, in any case."""
    pattern = rf"(?<!\w){re.escape(_bare(word))}(?!\w)"
    return bool(word.strip()) and re.search(pattern, _bare(text), re.IGNORECASE) is not None


def children_named_in_latin(text: str) -> list[Child]:
    """Children whose given name and surname stand together in the text, in either order."""
    words = sa.literal(_bare(text).casefold())
    family, given = sa.func.lower(Child.family_name_latin), sa.func.lower(Child.given_name_latin)
    together = sa.or_(
        sa.func.strpos(words, given + " " + family) > 0,
        sa.func.strpos(words, family + " " + given) > 0,
    )
    return [
        child
        for child in _found(together, Child.family_name_latin != "", Child.given_name_latin != "")
        if has_word(text, f"{child.given_name_latin} {child.family_name_latin}")
        or has_word(text, f"{child.family_name_latin} {child.given_name_latin}")
    ]


def children_named_in_khmer(text: str) -> list[Child]:
    """Children whose Khmer name stands in the text, however it is spaced."""
    words = sa.literal(_bare(text).replace(" ", ""))
    name = sa.func.replace(sa.func.replace(Child.name_km, "\u200b", ""), " ", "")
    return _found(sa.func.strpos(words, name) > 0, sa.func.length(name) >= SHORTEST_KHMER)


def _found(*where: Any) -> list[Child]:
    return list(db.session.scalars(sa.select(Child).where(*where).order_by(Child.ref)))
