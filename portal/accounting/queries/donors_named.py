"""Donors whose name stands in what somebody typed for the books, which carry numbers instead."""

from __future__ import annotations

import re
from typing import Final

import sqlalchemy as sa

from portal.accounts.models import Donor
from portal.core.db import db

_WORD: Final = re.compile(r"[\w'’-]+")
_LONGEST: Final = 6
"""Words of a name."""
_SHORTEST: Final = 3
"""Letters of a name: shorter ones are words, too."""


def donors_named_in(text: str) -> list[str]:
    """Last names and names of companies that stand in the text as whole words, whatever their case."""
    words = _WORD.findall(text.lower())
    runs = {
        " ".join(words[begin : begin + many])
        for many in range(1, _LONGEST + 1)
        for begin in range(len(words) - many + 1)
    }
    looked_for = [run for run in runs if len(run) >= _SHORTEST]
    found: set[str] = set()
    for name in (Donor.last_name, Donor.company_name):
        chosen = sa.select(name).where(sa.func.lower(name).in_(looked_for)).distinct()
        found |= set(db.session.scalars(chosen))
    return sorted(found)
