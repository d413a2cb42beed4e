"""Reads about gifts and plans; nothing here writes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.core.db import db
from portal.core.money import Money
from portal.donations.models import (
    Collector,
    EventState,
    Gift,
    GivingAttempt,
    Plan,
    PlanState,
    Refund,
    WebhookEvent,
    kept_euro_minor,
)
from portal.donations.rules.gift import RECEIPTABLE_STATES, GiftState

RECEIVED = tuple(sorted(RECEIPTABLE_STATES))
"""The states in which the house has money of the gift."""
STILL_PAYABLE_FOR = dt.timedelta(hours=26)


def commitment_by_public_id(public_id: uuid.UUID) -> Gift | Plan | None:
    """The gift or plan of that public id."""
    gift = db.session.scalar(sa.select(Gift).where(Gift.public_id == public_id))
    return gift or db.session.scalar(sa.select(Plan).where(Plan.public_id == public_id))


def commitment_of_attempt(attempt: GivingAttempt) -> Gift | Plan | None:
    """What an attempt to give became."""
    if attempt.gift_id is not None:
        return db.session.get(Gift, attempt.gift_id)
    return db.session.get(Plan, attempt.plan_id) if attempt.plan_id is not None else None


def has_given(donor_id: int) -> bool:
    """Whether money of this donor's ever came."""
    came = sa.exists().where(Gift.donor_id == donor_id, Gift.state.in_(RECEIVED))
    return bool(db.session.scalar(sa.select(came)))


def gifts_of(donor_id: int) -> Sequence[Gift]:
    """What a donor gave or tried to give, the newest first; forms never paid are left out."""
    return db.session.scalars(
        sa.select(Gift)
        .where(
            Gift.donor_id == donor_id,
            Gift.state.not_in([GiftState.PENDING, GiftState.ABANDONED]),
        )
        .order_by(Gift.tax_on.desc().nulls_first(), Gift.id.desc())
    ).all()


def shown_plans() -> sa.ColumnElement[bool]:
    """Plans that began, and those of a signed mandate that wait for their first debit."""
    waits = sa.and_(Plan.collector == Collector.DIRECT_DEBIT, Plan.state == PlanState.PENDING)
    return sa.or_(Plan.state.not_in([PlanState.PENDING, PlanState.ABANDONED]), waits)


def plans_of(donor_id: int) -> Sequence[Plan]:
    """A donor's monthly plans, running ones first."""
    return db.session.scalars(
        sa.select(Plan)
        .where(
            Plan.donor_id == donor_id,
            shown_plans(),
        )
        .order_by(Plan.ended_on.is_not(None), Plan.started_on.desc(), Plan.id.desc())
    ).all()


def plan_of(donor_id: int, public_id: uuid.UUID) -> Plan | None:
    """That plan when it is this donor's and was ever paid, else None."""
    return db.session.scalar(
        sa.select(Plan).where(
            Plan.public_id == public_id,
            Plan.donor_id == donor_id,
            shown_plans(),
        )
    )


def debits_of(plan_id: int) -> Sequence[Gift]:
    """Every debit of a plan, the newest first, those that failed too."""
    return db.session.scalars(
        sa.select(Gift).where(Gift.plan_id == plan_id).order_by(Gift.id.desc())
    ).all()


def first_debit_of(plan_id: int) -> Gift | None:
    """The first debit of a plan, when there is one."""
    return db.session.scalar(
        sa.select(Gift).where(Gift.plan_id == plan_id).order_by(Gift.id).limit(1)
    )


def first_debit_was_refused(plan_id: int) -> bool:
    """Whether the newest debit of a plan that has not begun is one the bank refused."""
    newest = sa.select(Gift.state).where(Gift.plan_id == plan_id).order_by(Gift.id.desc()).limit(1)
    return db.session.scalar(newest) is GiftState.FAILED


def settled_gifts(year: int, donor_id: int | None = None) -> Sequence[Gift]:
    """The gifts of a tax year whose money is here, in the order of their day."""
    statement = (
        sa.select(Gift)
        .options(joinedload(Gift.donor))
        .where(_of_year(year), Gift.state.in_(RECEIVED))
        .order_by(Gift.tax_on, Gift.id)
    )
    if donor_id is not None:
        statement = statement.where(Gift.donor_id == donor_id)
    return db.session.scalars(statement).all()


def total_given(year: int | None = None, donor_id: int | None = None) -> Money:
    """What was given and not sent back, in euros, in a tax year or in all, by one donor or by all.

    A gift in another currency counts once its rate is known.
    """
    statement = sa.select(sa.func.coalesce(sa.func.sum(kept_euro_minor()), 0)).where(
        Gift.state.in_(RECEIVED)
    )
    if year is not None:
        statement = statement.where(_of_year(year))
    if donor_id is not None:
        statement = statement.where(Gift.donor_id == donor_id)
    return Money(int(db.session.scalar(statement) or 0))


def _of_year(year: int) -> sa.ColumnElement[bool]:
    return Gift.tax_on.between(dt.date(year, 1, 1), dt.date(year, 12, 31))


def tax_years() -> Sequence[int]:
    """The tax years in which something was given, the latest first."""
    year = sa.extract("year", Gift.tax_on)
    found = db.session.scalars(
        sa.select(year).where(Gift.tax_on.is_not(None)).distinct().order_by(year.desc())
    )
    return [int(each) for each in found]


def gift_by_public_id(public_id: uuid.UUID) -> Gift | None:
    """The gift of that public id, with its donor and plan."""
    return db.session.scalar(
        sa.select(Gift)
        .options(joinedload(Gift.donor), joinedload(Gift.plan))
        .where(Gift.public_id == public_id)
    )


def refunds_of(gift_id: int) -> Sequence[Refund]:
    """What went back of a gift, the oldest first."""
    return db.session.scalars(
        sa.select(Refund).where(Refund.gift_id == gift_id).order_by(Refund.id)
    ).all()


def gifts_with_donors() -> sa.Select[Gift]:
    """Every gift with its donor, for lists."""
    return sa.select(Gift).join(Gift.donor).options(joinedload(Gift.donor))


def failed_events() -> int:
    """How many of the provider's messages wait for a person."""
    return int(
        db.session.scalar(
            sa.select(sa.func.count(WebhookEvent.id)).where(WebhookEvent.state == EventState.FAILED)
        )
        or 0
    )


def waiting_events(before: dt.datetime) -> list[str]:
    """Messages received before that instant and not worked off."""
    return list(
        db.session.scalars(
            sa.select(WebhookEvent.id)
            .where(WebhookEvent.state == EventState.WAITING, WebhookEvent.received_at < before)
            .order_by(WebhookEvent.received_at)
        )
    )


def open_commitments(before: dt.datetime) -> list[tuple[type[Gift] | type[Plan], int]]:
    """Gifts and plans whose payment was begun before that instant and may still be decided."""
    still = before - STILL_PAYABLE_FOR
    undecided = Gift.state.in_([GiftState.PENDING, GiftState.PROCESSING])
    maybe = Gift.state.in_([GiftState.FAILED, GiftState.ABANDONED]) & (Gift.attempted_at > still)
    asked = sa.or_(Gift.stripe_session_id.is_not(None), Gift.stripe_payment_intent_id.is_not(None))
    begun = sa.func.coalesce(Gift.attempted_at, Gift.created_at) < before
    gifts = db.session.scalars(
        sa.select(Gift.id).where(sa.or_(undecided, maybe), asked, begun).order_by(Gift.id)
    )
    plans = db.session.scalars(
        sa.select(Plan.id)
        .where(
            sa.or_(
                Plan.state == PlanState.PENDING,
                sa.and_(Plan.state == PlanState.ABANDONED, Plan.attempted_at > still),
            ),
            Plan.stripe_session_id.is_not(None),
            Plan.attempted_at < before,
        )
        .order_by(Plan.id)
    )
    return [(Gift, each) for each in gifts] + [(Plan, each) for each in plans]


def payments_without_fee() -> list[str]:
    """Payments that came and whose fee the provider had not told."""
    return list(
        db.session.scalars(
            sa.select(Gift.stripe_payment_intent_id)
            .where(
                Gift.settled_at.is_not(None),
                Gift.stripe_payment_intent_id.is_not(None),
                Gift.stripe_balance_transaction_id.is_(None),
            )
            .order_by(Gift.id)
        )
    )


def late_subscriptions(today: dt.date) -> list[str]:
    """Running plans whose next debit should have been heard of by now."""
    return list(
        db.session.scalars(
            sa.select(Plan.stripe_subscription_id)
            .where(
                Plan.state.in_([PlanState.ACTIVE, PlanState.PAST_DUE]),
                Plan.stripe_subscription_id.is_not(None),
                Plan.next_debit_on < today,
            )
            .order_by(Plan.id)
        )
    )


def refunds_asked(before: dt.datetime) -> list[int]:
    """Refunds decided here before that instant, and not done yet."""
    return list(
        db.session.scalars(
            sa.select(Refund.id)
            .where(Refund.state == "asked", Refund.requested_at < before)
            .order_by(Refund.id)
        )
    )


def event_state(event_id: str) -> EventState | None:
    """Where that message of the provider's stands, or None when there is none."""
    return db.session.scalar(sa.select(WebhookEvent.state).where(WebhookEvent.id == event_id))
