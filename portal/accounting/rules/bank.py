"""Lines of a statement: what they may be, what names them, and whether one follows another."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from portal.accounting.rules.statements.lines import StatementLine
from portal.core.money import Money

_PLAIN: Final = re.compile(r"[^a-z0-9]+")


class MatchKind(StrEnum):
    """What a line is.

    ``gift``: gifts made out of it, or known before. ``payout``: Stripe's. ``deposit``: a slip of cheques
    or cash. ``entry``: stands in the books already. ``account``: none of these.
    """

    GIFT = "gift"
    PAYOUT = "payout"
    DEPOSIT = "deposit"
    ENTRY = "entry"
    ACCOUNT = "account"


class MatchedBy(StrEnum):
    """Who said so: a person; or, of itself, a reference, a rule, or a paper of ours."""

    PERSON = "person"
    REFERENCE = "reference"
    RULE = "rule"
    PAPER = "paper"


def plain_words(text: str) -> str:
    """The text without accents, case and signs: what two spellings share."""
    letters = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    return _PLAIN.sub(" ", bare).strip()


def fingerprints(lines: Sequence[StatementLine], before: Sequence[StatementLine] = ()) -> list[str]:
    """A name for each line, the same whenever the bank tells of the movement again.

    It is made of the day, the sum and the bank's own reference, or else of what the line says; and
    of its rank among lines that are alike, for two gifts of one sum on one day are two. ``before``:
    lines of the same day that came earlier.
    """
    seen: defaultdict[str, int] = defaultdict(int)
    for line in before:
        seen[_basis(line)] += 1
    found = []
    for line in lines:
        basis = _basis(line)
        seen[basis] += 1
        found.append(hashlib.sha256(f"{basis}|{seen[basis]}".encode()).hexdigest())
    return found


def _basis(line: StatementLine) -> str:
    told = [line.booked_on.isoformat(), str(line.amount.minor)]
    if line.bank_ref:
        return "|".join((*told, "ref", line.bank_ref))
    words = (line.counterparty, line.text, line.reference, line.structured, line.mandate)
    return "|".join((*told, line.counterparty_iban, *(plain_words(word) for word in words)))


@dataclass(frozen=True, slots=True)
class Covered:
    """A statement as continuity needs it."""

    opened_on: date
    closed_on: date
    opening: Money | None
    closing: Money | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Between two statements something is missing: days, money, or both."""

    after: date
    before: date
    missing: Money | None

    @property
    def days(self) -> int:
        """Whole days of which no statement tells."""
        return max(0, (self.before - self.after).days - 1)


def gaps(statements: Sequence[Covered]) -> list[Gap]:
    """Where one statement does not follow the one before it.

    The sum decides when both balances are told. Else days between them do, when they are more than a
    bank holiday weekend: many banks write no statement of a day without movements.
    """
    found = []
    ordered = sorted(statements, key=lambda each: (each.closed_on, each.opened_on))
    for earlier, later in pairwise(ordered):
        if later.opened_on <= earlier.closed_on and not _adjoins(earlier, later):
            continue  # they overlap: their lines are compared one by one
        gap = _gap(earlier, later)
        if gap is not None:
            found.append(gap)
    return found


_QUIET_DAYS: Final = timedelta(days=6)


def _adjoins(earlier: Covered, later: Covered) -> bool:
    """Many banks date the opening balance on the day of the closing before it."""
    return later.opened_on == earlier.closed_on and later.closed_on > earlier.closed_on


def _gap(earlier: Covered, later: Covered) -> Gap | None:
    if earlier.closing is not None and later.opening is not None:
        missing = later.opening - earlier.closing
        return Gap(earlier.closed_on, later.opened_on, missing) if missing else None
    if later.opened_on - earlier.closed_on > _QUIET_DAYS:
        return Gap(earlier.closed_on, later.opened_on, None)
    return None


NOT_GIFTS: Final = ("471000", "627800", "580000", "511200", "530000", "467000", "758000", "658000")
"""The accounts a line may be put on that is no gift, in the order they are offered."""
