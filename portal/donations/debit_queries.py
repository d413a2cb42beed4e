"""Reads of our own direct debits: mandates, what is due, what came back."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from portal.accounts.models import Donor
from portal.core.db import db
from portal.donations.models import (
    Collection,
    CollectionAttempt,
    Instalment,
    Mandate,
    MandateState,
    Plan,
)
from portal.donations.rules.direct_debit import InstalmentState


def mandates() -> sa.Select[Any]:
    """Every mandate with its donor and plan."""
    return (
        sa.select(Mandate)
        .join(Donor, Donor.id == Mandate.donor_id)
        .join(Plan, Plan.id == Mandate.plan_id)
    )


def mandate_by_public_id(public_id: uuid.UUID) -> Mandate | None:
    """The mandate of that public id."""
    return db.session.scalar(sa.select(Mandate).where(Mandate.public_id == public_id))


def mandate_of_plan(plan_id: int) -> Mandate | None:
    """The mandate a plan is debited under; its last one when it is over."""
    over = Mandate.state.in_((MandateState.REVOKED, MandateState.REPLACED))
    wanted = sa.select(Mandate).where(Mandate.plan_id == plan_id).order_by(over, Mandate.id.desc())
    return db.session.scalars(wanted.limit(1)).one_or_none()


def replaced_by(mandate_id: int) -> Mandate | None:
    """The mandate that took the place of this one."""
    return db.session.scalar(sa.select(Mandate).where(Mandate.replaces_id == mandate_id))


def instalments_of(plan_id: int) -> list[Instalment]:
    """The due dates of a plan, the last one first."""
    wanted = sa.select(Instalment).where(Instalment.plan_id == plan_id)
    return list(db.session.scalars(wanted.order_by(Instalment.due_on.desc()).limit(60)))


def under_way(plan_id: int) -> list[Instalment]:
    """The debits of a plan that stand in a file for the bank: they are taken whatever is changed now."""
    wanted = sa.select(Instalment).where(
        Instalment.plan_id == plan_id, Instalment.state == InstalmentState.COLLECTING
    )
    return list(db.session.scalars(wanted.order_by(Instalment.due_on)))


def came_back() -> list[CollectionAttempt]:
    """Debits that came back and wait for somebody to decide: the last try of each."""
    wanted = (
        sa.select(CollectionAttempt)
        .join(Instalment, Instalment.id == CollectionAttempt.instalment_id)
        .where(Instalment.state == InstalmentState.RETURNED, CollectionAttempt.back_on.is_not(None))
        .order_by(CollectionAttempt.instalment_id, CollectionAttempt.id.desc())
        .ext(distinct_on(CollectionAttempt.instalment_id))
    )
    return sorted(db.session.scalars(wanted), key=lambda one: (one.back_on or dt.date.min, one.id))


def collections() -> list[Collection]:
    """The files for the bank, the last one first."""
    wanted = sa.select(Collection).order_by(Collection.collect_on.desc(), Collection.id.desc())
    return list(db.session.scalars(wanted.limit(60)))


def collection_by_public_id(public_id: uuid.UUID) -> Collection | None:
    """The file of that public id."""
    return db.session.scalar(sa.select(Collection).where(Collection.public_id == public_id))


def next_announced() -> dt.date | None:
    """The first day something announced may be collected on."""
    return db.session.scalar(
        sa.select(sa.func.min(Instalment.announced_for)).where(
            Instalment.state == InstalmentState.ANNOUNCED
        )
    )


def waiting_for_a_decision() -> int:
    """How many debits came back and wait for somebody."""
    wanted = sa.select(sa.func.count(Instalment.id)).where(
        Instalment.state == InstalmentState.RETURNED
    )
    return int(db.session.scalar(wanted) or 0)
