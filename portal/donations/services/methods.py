"""The card or IBAN a plan is debited from, as the provider tells it; older ones are kept."""

from __future__ import annotations

import datetime as dt
import logging
from calendar import monthrange
from collections.abc import Sequence

import sqlalchemy as sa

from portal.core.db import db
from portal.donations.gateway import MethodSnapshot, ObjectUnknown, SubscriptionSnapshot
from portal.donations.models import Plan, PlanMethod
from portal.donations.services.provider import now, payments

log = logging.getLogger(__name__)


def method_in_use(plan_id: int) -> PlanMethod | None:
    """What a plan's debits come from now, as far as we know."""
    return db.session.scalar(
        sa.select(PlanMethod).where(PlanMethod.plan_id == plan_id, PlanMethod.until_at.is_(None))
    )


def methods_of(plan_id: int) -> Sequence[PlanMethod]:
    """Every card and IBAN of a plan, the one in use first."""
    chosen = sa.select(PlanMethod).where(PlanMethod.plan_id == plan_id)
    return db.session.scalars(chosen.order_by(PlanMethod.id.desc())).all()


def learn_method(plan: Plan, found: SubscriptionSnapshot) -> None:
    """Look up what the plan is debited from when it is not what we know. The plan is locked."""
    known = method_in_use(plan.id)
    if known is not None and found.method_id in (None, known.method_id):
        return
    try:
        method = (
            payments().fetch_method(found.method_id)
            if found.method_id
            else payments().default_method(found.customer_id)
        )
    except ObjectUnknown:
        log.warning("plan %s: its means of payment is not known there", plan.id)
        return
    if method is not None:
        keep_method(plan, method)


def keep_method(plan: Plan, found: MethodSnapshot) -> tuple[PlanMethod, bool]:
    """The row of what is in use now, and whether it is another one than before."""
    known = method_in_use(plan.id)
    same = known is not None and known.method_id == found.id
    if known is not None and same and _looks(known) == _shown(found):
        return known, False
    at = now()
    if known is not None:
        known.until_at = at
        db.session.flush()
    fresh = PlanMethod(
        plan_id=plan.id,
        method_id=found.id,
        kind=str(found.method),
        brand=found.brand,
        last4=found.last4,
        expires_on=_last_day(found.expires),
        since_at=at,
    )
    if known is not None and same:
        fresh.mandate_id = known.mandate_id
        fresh.mandate_reference = known.mandate_reference
        fresh.mandate_status = known.mandate_status
    db.session.add(fresh)
    db.session.flush()
    return fresh, True


def _shown(found: MethodSnapshot) -> tuple[str, dt.date | None]:
    return found.last4, _last_day(found.expires)


def _looks(known: PlanMethod) -> tuple[str, dt.date | None]:
    return known.last4, known.expires_on


def _last_day(expires: tuple[int, int] | None) -> dt.date | None:
    """A card is good until the last day of its month."""
    if expires is None:
        return None
    year, month = expires
    return dt.date(year, month, monthrange(year, month)[1])
