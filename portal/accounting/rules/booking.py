"""What the books still lack of a gift: its facts on one side, what stands booked on the other.

Each fact has a source, the name under which it is booked once: ``gift:7:settled``,
``gift:7:fee``, ``gift:7:dispute``, ``refund:3``. An entry is never changed: when a fact is no
longer true the entry is undone by another, ``<source>:undone``, and a new truth is booked under
the next name, ``gift:7:settled:2``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from portal.accounting.rules.chart import STRIPE
from portal.accounting.rules.draft import Draft, EntryError
from portal.accounting.rules.gifts import (
    GiftFacts,
    Reversal,
    entry_for_dispute_lost,
    entry_for_dispute_opened,
    entry_for_dispute_won,
    entry_for_fee,
    entry_for_gift,
    entry_for_refund,
    entry_for_return,
)
from portal.core.money import Money

BOOKS_BEGIN_ON: Final = date(2020, 1, 1)
"""The chart of règlement ANC 2018-06 is in force from here; older gifts stand in older books."""
UNDONE: Final = "undone"


@dataclass(frozen=True, slots=True)
class Returned:
    """A refund whose money has left; ``source`` is ``refund:<id>``."""

    source: str
    amount: Money
    on: date
    piece_ref: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a bank said of a disputed gift: ``won`` is None while it still looks into it."""

    amount: Money
    won: bool | None = None


@dataclass(frozen=True, slots=True)
class GiftRecord:
    """A gift as the portal knows it now.

    ``came``: its money is or was here (a bounced payment never came). ``facts`` is None when it
    was never received. ``corrected``: a person changed what had been recorded, so its day, its
    donor and its mode may differ from the entry's. ``deposited``: its cheque went to the bank.
    """

    gift_id: int
    facts: GiftFacts | None
    came: bool
    fee: Money = field(default_factory=lambda: Money(0))
    refunds: tuple[Returned, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    corrected: bool = False
    deposited: bool = False


@dataclass(frozen=True, slots=True)
class Posting:
    """An entry to be posted, under the name of the fact it books."""

    source: str
    draft: Draft
    gift_id: int | None = None


Booked = Mapping[str, Draft]
"""What stands in the books of one gift, undone entries included: source to entry."""


def bookable(facts: GiftFacts | None) -> bool:
    """Whether these books take the gift: in euros, received since they began."""
    return facts is not None and facts.on >= BOOKS_BEGIN_ON and facts.amount.currency == "EUR"


def postings_due(record: GiftRecord, booked: Booked, today: date) -> list[Posting]:
    """What must be posted so that the books say what the gift is now; nothing when they do.

    ``today`` dates what the portal learns without a date of its own (a bounced payment, a
    refund that failed, a dispute).

    :raises EntryError: when a fact cannot be booked.
    """
    ledger = _Ledger(record.gift_id, dict(booked))
    if record.facts is None or not bookable(record.facts):
        ledger.due.extend(_not_ours_to_book(record, ledger, today))
        return ledger.due
    ledger.due.extend(_settlement(record, record.facts, ledger, today))
    ledger.due.extend(_fee(record, record.facts, ledger))
    for refund in record.refunds:
        ledger.due.extend(_refund(record, record.facts, refund, ledger))
    ledger.due.extend(_failed_refunds(record, ledger, today))
    for verdict in record.verdicts:
        ledger.due.extend(_dispute(record.facts, verdict, ledger, today))
    return ledger.due


@dataclass
class _Ledger:
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

    def post(self, source: str, draft: Draft) -> Posting:
        self.booked[source] = draft
        return Posting(source, draft, self.gift_id)

    def post_next(self, slot: str, draft: Draft) -> Posting:
        taken = len(self.sources(slot))
        return self.post(f"{slot}:{taken + 1}" if taken else slot, draft)

    def undo(self, source: str, draft: Draft) -> Posting:
        return self.post(f"{source}:{UNDONE}", draft)


def _not_ours_to_book(record: GiftRecord, ledger: _Ledger, today: date) -> Iterator[Posting]:
    """Never received, or corrected to a day before these books: what stands is reversed as is."""
    standing = ledger.standing(f"gift:{ledger.gift_id}:settled")
    if standing is not None:
        source, entry = standing
        yield ledger.undo(source, entry.reversed(entry.on if record.corrected else today))


def _settlement(
    record: GiftRecord, facts: GiftFacts, ledger: _Ledger, today: date
) -> Iterator[Posting]:
    slot = f"gift:{record.gift_id}:settled"
    standing = ledger.standing(slot)
    wanted = entry_for_gift(facts) if record.came else None
    if standing is not None:
        source, entry = standing
        if wanted is None:
            yield ledger.undo(source, _returned(record, facts, entry, today))
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
    back = Reversal(facts, entry.total, today, entry.piece_ref, today)
    try:
        draft = entry_for_return(back, cheque_deposited=record.deposited)
    except EntryError:
        return entry.reversed(today)
    income = {(line.account, line.debit) for line in entry.reversed(today).lines if line.debit}
    agrees = {(line.account, line.debit) for line in draft.lines if line.debit} == income
    return draft if agrees else entry.reversed(today)


def _fee(record: GiftRecord, facts: GiftFacts, ledger: _Ledger) -> Iterator[Posting]:
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
    record: GiftRecord, facts: GiftFacts, refund: Returned, ledger: _Ledger
) -> Iterator[Posting]:
    if not record.came or ledger.standing(refund.source) is not None:
        return
    back = Reversal(facts, refund.amount, refund.on, refund.piece_ref, refund.on)
    yield ledger.post_next(refund.source, entry_for_refund(back))


def _failed_refunds(record: GiftRecord, ledger: _Ledger, today: date) -> Iterator[Posting]:
    """Refunds that stand booked although their money stayed or came back."""
    true = {refund.source for refund in record.refunds} if record.came else set()
    slots = {":".join(name.split(":")[:2]) for name in ledger.booked if name.startswith("refund:")}
    for slot in sorted(slots - true):
        standing = ledger.standing(slot)
        if standing is not None:
            yield ledger.undo(standing[0], standing[1].reversed(today))


def _dispute(facts: GiftFacts, verdict: Verdict, ledger: _Ledger, today: date) -> Iterator[Posting]:
    """Opened once, closed once: a message that comes twice finds it so and posts nothing."""
    slot = f"gift:{ledger.gift_id}:dispute"
    standing = ledger.standing(slot)
    held = min(verdict.amount, facts.amount)
    dispute = Reversal(facts, held, today, facts.piece_ref, today)
    if verdict.won is None:
        if standing is None:
            yield ledger.post_next(slot, entry_for_dispute_opened(dispute))
    elif standing is not None:
        yield from _verdict(dispute, standing, verdict.won, ledger)


def _verdict(
    dispute: Reversal, standing: tuple[str, Draft], won: bool, ledger: _Ledger
) -> Iterator[Posting]:
    source, opened = standing
    won_amount = opened.total if won else opened.total - dispute.amount
    if won_amount.minor > 0:
        back = Reversal(dispute.gift, won_amount, dispute.on, dispute.piece_ref, dispute.piece_on)
        name = f"{source}:{UNDONE}" if won else f"{source}:won"
        yield ledger.post(name, entry_for_dispute_won(back))
    if not won:
        yield ledger.undo(source, entry_for_dispute_lost(dispute))
