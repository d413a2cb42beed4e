"""Under which names facts stand in the books, and what undoes them.

A fact is booked once, under its name; an entry that is no longer true is undone by another one,
``<source>:undone``, and what is true now is booked under the next name, ``<source>:2``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from portal.accounting.rules.draft import Draft

UNDONE: Final = "undone"


@dataclass(frozen=True, slots=True)
class Posting:
    """An entry to be posted, under the name of the fact it books.

    ``fact_on``: the day it belongs to, when that is closed and the entry stands on a later one.
    """

    source: str
    draft: Draft
    gift_id: int | None = None
    fact_on: date | None = None


Booked = Mapping[str, Draft]
"""What stands in the books of one gift, undone entries included: source to entry."""


@dataclass
class Ledger:
    """What stands booked of a gift, and what is about to."""

    gift_id: int
    booked: dict[str, Draft]
    due: list[Posting] = field(default_factory=list)

    def sources(self, slot: str) -> list[str]:
        """The names a fact was booked under, oldest first."""
        names = [slot]
        while names[-1] in self.booked:
            names.append(f"{slot}:{len(names) + 1}")
        return names[:-1]

    def standing(self, slot: str) -> tuple[str, Draft] | None:
        """The entry of a fact that was not undone."""
        for source in reversed(self.sources(slot)):
            if f"{source}:{UNDONE}" not in self.booked:
                return source, self.booked[source]
        return None

    def knows(self, prefix: str) -> bool:
        """Whether anything is booked under a name that begins so."""
        return any(source.startswith(prefix) for source in self.booked)

    def post(self, source: str, draft: Draft) -> Posting:
        self.booked[source] = draft
        return Posting(source, draft, self.gift_id)

    def post_next(self, slot: str, draft: Draft) -> Posting:
        taken = len(self.sources(slot))
        return self.post(f"{slot}:{taken + 1}" if taken else slot, draft)

    def undo(self, source: str, draft: Draft) -> Posting:
        return self.post(f"{source}:{UNDONE}", draft)


def sums_of(draft: Draft) -> list[tuple[int, int]]:
    """The debits and credits of an entry, whatever their accounts: what two of them must share."""
    return sorted((line.debit.minor, line.credit.minor) for line in draft.lines)
