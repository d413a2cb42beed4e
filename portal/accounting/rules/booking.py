"""What the books still lack of a gift: its facts on one side, what stands booked on the other.

Each fact has a source, the name under which it is booked once: ``gift:7:settled``,
``gift:7:fee``, ``refund:3``, ``movement:5`` and ``movement:5:fee`` (a line of Stripe's balance a
dispute made), ``dispute:2:end``. An entry is never changed: when a fact is no longer true the entry
is undone by another, ``<source>:undone``, and a new truth is booked under the next name,
``gift:7:settled:2``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from portal.accounting.rules.chart import STRIPE
from portal.accounting.rules.disputes import Disputed, postings_of_dispute
from portal.accounting.rules.draft import Draft, EntryError
from portal.accounting.rules.gifts import (
    GiftFacts,
    Reversal,
    entry_for_fee,
    entry_for_gift,
    entry_for_refund,
    entry_for_return,
)
from portal.accounting.rules.sources import Booked, Ledger, Posting, sums_of
from portal.core.money import Money

__all__ = [
    "BOOKS_BEGIN_ON",
    "Booked",
    "Disputed",
    "GiftRecord",
    "Posting",
    "Returned",
    "bookable",
    "postings_due",
]

BOOKS_BEGIN_ON: Final = date(2020, 1, 1)
"""The chart of règlement ANC 2018-06 is in force from here; older gifts stand in older books."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A refund whose money has left; ``source`` is ``refund:<id>``.

    ``amount`` is its part of the gift in euros, ``paid`` what left, ``foreign`` what the donor gets
    in another currency.
    """

    source: str
    amount: Money
    on: date
    piece_ref: str
    paid: Money | None = None
    foreign: Money | None = None


@dataclass(frozen=True, slots=True)
class GiftRecord:
    """A gift as the portal knows it now.

    ``came``: its money is or was here (a bounced payment never came). ``facts`` is None when it
    was never received, or its euros are not known yet. ``corrected``: a person changed what had
    been recorded, so its day, its
    donor and its mode may differ from the entry's. ``deposited``: its cheque went to the bank.
    ``back_on``: the day the bank took it back, when the bank said it.
    """

    gift_id: int
    facts: GiftFacts | None
    came: bool
    fee: Money = field(default_factory=lambda: Money(0))
    refunds: tuple[Returned, ...] = ()
    disputes: tuple[Disputed, ...] = ()
    corrected: bool = False
    deposited: bool = False
    back_on: date | None = None


def bookable(facts: GiftFacts | None) -> bool:
    """Whether these books take the gift: in euros, received since they began."""
    return facts is not None and facts.on >= BOOKS_BEGIN_ON and facts.amount.currency == "EUR"


def postings_due(record: GiftRecord, booked: Booked, today: date) -> list[Posting]:
    """What must be posted so that the books say what the gift is now; nothing when they do.

    ``today`` dates what the portal learns without a date of its own (a payment that bounced on
    nobody knows what day, a refund that failed, a dispute that is reopened).

    :raises EntryError: when a fact cannot be booked.
    """
    ledger = Ledger(record.gift_id, dict(booked))
    if record.facts is None or not bookable(record.facts):
        ledger.due.extend(_not_ours_to_book(record, ledger, today))
        return ledger.due
    ledger.due.extend(_settlement(record, record.facts, ledger, today))
    ledger.due.extend(_fee(record, record.facts, ledger))
    for refund in record.refunds:
        ledger.due.extend(_refund(record, record.facts, refund, ledger))
    ledger.due.extend(_failed_refunds(record, ledger, today))
    ledger.due.extend(_disputes(record, record.facts, ledger, today))
    return ledger.due


def _not_ours_to_book(record: GiftRecord, ledger: Ledger, today: date) -> Iterator[Posting]:
    """Never received, or corrected to a day before these books: what stands is reversed as is."""
    standing = ledger.standing(f"gift:{ledger.gift_id}:settled")
    if standing is not None:
        source, entry = standing
        yield ledger.undo(source, entry.reversed(entry.on if record.corrected else today))


def _settlement(
    record: GiftRecord, facts: GiftFacts, ledger: Ledger, today: date
) -> Iterator[Posting]:
    slot = f"gift:{record.gift_id}:settled"
    standing = ledger.standing(slot)
    wanted = entry_for_gift(facts) if record.came else None
    if standing is not None:
        source, entry = standing
        if wanted is None:
            never_was = entry.reversed(entry.on) if record.corrected else None
            yield ledger.undo(source, never_was or _returned(record, facts, entry, today))
        elif _differs(entry, wanted, record.corrected):
            yield ledger.undo(source, entry.reversed(entry.on))
        else:
            return
    if wanted is not None:
        yield ledger.post_next(slot, wanted)


def _differs(entry: Draft, wanted: Draft, corrected: bool) -> bool:
    """Whether the entry no longer says what the gift is.

    Day, mode, fund and donor are looked at only after a correction by a person: a donor's
    number may change later (two files of one person are merged) and rewrites no books.
    """
    if not corrected:
        return entry.total != wanted.total
    same = (entry.journal, entry.on, entry.label, entry.lines)
    return same != (wanted.journal, wanted.on, wanted.label, wanted.lines)


def _returned(record: GiftRecord, facts: GiftFacts, entry: Draft, today: date) -> Draft:
    """The bank took it back; when the gift's facts changed since, the entry is reversed as is."""
    on = record.back_on or today
    back = Reversal(facts, entry.total, on, entry.piece_ref, on)
    try:
        draft = entry_for_return(back, cheque_deposited=record.deposited)
    except EntryError:
        return entry.reversed(on)
    income = {(line.account, line.debit) for line in entry.reversed(on).lines if line.debit}
    agrees = {(line.account, line.debit) for line in draft.lines if line.debit} == income
    return draft if agrees else entry.reversed(on)


def _fee(record: GiftRecord, facts: GiftFacts, ledger: Ledger) -> Iterator[Posting]:
    """The fee stays ours to pay even when the gift goes back."""
    slot = f"gift:{record.gift_id}:fee"
    standing = ledger.standing(slot)
    if not ledger.sources(f"gift:{record.gift_id}:settled"):
        return
    booked = Money(0) if standing is None else standing[1].total
    if booked == record.fee:
        return
    if standing is not None:
        yield ledger.undo(standing[0], standing[1].reversed(standing[1].on))
    if record.fee:
        stripe = facts.treasury.account == STRIPE
        fee = entry_for_fee(
            record.fee, facts.on, facts.piece_ref, facts.piece_ref, through_stripe=stripe
        )
        yield ledger.post_next(slot, fee)


def _refund(
    record: GiftRecord, facts: GiftFacts, refund: Returned, ledger: Ledger
) -> Iterator[Posting]:
    """Booked once; its part of the gift may still move by a cent when a refund before it failed."""
    if not record.came:
        return
    back = Reversal(
        facts, refund.amount, refund.on, refund.piece_ref, refund.on, refund.paid, refund.foreign
    )
    wanted, standing = entry_for_refund(back), ledger.standing(refund.source)
    if standing is not None:
        if sums_of(standing[1]) == sums_of(wanted):
            return
        yield ledger.undo(standing[0], standing[1].reversed(standing[1].on))
    yield ledger.post_next(refund.source, wanted)


def _failed_refunds(record: GiftRecord, ledger: Ledger, today: date) -> Iterator[Posting]:
    """Refunds that stand booked although their money stayed or came back."""
    true = {refund.source for refund in record.refunds} if record.came else set()
    slots = {":".join(name.split(":")[:2]) for name in ledger.booked if name.startswith("refund:")}
    for slot in sorted(slots - true):
        standing = ledger.standing(slot)
        if standing is not None:
            yield ledger.undo(standing[0], standing[1].reversed(today))


def _disputes(
    record: GiftRecord, facts: GiftFacts, ledger: Ledger, today: date
) -> Iterator[Posting]:
    """What the gift's disputes moved and how they ended.

    Before disputes were facts of their own one name stood for all of a gift (``gift:7:dispute``): one
    that is closed stays as it is, one that is open is undone and booked anew by its facts.
    """
    if not record.came or not any(dispute.movements for dispute in record.disputes):
        return
    old = ledger.standing(f"gift:{record.gift_id}:dispute")
    if old is not None:
        yield ledger.undo(old[0], old[1].reversed(today))
    elif ledger.sources(f"gift:{record.gift_id}:dispute") and not ledger.knows("movement:"):
        return
    for dispute in record.disputes:
        yield from postings_of_dispute(facts, dispute, ledger, today)
