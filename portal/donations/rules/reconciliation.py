"""What each line of the provider's balance is about, and what reconciliation can find.

Pure words: the lines are compared by the database, set by set (portal/donations/differences.py).
The categories are Stripe's reporting categories; a new one may appear any day and is then nobody's.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Final

LEDGER_BEGINS: Final = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
"""Nothing older is asked for: the books begin on that day (règlement ANC 2018-06)."""
OVERLAP: Final = dt.timedelta(days=3)
"""How far before what is known the provider is asked again."""
EVENTS_AT_LEAST: Final = dt.timedelta(days=3)
EVENTS_AT_MOST: Final = dt.timedelta(days=30)
"""The provider keeps its messages for thirty days."""
SHORT_OVERLAP: Final = dt.timedelta(hours=2)
"""The same for a reading between two comparisons: it only has to be soon, not whole."""
NO_PATIENCE: Final = dt.timedelta(0)
NIGHTLY_PATIENCE: Final = dt.timedelta(minutes=10)
"""A charge younger than this may still be on its way here: the next comparison looks at it."""
OVERDUE: Final = dt.timedelta(hours=26)
"""Without a whole comparison for so long, one is made at the next full hour."""


class LineKind(StrEnum):
    """What a line of the balance is about."""

    CHARGE = "charge"
    CHARGE_BACK = "charge_back"
    REFUND = "refund"
    DISPUTE = "dispute"
    PAYOUT = "payout"
    FEE = "fee"
    OTHER = "other"


KINDS: Final[dict[str, LineKind]] = {
    "charge": LineKind.CHARGE,
    "charge_failure": LineKind.CHARGE_BACK,
    "refund": LineKind.REFUND,
    "refund_failure": LineKind.REFUND,
    "dispute": LineKind.DISPUTE,
    "dispute_reversal": LineKind.DISPUTE,
    "payout": LineKind.PAYOUT,
    "payout_reversal": LineKind.PAYOUT,
    "fee": LineKind.FEE,
    "network_cost": LineKind.FEE,
    "tax": LineKind.FEE,
}
"""Stripe's reporting category to what it is about; any other is `LineKind.OTHER`."""


def kind_of(category: str) -> LineKind:
    """What a line of that reporting category is about."""
    return KINDS.get(category, LineKind.OTHER)


def categories_of(*kinds: LineKind) -> list[str]:
    """The reporting categories of these kinds; of `OTHER` there is no list."""
    return sorted(category for category, kind in KINDS.items() if kind in kinds)


class FindingKind(StrEnum):
    """What reconciliation can find; the first word says whose money is missing where.

    ``*_unknown``: the provider has it, we do not. ``*_missing``: we show it, the provider does not.
    ``*_differs``: both have it, at another sum.
    """

    PAYOUT_DIFFERS = "payout_differs"
    PAYOUT_BY_HAND = "payout_by_hand"
    CHARGE_UNKNOWN = "charge_unknown"
    CHARGE_MISSING = "charge_missing"
    CHARGE_DIFFERS = "charge_differs"
    FEE_DIFFERS = "fee_differs"
    REFUND_UNKNOWN = "refund_unknown"
    REFUND_MISSING = "refund_missing"
    REFUND_DIFFERS = "refund_differs"
    DISPUTE_UNKNOWN = "dispute_unknown"
    DISPUTE_MISSING = "dispute_missing"
    DISPUTE_DIFFERS = "dispute_differs"
    LINE_UNKNOWN = "line_unknown"
    BALANCE_DIFFERS = "balance_differs"


INFORMATION: Final = frozenset({FindingKind.PAYOUT_BY_HAND})
"""Told, but nothing is wrong: a payout made by hand cannot be told apart into its lines."""


class FindingState(StrEnum):
    """Where a finding stands: open, explained by a person, or no longer so."""

    OPEN = "open"
    EXPLAINED = "explained"
    GONE = "gone"


def ask_since(covered_until: dt.datetime | None) -> dt.datetime:
    """From when the ledger is read again, after it was read whole up to that instant."""
    return LEDGER_BEGINS if covered_until is None else covered_until - OVERLAP


def events_since(now: dt.datetime, read_until: dt.datetime | None) -> dt.datetime:
    """From when messages are asked for again: three days at least, thirty at most."""
    wanted = now - EVENTS_AT_MOST if read_until is None else read_until - dt.timedelta(days=1)
    return max(now - EVENTS_AT_MOST, min(now - EVENTS_AT_LEAST, wanted))
