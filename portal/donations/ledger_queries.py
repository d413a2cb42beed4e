"""Reads about the provider's ledger, its payouts, and what reconciliation found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.core.db import db
from portal.core.money import Money
from portal.donations.models import (
    Dispute,
    EventState,
    Finding,
    Gift,
    Payout,
    PayoutLine,
    ProviderLine,
    ReconciliationRun,
    Refund,
    WebhookEvent,
)
from portal.donations.rules.reconciliation import (
    INFORMATION,
    FindingState,
    LineKind,
    kind_of,
)

NEEDS_SOMEBODY = sa.and_(Finding.state == FindingState.OPEN, Finding.kind.not_in(INFORMATION))


@dataclass(frozen=True, slots=True)
class PayoutPart:
    """What a payout is made of: lines of one kind, their gross, fees and net."""

    kind: LineKind
    lines: int
    gross: Money
    fee: Money
    net: Money


def open_findings() -> int:
    """How many differences wait for a person."""
    counted = sa.select(sa.func.count(Finding.id)).where(NEEDS_SOMEBODY)
    return int(db.session.scalar(counted) or 0)


def finding(finding_id: int) -> Finding | None:
    """That difference, or None."""
    return db.session.get(Finding, finding_id)


def all_findings() -> Any:
    """Every difference, with the gift's public id where there is one, for lists."""
    return sa.select(Finding)


def last_run() -> ReconciliationRun | None:
    """The last comparison, whole or not."""
    newest = sa.select(ReconciliationRun).order_by(ReconciliationRun.id.desc()).limit(1)
    return db.session.scalar(newest)


def last_whole_run() -> ReconciliationRun | None:
    """The last comparison for which the provider answered to the end."""
    whole = sa.select(ReconciliationRun).where(ReconciliationRun.covered_until.is_not(None))
    return db.session.scalar(whole.order_by(ReconciliationRun.id.desc()).limit(1))


def findings_waiting() -> Sequence[Finding]:
    """The differences that wait for a person, and what is only told, in the order of their kinds."""
    chosen = sa.select(Finding).where(Finding.state == FindingState.OPEN)
    return db.session.scalars(chosen.order_by(Finding.kind, Finding.happened_at, Finding.id)).all()


def gift_of_finding(found: Finding) -> Gift | None:
    """The gift a difference is about."""
    return None if found.gift_id is None else db.session.get(Gift, found.gift_id)


def payouts() -> Any:
    """Every payout, for lists."""
    return sa.select(Payout)


def payout(payout_id: str) -> Payout | None:
    """That payout, or None."""
    return db.session.get(Payout, payout_id)


def parts_of(found: Payout) -> list[PayoutPart]:
    """What a payout is made of, kind by kind; empty while its lines are not read."""
    sums = (
        sa.select(
            ProviderLine.category,
            sa.func.count(),
            sa.func.sum(ProviderLine.gross_minor),
            sa.func.sum(ProviderLine.fee_minor),
        )
        .join(PayoutLine, PayoutLine.line_id == ProviderLine.id)
        .where(PayoutLine.payout_id == found.id, _not_its_own(found.id))
        .group_by(ProviderLine.category)
    )
    by_kind: dict[LineKind, list[int]] = {}
    for category, lines, gross, fee in db.session.execute(sums):
        held = by_kind.setdefault(kind_of(category), [0, 0, 0])
        for place, more in enumerate((lines, gross, fee)):
            held[place] += int(more)
    return [
        PayoutPart(
            kind,
            lines,
            Money(gross, found.currency),
            Money(fee, found.currency),
            Money(gross - fee, found.currency),
        )
        for kind, (lines, gross, fee) in sorted(by_kind.items(), key=_in_order)
    ]


def _in_order(item: tuple[LineKind, list[int]]) -> int:
    return list(LineKind).index(item[0])


def lines_of(payout_id: str) -> Any:
    """The lines a payout pays out with their gift's reference and public id, for lists."""
    paid, source = sa.orm.aliased(Gift), ProviderLine.source_id
    gift_id = sa.func.coalesce(paid.id, Refund.gift_id, Dispute.gift_id)
    ref, public_id = Gift.ref.label("gift_ref"), Gift.public_id.label("gift_public_id")
    return (
        sa.select(ProviderLine, ref, public_id)
        .join(PayoutLine, PayoutLine.line_id == ProviderLine.id)
        .join(paid, paid.stripe_charge_id == source, isouter=True)
        .join(Refund, Refund.stripe_refund_id == source, isouter=True)
        .join(Dispute, Dispute.stripe_dispute_id == source, isouter=True)
        .join(Gift, Gift.id == gift_id, isouter=True)
        .where(PayoutLine.payout_id == payout_id, _not_its_own(payout_id))
    )


def _not_its_own(payout_id: str) -> sa.ColumnElement[bool]:
    own = sa.and_(ProviderLine.category == "payout", ProviderLine.source_id == payout_id)
    return sa.not_(own)


def event(event_id: str) -> WebhookEvent | None:
    """That message of the provider's, or None."""
    return db.session.get(WebhookEvent, event_id)


def may_be_replayed(found: WebhookEvent) -> bool:
    """Whether working it off again makes sense: it failed, or it was done and may be looked at anew."""
    return found.state in (EventState.FAILED, EventState.DONE)
