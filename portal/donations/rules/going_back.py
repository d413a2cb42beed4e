"""Money that goes back: which refunds count, where a dispute stands, what is left of a gift.

Everything follows from what is true now, never from the order in which it was told: the same facts
give the same gift, however often and in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from portal.core.money import Money, decimals_of, total
from portal.donations.rules.gift import GiftError, GiftState

ASKED: Final = "asked"
REFUSED: Final = "refused"
"""Words of our own: decided here and not done yet, and refused by the provider."""
MONEY_LEFT: Final = frozenset({"pending", "requires_action", "succeeded"})
"""Refunds that count: the money of a pending one has left the provider's balance already."""
FAILED: Final = frozenset({"failed", "canceled"})
"""Refunds whose money is ours again."""

DISPUTE_LOST: Final = "lost"
DISPUTE_WON: Final = "won"
DECIDED: Final = frozenset(
    {DISPUTE_LOST, DISPUTE_WON, "warning_closed", "prevented", "charge_refunded"}
)
"""Stripe's words for a dispute about which nothing more will be decided (it may be reopened)."""
_NEARLY: Final = 2
"""Minor units an exchange rate's rounding may be off by."""

PAID: Final = frozenset(
    {
        GiftState.SETTLED,
        GiftState.PARTIALLY_REFUNDED,
        GiftState.REFUNDED,
        GiftState.DISPUTED,
    }
)
"""The states of a gift whose money came, whatever became of it since."""


class RateUnknown(GiftError):
    """The amount in the gift's own currency cannot be told without a rate."""


class Phase(StrEnum):
    """Where a dispute stands by its money: all of it here, held while the bank looks, or gone."""

    NOTHING_TAKEN = "nothing_taken"
    HELD = "held"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Standing:
    """A gift after what went back: its state, and what no longer counts of it."""

    state: GiftState
    back: Money


def phase_of(status: str, taken: Money) -> Phase:
    """Where the dispute stands: what is off the balance counts, Stripe's word only tells which way.

    A warning, a prevented dispute, a word nobody knows yet: as long as nothing was taken nothing
    happened. One that was won is held until its money is back.
    """
    if not taken:
        return Phase.NOTHING_TAKEN
    return Phase.LOST if status == DISPUTE_LOST else Phase.HELD


def is_closed(status: str, taken: Money) -> bool:
    """Whether it was decided and its money stands where it will stay.

    One that was lost is closed once its money is off the balance: the word may come first.
    """
    return status in DECIDED and bool(taken) == (status == DISPUTE_LOST)


def standing_of(amount: Money, refunds: Sequence[Money], lost: Money, held: Money) -> Standing:
    """What a paid gift is after these refunds, with that much lost to and held by the bank.

    Refunded and then lost as well (the bank may take back what was given back before), no more is
    ever counted than was given.
    """
    back = min(amount, total(list(refunds), amount.currency) + lost)
    if back == amount:
        return Standing(GiftState.REFUNDED, back)
    if held:
        return Standing(GiftState.DISPUTED, back)
    return Standing(GiftState.PARTIALLY_REFUNDED if back else GiftState.SETTLED, back)


def in_gifts_currency(
    euros: Money, rate: Decimal | None, disputed: Money, first_taken: Money | None = None
) -> Money:
    """What a line of the balance moved, in the currency the donor paid in; signs are kept.

    ``rate``: euros for one unit. A result within two minor units of the disputed amount is that
    amount: rates are rounded. Without a rate the first sum taken stands for the disputed amount.

    :raises RateUnknown: when neither is known.
    """
    if disputed.currency == euros.currency:
        return euros
    exact = _converted(euros, rate, disputed, first_taken)
    nearly = abs(abs(exact) - disputed.minor) <= _NEARLY
    minor = disputed.minor if nearly else int(abs(exact).to_integral_value(ROUND_HALF_UP))
    return Money(minor if exact >= 0 else -minor, disputed.currency)


def _converted(
    euros: Money, rate: Decimal | None, disputed: Money, first_taken: Money | None
) -> Decimal:
    if rate:
        return (euros.decimal / rate).scaleb(decimals_of(disputed.currency))
    if first_taken:
        return Decimal(euros.minor) * disputed.minor / abs(first_taken.minor)
    raise RateUnknown(f"no rate for {euros} of a dispute of {disputed}")


def taken_now(disputed: Money, moved: Sequence[Money]) -> Money:
    """What is off the balance now: nothing when more came back, at most what is disputed."""
    off = -total(list(moved), disputed.currency)
    return min(disputed, max(off, Money(0, disputed.currency)))


def euro_parts(euros: Money, amount: Money, parts: Sequence[Money]) -> list[Money]:
    """What each part of a gift that went back is worth in the books: together exactly their share.

    Parts beyond the gift itself are worth nothing: its income is given up once.
    """
    found: list[Money] = []
    gone, counted = 0, Money(0)
    for part in parts:
        gone = min(amount.minor, gone + part.minor)
        share = euros.share(Fraction(gone, amount.minor))
        found.append(share - counted)
        counted = share
    return found
