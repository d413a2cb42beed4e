"""Money at Stripe without a gift, refund or dispute here, and what of it stands on 471."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from portal.accounting.models import Entry, EntryLine
from portal.accounting.queries.own_accounts import bank_codes
from portal.accounting.rules.chart import SUSPENSE
from portal.accounting.rules.sources import UNDONE
from portal.core.db import db
from portal.core.money import Money, total
from portal.donations.models import (
    Dispute,
    DisputeMovement,
    Finding,
    Gift,
    ProviderLine,
    Refund,
)
from portal.donations.rules.reconciliation import FindingKind, FindingState, LineKind, categories_of

STRAY: Final = {
    FindingKind.CHARGE_UNKNOWN: (LineKind.CHARGE, LineKind.CHARGE_BACK),
    FindingKind.REFUND_UNKNOWN: (LineKind.REFUND,),
    FindingKind.DISPUTE_UNKNOWN: (LineKind.DISPUTE,),
}
"""The differences whose money can stand on 471, with the kinds of the lines behind them."""

_OF_A_CHARGE: Final = categories_of(LineKind.CHARGE, LineKind.CHARGE_BACK)
_OF_A_REFUND: Final = categories_of(LineKind.REFUND)
_LOST_DISPUTE: Final = "lost_dispute"
"""A refund of that state tells of no line of its own: the dispute does."""


@dataclass(frozen=True, slots=True)
class Stray:
    """Money at Stripe that nothing here told of when it was found.

    ``lines``: what nothing tells of now; ``waiting``: what of it stands nowhere yet. ``known``: what
    a gift, its refund or its dispute has meanwhile, and books. ``booked``: it stands on 471, or
    part of it does. ``gift``: what it turned out to be.
    """

    finding: Finding
    lines: Sequence[ProviderLine]
    waiting: Sequence[ProviderLine]
    known: Sequence[ProviderLine]
    booked: bool
    entries: Sequence[Entry]
    gift: Gift | None

    @property
    def gross(self) -> Money:
        return total([line.gross for line in self._shown])

    @property
    def fee(self) -> Money:
        return total([line.fee for line in self._shown])

    @property
    def _shown(self) -> Sequence[ProviderLine]:
        return self.lines or self.known

    @property
    def in_euros(self) -> bool:
        """Lines of another balance are named and never booked."""
        return all(line.currency == "EUR" for line in self._shown)

    @property
    def may_be_a_gift(self) -> bool:
        """A payment that stands on 471, whole, and is no gift yet."""
        stands = self.booked and not self.waiting
        return stands and self.gift is None and self.gross.minor > 0

    @property
    def may_be_booked(self) -> bool:
        """Something of it stands nowhere, and it still is a difference or stands there in part."""
        return bool(self.waiting) and (self.booked or self.finding.state is not FindingState.GONE)


def stray_of(finding_id: int) -> Stray | None:
    """What is behind that difference; None when it is no money of nobody.

    A line a gift, a refund or a dispute has by now is not among its lines: it is booked there.
    """
    finding = db.session.get(Finding, finding_id)
    if finding is None or finding.kind not in STRAY:
        return None
    lines = _lines(finding)
    if not lines:
        return None
    owners = gifts_of_lines(line.id for line in lines)
    unknown = [line for line in lines if line.id not in owners]
    known = [line for line in lines if line.id in owners]
    entries = _entries(lines)
    undone = {e.source.removesuffix(f":{UNDONE}") for e in entries if e.source.endswith(UNDONE)}
    standing = [e for e in entries if e.source not in undone and not e.source.endswith(UNDONE)]
    booked = {e.source.split(":")[1] for e in standing if e.source.split(":")[2:3] == ["stray"]}
    waiting = [line for line in unknown if line.id not in booked]
    gift = _gift(standing) or (None if unknown else db.session.get(Gift, owners[known[0].id]))
    return Stray(finding, unknown, waiting, known, bool(booked), entries, gift)


def gifts_of_lines(line_ids: Iterable[str]) -> Mapping[str, int]:
    """The gift that has a line, for each that is a gift's, its refund's or its dispute's."""
    return {line.id: gift_id for line, gift_id in _owned(ProviderLine.id.in_(list(line_ids)))}


def lines_of_gifts(gift_ids: Sequence[int]) -> list[ProviderLine]:
    """The lines of the balance that are these gifts', their refunds' and their disputes'."""
    return [line for line, _gift_id in _owned(Gift.id.in_(gift_ids))]


def sources_of_gifts(gift_ids: Sequence[int]) -> list[str]:
    """What those lines are about: the charges, refunds and disputes of these gifts."""
    told: sa.CompoundSelect[str | None] = sa.union(
        sa.select(Gift.stripe_charge_id).where(Gift.id.in_(gift_ids)),
        sa.select(Refund.stripe_refund_id).where(Refund.gift_id.in_(gift_ids)),
        sa.select(Dispute.stripe_dispute_id).where(Dispute.gift_id.in_(gift_ids)),
    )
    return sorted(source for source in db.session.scalars(told) if source is not None)


def _owned(which: sa.ColumnElement[bool]) -> list[tuple[ProviderLine, int]]:
    line, pair = ProviderLine, sa.select(ProviderLine, Gift.id)
    charges = pair.join(Gift, Gift.stripe_charge_id == line.source_id).where(
        line.category.in_(_OF_A_CHARGE)
    )
    refunds = (
        pair.join(Refund, Refund.stripe_refund_id == line.source_id)
        .join(Gift, Gift.id == Refund.gift_id)
        .where(line.category.in_(_OF_A_REFUND), Refund.state != _LOST_DISPUTE)
    )
    disputes = (
        pair.join(DisputeMovement, DisputeMovement.stripe_balance_transaction_id == line.id)
        .join(Dispute, Dispute.id == DisputeMovement.dispute_id)
        .join(Gift, Gift.id == Dispute.gift_id)
    )
    return [
        (found, gift_id)
        for chosen in (charges, refunds, disputes)
        for found, gift_id in db.session.execute(chosen.where(which))
    ]


def _lines(finding: Finding) -> Sequence[ProviderLine]:
    chosen = sa.select(ProviderLine).where(
        ProviderLine.category.in_(categories_of(*STRAY[finding.kind]))
    )
    of_it = sa.or_(ProviderLine.source_id == finding.subject, ProviderLine.id == finding.about)
    return db.session.scalars(chosen.where(of_it).order_by(ProviderLine.created_at)).all()


def _entries(lines: Sequence[ProviderLine]) -> Sequence[Entry]:
    names = [Entry.source.like(f"provider\\_line:{line.id}:%") for line in lines]
    return db.session.scalars(sa.select(Entry).where(sa.or_(*names)).order_by(Entry.id)).all()


def _gift(entries: Sequence[Entry]) -> Gift | None:
    ids = [entry.gift_id for entry in entries if entry.gift_id is not None]
    return db.session.get(Gift, ids[0]) if ids else None


def standing_under(slot: str) -> list[Entry]:
    """The entries booked under that name, or its next ones (``:2``), that were not undone."""
    names, found = [slot], dict[str, Entry]()
    while entry := db.session.scalar(sa.select(Entry).where(Entry.source == names[-1])):
        found[entry.source] = entry
        names.append(f"{slot}:{len(names) + 1}")
    gone = sa.select(Entry.source).where(Entry.source.in_([f"{name}:{UNDONE}" for name in found]))
    undone = {source.removesuffix(f":{UNDONE}") for source in db.session.scalars(gone)}
    return [entry for source, entry in found.items() if source not in undone]


def is_named(gift_id: int) -> bool:
    """Whether a payment that stood on 471 was recognised as this gift, and still is."""
    named = sa.select(Entry.source).where(
        Entry.gift_id == gift_id, Entry.source.like("provider\\_line:%")
    )
    sources = set(db.session.scalars(named))
    return any(
        not source.endswith(UNDONE) and f"{source}:{UNDONE}" not in sources for source in sources
    )


def bank_account_of(gift_id: int) -> str | None:
    """The bank account the gift's standing entry put its money on; None when it is on none."""
    chosen = (
        sa.select(EntryLine.account)
        .join(Entry, Entry.id == EntryLine.entry_id)
        .where(
            Entry.gift_id == gift_id,
            Entry.source.like(f"gift:{gift_id}:settled%"),
            ~Entry.source.like(f"%:{UNDONE}"),
            EntryLine.account.in_(bank_codes()),
        )
    )
    return db.session.scalar(chosen.order_by(Entry.id.desc()).limit(1))


def on_suspense() -> Money:
    """What stands on 471 in all."""
    sums = sa.func.coalesce(sa.func.sum(EntryLine.credit_minor - EntryLine.debit_minor), 0)
    return Money(int(db.session.scalar(sa.select(sums).where(EntryLine.account == SUSPENSE)) or 0))
