"""The regular gift of the demonstration's sponsor: Stripe's stand-in debits it, so it can be tried out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from portal.accounts.models import Donor
from portal.core.clock import PARIS, paris_date
from portal.core.db import db, transaction
from portal.core.money import Money
from portal.donations.codes import PurposeKind
from portal.donations.models import Gift, Plan, PlanMethod, PlanState, StripeCustomer
from portal.sponsorships.models import Sponsorship, SponsorshipState

_SUBSCRIPTION: Final = "sub_demonstration1"
_CUSTOMER: Final = "cus_demonstration1"
_CARD: Final = "pm_demonstration1"
_PRICE: Final = Money(4_700)
_AHEAD: Final = dt.timedelta(days=12)
_EVERY_MONTH_HAS: Final = 28


def give_regularly(donor_id: int, now: dt.datetime) -> dict[str, Any]:
    """The plan behind the sponsor's child, with the debits recorded so far; the next one is due soon.

    Gives the plan as Stripe's stand-in is told of it.
    """
    with transaction() as session:
        donor = session.get_one(Donor, donor_id)
        sponsorship = _sponsorship(donor_id)
        debits = _debits(donor_id)
        at = _next_debit_at(now)
        plan = Plan(
            donor_id=donor_id,
            purpose=PurposeKind.SPONSORSHIP,
            amount_minor=debits[-1].amount_minor if debits else _PRICE.minor,
            language=donor.language,
            state=PlanState.ACTIVE,
            started_on=debits[0].tax_on if debits else sponsorship.started_on,
            next_debit_on=paris_date(at),
            stripe_subscription_id=_SUBSCRIPTION,
        )
        session.add(plan)
        session.flush()
        sponsorship.plan_id = sponsorship.hold.wish.plan_id = plan.id
        for debit in debits:
            debit.plan_id = plan.id
        session.add(StripeCustomer(donor_id=donor_id, stripe_customer_id=_CUSTOMER))
        session.add(_card(plan, now))
        session.flush()
        return _told(plan, donor, at)


def _sponsorship(donor_id: int) -> Sponsorship:
    return db.session.scalars(
        sa.select(Sponsorship)
        .where(Sponsorship.donor_id == donor_id, Sponsorship.state == SponsorshipState.ACTIVE)
        .order_by(Sponsorship.id)
        .limit(1)
    ).one()


def _debits(donor_id: int) -> Sequence[Gift]:
    """What the teams recorded of it, the oldest first."""
    return db.session.scalars(
        sa.select(Gift)
        .where(Gift.donor_id == donor_id, Gift.purpose == PurposeKind.SPONSORSHIP)
        .order_by(Gift.tax_on, Gift.id)
    ).all()


def _next_debit_at(now: dt.datetime) -> dt.datetime:
    """Some days ahead at nine in the morning, on a day each month has."""
    ahead = now.astimezone(PARIS) + _AHEAD
    day = min(ahead.day, _EVERY_MONTH_HAS)
    return ahead.replace(day=day, hour=9, minute=0, second=0, microsecond=0)


def _a_month_before(at: dt.datetime) -> dt.datetime:
    utc = at.astimezone(dt.UTC)
    before = utc.replace(day=1) - dt.timedelta(days=1)
    return before.replace(day=utc.day)


def _card(plan: Plan, now: dt.datetime) -> PlanMethod:
    """The stand-in's card, as it is shown."""
    return PlanMethod(
        plan_id=plan.id,
        method_id=_CARD,
        kind="card",
        brand="visa",
        last4="4242",
        expires_on=dt.date(2034, 12, 31),
        since_at=now,
    )


def _told(plan: Plan, donor: Donor, at: dt.datetime) -> dict[str, Any]:
    return {
        "id": _SUBSCRIPTION,
        "customer": _CUSTOMER,
        "method": _CARD,
        "email": donor.email,
        "name": "Parrainage",
        "amount": plan.amount_minor,
        "reference": str(plan.public_id),
        "begun": int(_a_month_before(at).timestamp()),
    }
