"""What a line of the provider's balance writes into the books when no gift does.

The account at the provider (517) is a bank account: each line of its balance is one movement of it.
Charges, refunds and disputes are booked with their gift; here are the others. The entry is dated on
the line's own day in Paris, so that 517 is the provider's balance at any date.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from portal.accounting.rules import chart
from portal.accounting.rules.booking import Posting
from portal.accounting.rules.draft import Draft, credit, debit
from portal.accounting.rules.gifts import entry_for_fee
from portal.accounting.rules.journals import Journal
from portal.accounting.rules.treasury import entry_for_payout, entry_for_payout_failure
from portal.core.money import Money

Movement: TypeAlias = Literal["payout", "payout_back", "fee", "adjustment"]


def posting_of_line(
    movement: Movement, line_id: str, about: str, moved: Money, on: date
) -> Posting:
    """The entry of one line of the provider's balance; ``moved`` is its net, below zero what left.

    ``about`` is the payout's id, or the line's own words. The source is ``provider_line:<id>``.

    :raises EntryError: for another currency than the euro, or nothing moved.
    """
    return Posting(f"provider_line:{line_id}", _ENTRIES[movement](line_id, about, moved, on))


def _payout(_line_id: str, payout_id: str, moved: Money, on: date) -> Draft:
    return entry_for_payout(payout_id, -moved, on)


def _payout_back(_line_id: str, payout_id: str, moved: Money, on: date) -> Draft:
    return entry_for_payout_failure(payout_id, moved, on)


def _fee(line_id: str, about: str, moved: Money, on: date) -> Draft:
    return entry_for_fee(-moved, on, line_id, about)


def _adjustment(line_id: str, about: str, moved: Money, on: date) -> Draft:
    """To the suspense account (471), until a person knows what it is."""
    size = Money(abs(moved.minor), moved.currency)
    to, from_ = (
        (chart.STRIPE, chart.SUSPENSE) if moved.minor > 0 else (chart.SUSPENSE, chart.STRIPE)
    )
    return Draft(
        journal=Journal.ONLINE_GIFTS,
        on=on,
        piece_ref=line_id,
        piece_on=on,
        label=f"Mouvement Stripe à expliquer {about}".rstrip(),
        lines=(debit(to, size), credit(from_, size)),
    )


_ENTRIES: Final = MappingProxyType[Movement, Callable[[str, str, Money, date], Draft]](
    {"payout": _payout, "payout_back": _payout_back, "fee": _fee, "adjustment": _adjustment}
)
