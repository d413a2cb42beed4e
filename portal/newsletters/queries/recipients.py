"""To whom an issue goes: the sponsors of its language.

A sponsor is a donor with an active sponsorship, or who waits for a child, or whose monthly plan
for a sponsorship runs. Left out: who has no e-mail address, and who asked for no newsletter.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.accounts.codes import Language
from portal.accounts.models import Donor
from portal.core.db import db
from portal.donations.codes import PurposeKind
from portal.donations.models import Plan, PlanState
from portal.newsletters.models import Optout
from portal.sponsorships.models import Sponsorship, SponsorshipState, Wish, WishState

RUNNING = (PlanState.ACTIVE, PlanState.PAST_DUE, PlanState.PAUSED)


def is_sponsor() -> sa.ColumnElement[bool]:
    """The condition on Donor."""
    return sa.or_(
        sa.exists().where(
            Sponsorship.donor_id == Donor.id, Sponsorship.state == SponsorshipState.ACTIVE
        ),
        sa.exists().where(Wish.donor_id == Donor.id, Wish.state == WishState.WAITING),
        sa.exists().where(
            Plan.donor_id == Donor.id,
            Plan.purpose == PurposeKind.SPONSORSHIP,
            Plan.state.in_(RUNNING),
        ),
    )


def recipients(language: Language) -> sa.Select[Any]:
    """Select of the donors' ids, in a stable order."""
    refused = sa.exists().where(Optout.donor_id == Donor.id)
    return (
        sa.select(Donor.id)
        .where(Donor.language == language, Donor.email != "", is_sponsor(), ~refused)
        .order_by(Donor.id)
    )


def count_recipients(language: Language) -> int:
    """How many there are today."""
    counted = sa.select(sa.func.count()).select_from(recipients(language).subquery())
    return int(db.session.scalar(counted) or 0)


def some_recipients(language: Language, number: int = 3) -> list[Donor]:
    """The first few, to look at before sending."""
    ids = recipients(language).limit(number)
    return list(db.session.scalars(sa.select(Donor).where(Donor.id.in_(ids)).order_by(Donor.id)))


def count_left_out(language: Language) -> int:
    """Sponsors of the language who asked for no newsletter or have no e-mail address."""
    refused = sa.exists().where(Optout.donor_id == Donor.id)
    out = sa.select(sa.func.count(Donor.id)).where(
        Donor.language == language, is_sponsor(), sa.or_(Donor.email == "", refused)
    )
    return int(db.session.scalar(out) or 0)
