"""Reads about plans for the pages of sponsors and of the head office; nothing here writes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from portal.accounts.models import Donor
from portal.core.db import db
from portal.donations import queries
from portal.donations.models import (
    DebitFailure,
    FailureState,
    Gift,
    OrderKind,
    Plan,
    PlanMethod,
    PlanState,
    ProviderOrder,
)


@dataclass(frozen=True, slots=True)
class Debit:
    """One debit of a plan with what went wrong, if anything did."""

    gift: Gift
    failure: DebitFailure | None


def debits_of(plan_id: int) -> list[Debit]:
    """Every debit of a plan, the newest first."""
    failures = {
        each.invoice_id: each
        for each in db.session.scalars(
            sa.select(DebitFailure).where(DebitFailure.plan_id == plan_id)
        )
    }
    return [
        Debit(gift, failures.get(gift.stripe_invoice_id or ""))
        for gift in queries.debits_of(plan_id)
    ]


def plan_by_public_id(public_id: uuid.UUID) -> Plan | None:
    """The plan of that public id that was ever paid, with its donor."""
    return db.session.scalar(
        sa.select(Plan)
        .join(Plan.donor)
        .options(contains_eager(Plan.donor))
        .where(Plan.public_id == public_id, queries.shown_plans())
    )


def plans_with_donors() -> sa.Select[Any]:
    """Every plan that ever began, with its donor, for lists."""
    return (
        sa.select(Plan)
        .join(Plan.donor)
        .options(contains_eager(Plan.donor))
        .where(queries.shown_plans())
    )


def card_ends_by(day: Any) -> sa.ColumnElement[bool]:
    """Plans whose card ends on that day or before."""
    return sa.exists().where(
        PlanMethod.plan_id == Plan.id,
        PlanMethod.until_at.is_(None),
        PlanMethod.expires_on <= day,
    )


def behind() -> sa.ColumnElement[bool]:
    """Plans with a debit that failed and is still asked for."""
    open_one = sa.exists().where(
        DebitFailure.plan_id == Plan.id, DebitFailure.state == FailureState.OPEN
    )
    return sa.or_(
        Plan.state == PlanState.PAST_DUE, sa.and_(open_one, Plan.state == PlanState.ACTIVE)
    )


def orders_not_done(limit: int = 50) -> Sequence[ProviderOrder]:
    """Orders that wait, or were stopped for safety, the oldest first."""
    return db.session.scalars(
        sa.select(ProviderOrder)
        .where(sa.or_(ProviderOrder.settled_at.is_(None), ProviderOrder.problem == "conflict"))
        .order_by(ProviderOrder.id)
        .limit(limit)
    ).all()


def what_became_of(link_id: int) -> Sequence[ProviderOrder]:
    """What a used link led to, the last order first: what was done or is under way.

    A try the bank declined before is over and not told; the last one is, when nothing came of any.
    """
    asked = db.session.scalars(
        sa.select(ProviderOrder)
        .where(ProviderOrder.link_id == link_id, ProviderOrder.kind != OrderKind.METHOD_PAGE)
        .order_by(ProviderOrder.id.desc())
    ).all()
    return [each for each in asked if each.done or each.waits] or asked[:1]


def donor_name() -> Any:
    """The name a list of plans is sorted by."""
    return Donor.last_name
