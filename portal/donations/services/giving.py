"""From a form to a pending gift or plan, committed before the payment provider hears of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.accounts.codes import Language
from portal.accounts.models import Donor
from portal.accounts.rules import DonorDetails
from portal.accounts.services import find_or_create_donor, update_donor
from portal.core.clock import paris_date
from portal.core.db import db, transaction, violated
from portal.core.money import Money
from portal.donations import events
from portal.donations.codes import PurposeKind
from portal.donations.models import Gift, Origin, Plan, PlanInterval, StripeCustomer
from portal.donations.rules.amounts import Rhythm, check_amount
from portal.donations.services.correspondents import CorrespondentOrder, add_correspondent
from portal.donations.services.tributes import TributeOrder, add_tribute
from portal.programmes.codes import Programme

Commitment: TypeAlias = Gift | Plan
_T = TypeVar("_T", Gift, Plan)
_REF_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class GivingOrder:
    """What somebody decided in a form.

    ``donor_id`` and ``account_id`` are those of the signed-in giver, else None. ``form_token`` names
    the form that was filled in; ``typed`` is what stood in its fields, kept for a week at most and
    never longer than until the gift is paid. ``interval`` is a plan's; ``tribute`` goes with a single
    gift, ``correspondent`` with a sponsorship somebody else follows.
    """

    amount: Money
    details: DonorDetails
    language: Language
    form_token: str
    purpose: PurposeKind = PurposeKind.GENERAL
    programme: Programme | None = None
    donor_id: int | None = None
    account_id: int | None = None
    interval: PlanInterval = PlanInterval.MONTH
    tribute: TributeOrder | None = None
    correspondent: CorrespondentOrder | None = None
    typed: dict[str, Any] = field(default_factory=dict)

    def token(self) -> str:
        """The same form with the same answers is the same gift; other answers are another one."""
        answers = (
            self.form_token,
            self.amount,
            self.purpose,
            self.programme,
            self.details.email.lower(),
            self.donor_id,
            self.interval,
            self.tribute,
            self.correspondent,
        )
        return hashlib.sha256("|".join(map(str, answers)).encode()).hexdigest()


def open_gift(order: GivingOrder, now: dt.datetime) -> Gift:
    """The pending gift of this form; sent twice, the form finds the gift it made before.

    Raises AmountError for an amount outside the limits of a single gift.
    """
    check_amount(order.amount, Rhythm.ONCE)
    try:
        with transaction() as session:
            gift = Gift(ref=new_ref(), origin=Origin.ONLINE, **_common(order, now))
            session.add(gift)
            session.flush()
            if order.tribute is not None:
                add_tribute(gift, order.tribute)
        return gift
    except IntegrityError as error:
        return _made_before(error, Gift, order)


def open_plan(order: GivingOrder, wish: events.PlanWish | None, now: dt.datetime) -> Plan:
    """The pending plan of this form, and the wish that goes with a sponsorship.

    A wish of somebody who will follow the child in the payer's stead waits until they accept.
    Raises AmountError for an amount outside the limits of the plan's rhythm.
    """
    sponsoring = order.purpose is PurposeKind.SPONSORSHIP
    check_amount(order.amount, Rhythm.of_interval(order.interval), sponsoring=sponsoring)
    try:
        with transaction() as session:
            plan = Plan(interval=order.interval, **_common(order, now))
            session.add(plan)
            session.flush()
            if wish is not None:
                _wish(plan, order, wish, now)
        return plan
    except IntegrityError as error:
        return _made_before(error, Plan, order)


def _wish(plan: Plan, order: GivingOrder, wish: events.PlanWish, now: dt.datetime) -> None:
    if order.correspondent is not None:
        add_correspondent(plan, order.correspondent, wish.criteria(), order.language)
        return
    events.plan_wished.send(plan, plan=plan, criteria=wish.criteria(), on=paris_date(now))


def new_ref() -> str:
    """A reference for a gift made on line: short enough to be read over the telephone."""
    return "L" + "".join(secrets.choice(_REF_LETTERS) for _ in range(9))


def _common(order: GivingOrder, now: dt.datetime) -> dict[str, Any]:
    donor = _donor_of(order, now)
    return {
        "donor_id": donor.id,
        "amount_minor": order.amount.minor,
        "currency": order.amount.currency,
        "language": order.language,
        "purpose": order.purpose,
        "programme": order.programme,
        "form_token": order.token(),
        "typed": {
            "form": order.typed,
            "email": order.details.email,
            "customer_id": _customer_of(order.donor_id),
        },
    }


def _donor_of(order: GivingOrder, now: dt.datetime) -> Donor:
    if order.donor_id is None or order.account_id is None:
        return find_or_create_donor(order.details, now)
    values = order.details.as_dict()
    for kept in ("email", "language", "title"):  # no form of a gift asks for the title
        values.pop(kept)
    return update_donor(order.donor_id, dict(values), by=order.account_id)


def _customer_of(donor_id: int | None) -> str | None:
    """Only who is signed in meets the cards the provider keeps for them."""
    if donor_id is None:
        return None
    return db.session.scalar(
        sa.select(StripeCustomer.stripe_customer_id)
        .where(StripeCustomer.donor_id == donor_id)
        .order_by(StripeCustomer.id.desc())
        .limit(1)
    )


def made_before(order: GivingOrder, kind: type[Gift] | type[Plan]) -> Commitment | None:
    """The gift or plan this form became when it was sent before with the same answers."""
    chosen: sa.Select[Any] = sa.select(kind).where(kind.form_token == order.token())
    known: Commitment | None = db.session.scalar(chosen)
    return known


def _made_before(error: IntegrityError, kind: type[_T], order: GivingOrder) -> _T:
    if violated(error) != f"uq_{kind.__tablename__}_form_token":
        raise error
    return db.session.scalars(sa.select(kind).where(kind.form_token == order.token())).one()
