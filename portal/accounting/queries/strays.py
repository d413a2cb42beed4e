"""Money at Stripe without a gift, refund or dispute here, and what of it stands on 471."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from portal.accounting.models import Entry, EntryLine
from portal.accounting.queries.own_accounts import bank_codes
from portal.accounting.rules.chart import SUSPENSE
from portal.accounting.rules.sources import UNDONE
from portal.core.db import db
from portal.core.money import Money, total
from portal.donations.models import Finding, Gift, ProviderLine
from portal.donations.rules.reconciliation import FindingKind, FindingState, LineKind, categories_of

STRAY: Final = {
    FindingKind.CHARGE_UNKNOWN: (LineKind.CHARGE, LineKind.CHARGE_BACK),
    FindingKind.REFUND_UNKNOWN: (LineKind.REFUND,),
    FindingKind.DISPUTE_UNKNOWN: (LineKind.DISPUTE,),
}
"""The differences whose money can stand on 471, with the kinds of the lines behind them."""


@dataclass(frozen=True, slots=True)
class Stray:
    """Money at Stripe that nothing here tells of. ``booked``: it stands on 471, or stood there."""

    finding: Finding
    lines: Sequence[ProviderLine]
    booked: bool
    entries: Sequence[Entry]
    gift: Gift | None

    @property
    def gross(self) -> Money:
        return total([line.gross for line in self.lines])

    @property
    def fee(self) -> Money:
        return total([line.fee for line in self.lines])

    @property
    def in_euros(self) -> bool:
        """Lines of another balance are named and never booked."""
        return all(line.currency == "EUR" for line in self.lines)

    @property
    def may_be_a_gift(self) -> bool:
        """A payment that stands on 471 and is no gift yet."""
        return self.booked and self.gift is None and self.gross.minor > 0


def stray_of(finding_id: int) -> Stray | None:
    """What is behind that difference; None when it is no money of nobody."""
    finding = db.session.get(Finding, finding_id)
    if finding is None or finding.kind not in STRAY:
        return None
    lines = _lines(finding)
    if not lines:
        return None
    entries = _entries(lines)
    undone = {e.source.removesuffix(f":{UNDONE}") for e in entries if e.source.endswith(UNDONE)}
    standing = [e for e in entries if e.source not in undone and not e.source.endswith(UNDONE)]
    booked = any(e.source.split(":")[2:3] == ["stray"] for e in standing)
    return Stray(finding, lines, booked, entries, _gift(standing))


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


def strays_waiting() -> list[Stray]:
    """What nobody knows yet and stands on no account: the oldest first."""
    open_ = sa.select(Finding.id).where(
        Finding.state == FindingState.OPEN, Finding.kind.in_(list(STRAY))
    )
    found = [stray_of(each) for each in db.session.scalars(open_.order_by(Finding.happened_at))]
    return [stray for stray in found if stray is not None and not stray.booked]


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
