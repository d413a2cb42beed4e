"""Reads about money that went back or may: failed refunds, disputes, warnings, unknown rates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from portal.core.db import db
from portal.donations.models import Dispute, FraudWarning, Gift, Refund
from portal.donations.rules.going_back import MONEY_LEFT, PAID

_OPEN_DISPUTE: Final = sa.and_(
    Dispute.closed_at.is_(None), sa.or_(Dispute.taken_minor > 0, Dispute.answer_by.is_not(None))
)


def _waiting_refund() -> sa.ColumnElement[bool]:
    """A refund that failed and that nobody has seen to; none when the money went back after all."""
    return sa.and_(
        Refund.state == "failed",
        Refund.settled_at.is_(None),
        Gift.refunded_minor < Gift.amount_minor,
    )


def _waiting_warning() -> sa.ColumnElement[bool]:
    """A warning nobody decided about, as long as giving back still spares the dispute."""
    return sa.and_(
        FraudWarning.kept_at.is_(None),
        FraudWarning.actionable,
        Gift.state.in_(["settled", "partially_refunded"]),
    )


def _of_gift(
    *where: sa.ColumnElement[bool], row: type[Refund] | type[Dispute] | type[FraudWarning]
) -> sa.ColumnElement[bool]:
    return sa.exists().where(row.gift_id == Gift.id, *where).correlate(Gift)


def _euros_unknown() -> sa.ColumnElement[bool]:
    return sa.and_(Gift.currency != "EUR", Gift.euro_minor.is_(None), Gift.state.in_(sorted(PAID)))


ATTENTION: Final[dict[str, Callable[[], sa.ColumnElement[bool]]]] = {
    "refund_failed": lambda: _of_gift(_waiting_refund(), row=Refund),
    "disputed": lambda: _of_gift(_OPEN_DISPUTE, row=Dispute),
    "warned": lambda: _of_gift(_waiting_warning(), row=FraudWarning),
    "euros_unknown": _euros_unknown,
}
"""Why a gift needs somebody, and which gifts do."""


def gifts_to_see_to(why: str) -> sa.Select[int]:
    """How many gifts need somebody for that reason, as a statement."""
    return sa.select(sa.func.count(Gift.id)).where(ATTENTION[why]())


def failed_refunds() -> Sequence[Refund]:
    """Refunds that failed and wait for somebody, the oldest first."""
    wanted = sa.select(Refund).join(Refund.gift).where(_waiting_refund())
    wanted = wanted.options(joinedload(Refund.gift).joinedload(Gift.donor))
    return db.session.scalars(wanted.order_by(Refund.failed_at, Refund.id)).all()


def open_disputes() -> Sequence[Dispute]:
    """Disputes a bank has not decided, the one to answer first at the top."""
    wanted = sa.select(Dispute).join(Dispute.gift).where(_OPEN_DISPUTE)
    wanted = wanted.options(joinedload(Dispute.gift).joinedload(Gift.donor))
    return db.session.scalars(
        wanted.order_by(Dispute.answer_by.asc().nulls_last(), Dispute.id)
    ).all()


def waiting_warnings() -> Sequence[FraudWarning]:
    """Warnings nobody decided about, the newest first."""
    wanted = sa.select(FraudWarning).join(FraudWarning.gift).where(_waiting_warning())
    wanted = wanted.options(joinedload(FraudWarning.gift).joinedload(Gift.donor))
    return db.session.scalars(wanted.order_by(FraudWarning.warned_at.desc())).all()


def how_many_wait() -> int:
    """How many things on the page of money that goes back need somebody."""
    waiting = (
        sa.select(sa.func.count(row.id)).join(Gift, row.gift_id == Gift.id).where(where)
        for row, where in (
            (Refund, _waiting_refund()),
            (Dispute, _OPEN_DISPUTE),
            (FraudWarning, _waiting_warning()),
        )
    )
    return sum(int(db.session.scalar(each) or 0) for each in waiting)


def disputes_of(gift_id: int) -> Sequence[Dispute]:
    """The disputes of a gift with what they moved, the oldest first."""
    wanted = sa.select(Dispute).where(Dispute.gift_id == gift_id)
    wanted = wanted.options(selectinload(Dispute.movements)).order_by(Dispute.id)
    return db.session.scalars(wanted).all()


def warnings_of(gift_id: int) -> Sequence[FraudWarning]:
    """The fraud warnings of a gift, the oldest first."""
    wanted = sa.select(FraudWarning).where(FraudWarning.gift_id == gift_id)
    return db.session.scalars(wanted.order_by(FraudWarning.id)).all()


def undecided_dispute_ids() -> list[str]:
    """Stripe's ids of the disputes that are not closed: for the sweep to ask about."""
    wanted = sa.select(Dispute.stripe_dispute_id).where(Dispute.closed_at.is_(None))
    return list(db.session.scalars(wanted.order_by(Dispute.id)))


def payments_without_euros() -> list[str]:
    """Payments in another currency of which a rate is not known yet: the gift's or a refund's."""
    refund = _of_gift(
        Refund.currency != "EUR",
        Refund.euro_minor.is_(None),
        Refund.state.in_(sorted(MONEY_LEFT)),
        row=Refund,
    )
    wanted = sa.select(Gift.stripe_payment_intent_id).where(
        Gift.stripe_payment_intent_id.is_not(None), sa.or_(_euros_unknown(), refund)
    )
    return [intent for intent in db.session.scalars(wanted.order_by(Gift.id)) if intent]
