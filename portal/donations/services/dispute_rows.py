"""Disputes as the provider tells them, kept as rows: each once, and each line it moved once.

The gift's row is locked by the caller. What is given back are the things to tell once the gift
itself says where it stands.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

import sqlalchemy as sa

from portal.core.db import db
from portal.core.money import Money
from portal.donations import events
from portal.donations.codes import GiftMode
from portal.donations.gateway import DisputeSnapshot, LedgerLine
from portal.donations.models import Dispute, DisputeMovement, Gift
from portal.donations.rules.going_back import (
    Phase,
    in_gifts_currency,
    is_closed,
    phase_of,
    taken_now,
)
from portal.donations.services.provider import now

log = logging.getLogger(__name__)
Telling = Callable[[], object]


def keep_disputes(gift: Gift, snapshots: Sequence[DisputeSnapshot]) -> list[Telling]:
    """Bring the gift's disputes to what the provider says of them; gives what there is to tell."""
    return [telling for snapshot in snapshots for telling in _keep(gift, snapshot)]


def _keep(gift: Gift, snapshot: DisputeSnapshot) -> list[Telling]:
    dispute = _row_of(gift, snapshot)
    before = phase_of(dispute.status, dispute.taken)
    dispute.status, dispute.reason = snapshot.status, snapshot.reason
    dispute.answer_by = snapshot.answer_by
    moved = [line for line in snapshot.lines if _keep_movement(dispute, line)]
    _sum_up(dispute)
    _close_or_reopen(gift, dispute)
    db.session.flush()
    return _tellings(gift, dispute, before, bool(moved))


def _row_of(gift: Gift, snapshot: DisputeSnapshot) -> Dispute:
    known = db.session.scalar(sa.select(Dispute).where(Dispute.stripe_dispute_id == snapshot.id))
    if known is not None:
        return known
    dispute = Dispute(
        gift_id=gift.id,
        stripe_dispute_id=snapshot.id,
        amount_minor=snapshot.amount.minor,
        currency=snapshot.amount.currency,
        status=snapshot.status,
        opened_at=snapshot.created_at,
        taken_minor=0,
        movements=[],
    )
    db.session.add(dispute)
    return dispute


def _keep_movement(dispute: Dispute, line: LedgerLine) -> bool:
    """Keep what a line moved; False when it is known, or not in the currency of the books."""
    if any(line.id == known.stripe_balance_transaction_id for known in dispute.movements):
        return False
    if line.gross.currency != "EUR":
        log.error("dispute %s moved money in %s", dispute.stripe_dispute_id, line.gross.currency)
        return False
    taken = [known for known in dispute.movements if known.euro_minor < 0]
    first = Money(taken[0].euro_minor) if taken else line.gross
    moved = in_gifts_currency(line.gross, line.exchange_rate, dispute.amount, first)
    dispute.movements.append(
        DisputeMovement(
            stripe_balance_transaction_id=line.id,
            amount_minor=moved.minor,
            euro_minor=line.gross.minor,
            fee_minor=line.fee.minor,
            moved_at=line.created_at,
        )
    )
    return True


def _sum_up(dispute: Dispute) -> None:
    moved = [Money(one.amount_minor, dispute.currency) for one in dispute.movements]
    dispute.taken_minor = taken_now(dispute.amount, moved).minor
    dispute.euro_minor = -sum(one.euro_minor for one in dispute.movements)
    dispute.fee_minor = sum(one.fee_minor for one in dispute.movements)


def _close_or_reopen(gift: Gift, dispute: Dispute) -> None:
    if not is_closed(dispute.status, dispute.taken):
        dispute.closed_at = None
    elif dispute.closed_at is None:
        dispute.closed_at = _decided_at(gift, dispute)


def _decided_at(gift: Gift, dispute: Dispute) -> datetime:
    """A returned direct debit is decided when the money leaves; else the provider tells no instant,
    and the one counts at which we learn of it."""
    at_once = gift.mode is GiftMode.SEPA and dispute.movements
    return max(one.moved_at for one in dispute.movements) if at_once else now()


def _tellings(gift: Gift, dispute: Dispute, before: Phase, moved: bool) -> list[Telling]:
    after = phase_of(dispute.status, dispute.taken)
    told: list[Telling] = []
    if after is not before and (before is Phase.NOTHING_TAKEN or after is Phase.HELD):
        told.append(lambda: events.gift_disputed.send(gift, amount=dispute.taken))
    if moved:
        told.append(lambda: events.dispute_moved.send(gift, dispute=dispute))
    if after is Phase.NOTHING_TAKEN and before is not after:
        told.append(lambda: events.dispute_closed.send(gift, won=True, amount=dispute.amount))
    if after is Phase.LOST and before is not after:
        told.append(lambda: events.dispute_closed.send(gift, won=False, amount=dispute.taken))
        if gift.mode is GiftMode.SEPA and gift.plan is not None:
            told.append(lambda: events.debit_returned.send(gift, plan=gift.plan))
    return told
