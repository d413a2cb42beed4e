"""What a line of the provider's balance writes into the books when no gift does.

The account at the provider (517) is a bank account: each line of its balance is one movement of it.
Charges, refunds and disputes are booked with their gift; here are the others. The entry is dated on
the line's own day in Paris, so that 517 is the provider's balance at any date. A fee the line carries
(an instant payout) goes to 6278: on 580 stands what the bank gets.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from portal.accounting.rules import chart
from portal.accounting.rules.booking import Posting
from portal.accounting.rules.draft import Draft
from portal.accounting.rules.gifts import entry_for_fee
from portal.accounting.rules.journals import Journal
from portal.accounting.rules.treasury import (
    entry_for_payout,
    entry_for_payout_failure,
    moved_at_stripe,
)
from portal.core.money import Money

Movement: TypeAlias = Literal["payout", "payout_back", "fee", "adjustment"]


def posting_of_line(
    movement: Movement, line_id: str, about: str, gross: Money, fee: Money, on: date
) -> Posting:
    """The entry of one line of the provider's balance; ``gross`` is below zero when money left.

    ``about`` is the payout's id, or the line's own words. The source is ``provider_line:<id>``.

    :raises EntryError: for another currency than the euro, or nothing moved.
    """
    return Posting(f"provider_line:{line_id}", _ENTRIES[movement](line_id, about, gross, fee, on))


def _payout(_line_id: str, payout_id: str, gross: Money, fee: Money, on: date) -> Draft:
    return entry_for_payout(payout_id, -gross, on, fee=fee)


def _payout_back(_line_id: str, payout_id: str, gross: Money, fee: Money, on: date) -> Draft:
    return entry_for_payout_failure(payout_id, gross, on, fee=fee)


def _fee(line_id: str, about: str, gross: Money, fee: Money, on: date) -> Draft:
    return entry_for_fee(fee - gross, on, line_id, about)


def _adjustment(line_id: str, about: str, gross: Money, fee: Money, on: date) -> Draft:
    """To the suspense account (471), until a person knows what it is."""
    label = f"Mouvement Stripe à expliquer {about}".rstrip()
    lines = moved_at_stripe(chart.SUSPENSE, gross, fee)
    return Draft(Journal.ONLINE_GIFTS, on, line_id, on, label, lines)


_ENTRIES: Final = MappingProxyType[Movement, Callable[[str, str, Money, Money, date], Draft]](
    {"payout": _payout, "payout_back": _payout_back, "fee": _fee, "adjustment": _adjustment}
)
