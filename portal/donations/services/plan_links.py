"""Links of mails that lead to one plan without a password: hashed, short-lived, one act each."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

import sqlalchemy as sa

from portal.core.db import db, transaction
from portal.donations.models import Plan, PlanLink
from portal.donations.services.provider import now, settings

GOOD_FOR = dt.timedelta(days=14)


class LinkOver(Exception):
    """The link was used, is too old, or the donor has another address by now."""


def plan_link(plan: Plan) -> str:
    """A fresh link to this plan, in the open transaction; earlier ones stay good until they end."""
    secret = secrets.token_urlsafe(32)
    at = now()
    db.session.add(
        PlanLink(
            plan_id=plan.id,
            token_hash=_hash(secret),
            email=plan.donor.email.lower(),
            created_at=at,
            expires_at=at + GOOD_FOR,
        )
    )
    db.session.flush()
    return f"{settings().public_url}/{plan.language}/plan/{secret}"


def link_of(secret: str) -> PlanLink | None:
    """The link with that secret, used or too old as it may be; None when there never was one."""
    return db.session.scalar(sa.select(PlanLink).where(PlanLink.token_hash == _hash(secret)))


def still_good(link: PlanLink, *, begun_at: dt.datetime | None = None) -> bool:
    """Whether something can still be done with it.

    ``begun_at``: when the act began that ends now. One begun in time may end later, but not once the
    link was used for another act, or the donor has another address.
    """
    own = link.plan.donor.email.lower() == link.email
    return own and link.used_at is None and link.expires_at > (begun_at or now())


def take(link_id: int, *, begun_at: dt.datetime | None = None) -> PlanLink:
    """Use the link up, in the open transaction; raises LinkOver for one that is not good any more."""
    link = db.session.get_one(
        PlanLink, link_id, with_for_update={"of": PlanLink}, populate_existing=True
    )
    if not still_good(link, begun_at=begun_at):
        raise LinkOver
    link.used_at = now()
    return link


def give_back(link_id: int) -> None:
    """The act was refused: the link may be used for another one."""
    with transaction():
        db.session.get_one(PlanLink, link_id, with_for_update={"of": PlanLink}).used_at = None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
