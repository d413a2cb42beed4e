"""What went back of gifts, as the books must know it: refunds and disputes with their euros."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal.accounting.rules.booking import Disputed, Returned
from portal.accounting.rules.disputes import Moved
from portal.core.clock import paris_date
from portal.core.db import db
from portal.core.money import Money
from portal.donations.models import Dispute, DisputeMovement, Refund
from portal.donations.rules.going_back import MONEY_LEFT, Phase, euro_parts, phase_of


@dataclass(frozen=True, slots=True)
class InEuros:
    """What went back of a gift, each part at the gift's own rate."""

    refunds: tuple[Returned, ...] = ()
    disputes: tuple[Disputed, ...] = ()


@dataclass
class MoneyBack:
    """The refunds whose money left and the disputes of a gift, in the order they were made."""

    refunds: list[Refund] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)

    def in_euros(self, amount: Money, euros: Money | None) -> InEuros:
        """Refunds and disputes for the books; nothing while the gift's euros are not known."""
        if euros is None:
            return InEuros()
        gone = [refund.amount for refund in self.refunds]
        gone += [_lost(dispute) for dispute in self.disputes]
        parts = iter(euro_parts(euros, amount, gone))
        refunds = tuple(_returned(self.refunds, parts))
        left = max(0, amount.minor - sum(refund.amount_minor for refund in self.refunds))
        return InEuros(refunds, tuple(_disputed(self.disputes, parts, left)))


def money_back_of(gift_ids: Sequence[int]) -> defaultdict[int, MoneyBack]:
    """What went back of each gift."""
    found: defaultdict[int, MoneyBack] = defaultdict(MoneyBack)
    refunds = sa.select(Refund).where(Refund.gift_id.in_(gift_ids), Refund.state.in_(MONEY_LEFT))
    for refund in db.session.scalars(refunds.order_by(Refund.id)):
        found[refund.gift_id].refunds.append(refund)
    disputes = sa.select(Dispute).where(Dispute.gift_id.in_(gift_ids))
    disputes = disputes.options(selectinload(Dispute.movements)).order_by(Dispute.id)
    for dispute in db.session.scalars(disputes):
        found[dispute.gift_id].disputes.append(dispute)
    return found


def _returned(refunds: Sequence[Refund], parts: Iterator[Money]) -> Iterator[Returned]:
    """One in another currency is left out until what left the balance for it is known."""
    for refund in refunds:
        part, foreign = next(parts), refund.currency != "EUR"
        if foreign and refund.euro_minor is None:
            continue
        yield Returned(
            source=f"refund:{refund.id}",
            amount=part,
            on=refund.refunded_on,
            piece_ref=refund.stripe_refund_id or f"remboursement {refund.id}",
            paid=Money(refund.euro_minor or 0) if foreign else None,
            foreign=refund.amount if foreign else None,
        )


def _disputed(disputes: Sequence[Dispute], parts: Iterator[Money], left: int) -> Iterator[Disputed]:
    for dispute in disputes:
        lost = _lost(dispute)
        beyond = max(0, lost.minor - left)
        left -= lost.minor - beyond
        share = Fraction(beyond, lost.minor) if lost else Fraction(0)
        yield Disputed(
            source=f"dispute:{dispute.id}",
            piece_ref=dispute.stripe_dispute_id,
            movements=tuple(_moved(dispute, one) for one in dispute.movements),
            ended_on=None if dispute.closed_at is None else paris_date(dispute.closed_at),
            income=next(parts),
            beyond=Money(dispute.euro_minor).share(share),
            foreign=lost if lost and lost.currency != "EUR" else None,
        )


def _lost(dispute: Dispute) -> Money:
    """What the bank took for good, in the gift's currency."""
    lost = phase_of(dispute.status, dispute.taken) is Phase.LOST
    return dispute.taken if lost else Money(0, dispute.currency)


def _moved(dispute: Dispute, movement: DisputeMovement) -> Moved:
    foreign = dispute.currency != "EUR"
    return Moved(
        source=f"movement:{movement.id}",
        amount=Money(movement.euro_minor),
        fee=Money(movement.fee_minor),
        on=paris_date(movement.moved_at),
        piece_ref=movement.stripe_balance_transaction_id,
        foreign=Money(abs(movement.amount_minor), dispute.currency) if foreign else None,
    )
