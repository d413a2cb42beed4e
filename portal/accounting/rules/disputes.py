"""What the books still lack of a dispute: each line it moved on the balance, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from portal.accounting.rules.gifts import (
    DisputeEnd,
    GiftFacts,
    entry_for_dispute_end,
    entry_for_dispute_movement,
    entry_for_fee,
)
from portal.accounting.rules.sources import Ledger, Posting, sums_of
from portal.core.money import Money

_NOTHING = Money(0)


@dataclass(frozen=True, slots=True)
class Moved:
    """A line of Stripe's balance a dispute made; ``source`` is ``movement:<id>``.

    ``amount`` is below zero when money left; ``fee`` is above zero when one was taken.
    """

    source: str
    amount: Money
    fee: Money
    on: date
    piece_ref: str
    foreign: Money | None = None


@dataclass(frozen=True, slots=True)
class Disputed:
    """A dispute of a gift; ``source`` is ``dispute:<id>``, ``piece_ref`` Stripe's id.

    ``ended_on`` is None while the bank looks into it. ``income``: what of the gift was lost, in euros
    at the gift's rate; ``beyond``: what was taken although it had been given back before.
    """

    source: str
    piece_ref: str
    movements: tuple[Moved, ...] = ()
    ended_on: date | None = None
    income: Money = _NOTHING
    beyond: Money = _NOTHING
    foreign: Money | None = None

    @property
    def held(self) -> Money:
        """What stands on 467 for it; below zero when more came back than had left."""
        return -sum((one.amount for one in self.movements), _NOTHING)


def postings_of_dispute(
    gift: GiftFacts, dispute: Disputed, ledger: Ledger, today: date
) -> Iterator[Posting]:
    """The lines that are not booked, then the end; an end that is no longer true is undone today."""
    for moved in dispute.movements:
        yield from _movement(gift, moved, dispute.piece_ref, ledger)
    yield from _end(gift, dispute, ledger, today)


def _movement(gift: GiftFacts, moved: Moved, about: str, ledger: Ledger) -> Iterator[Posting]:
    """A line of the balance never changes: it is booked once, and its fee once."""
    if moved.amount and not ledger.sources(moved.source):
        draft = entry_for_dispute_movement(
            gift, moved.amount, moved.on, moved.piece_ref, moved.foreign
        )
        yield ledger.post(moved.source, draft)
    fee = f"{moved.source}:fee"
    if moved.fee and not ledger.sources(fee):
        draft = entry_for_fee(moved.fee, moved.on, moved.piece_ref, f"litige {about}")
        yield ledger.post(fee, draft)


def _end(gift: GiftFacts, dispute: Disputed, ledger: Ledger, today: date) -> Iterator[Posting]:
    slot = f"{dispute.source}:end"
    standing = ledger.standing(slot)
    wanted = None
    if dispute.ended_on is not None:
        wanted = entry_for_dispute_end(
            DisputeEnd(
                gift=gift,
                held=dispute.held,
                income=dispute.income,
                beyond=dispute.beyond,
                on=dispute.ended_on,
                piece_ref=dispute.piece_ref,
                foreign=dispute.foreign,
            )
        )
    if standing is not None:
        source, entry = standing
        if wanted is not None and sums_of(entry) == sums_of(wanted):
            return
        yield ledger.undo(source, entry.reversed(today if wanted is None else entry.on))
    if wanted is not None:
        yield ledger.post_next(slot, wanted)
