"""Children who may be promised today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.core.clock import paris_date
from portal.core.db import db
from portal.programmes.codes import ChildStatus, ConsentScope, Programme
from portal.programmes.models import Child, Enrolment
from portal.programmes.queries.children import has_consent
from portal.sponsorships.models import Hold, HoldState, Sponsorship, SponsorshipState
from portal.sponsorships.rules.matching import ChildCard


def may_be_sponsored(on: date) -> sa.ColumnElement[bool]:
    """In care, sponsorable, and the family's consent for the portal in force; held or not."""
    return sa.and_(
        Child.status == ChildStatus.IN_CARE,
        Child.sponsorable.is_(True),
        has_consent(ConsentScope.PORTAL, on),
    )


def live_hold(now: datetime) -> sa.ColumnElement[bool]:
    """A hold that keeps the child from others: taken, or held and not yet lapsed."""
    return sa.or_(
        Hold.state == HoldState.TAKEN,
        sa.and_(
            Hold.state == HoldState.HELD,
            sa.or_(Hold.expires_at.is_(None), Hold.expires_at > now),
        ),
    )


def available_children(now: datetime) -> sa.Select[Any]:
    """Select of the children who may be promised: nobody holds them and nobody sponsors them."""
    promised = sa.exists().where(Hold.child_id == Child.id, live_hold(now))
    sponsored = sa.exists().where(
        Sponsorship.child_id == Child.id, Sponsorship.state == SponsorshipState.ACTIVE
    )
    return sa.select(Child).where(may_be_sponsored(paris_date(now)), ~promised, ~sponsored)


def child_cards(children: Sequence[Child], on: date) -> list[ChildCard]:
    """What the matching rule reads of these children. A child waits since the last sponsor left."""
    ids = [child.id for child in children]
    programmes, since = _programmes(ids, on), _last_ends(ids)
    return [
        ChildCard(
            id=child.id,
            sex=child.sex,
            born_on=child.born_on,
            site=child.site,
            waiting_since=max(child.admitted_on, since.get(child.id, child.admitted_on)),
            need=child.need,
            programmes=frozenset(programmes[child.id]),
        )
        for child in children
    ]


def _programmes(ids: Collection[int], on: date) -> dict[int, set[Programme]]:
    running = sa.select(Enrolment.child_id, Enrolment.programme).where(
        Enrolment.child_id.in_(list(ids)),
        Enrolment.start_on <= on,
        sa.or_(Enrolment.end_on.is_(None), Enrolment.end_on >= on),
    )
    found: dict[int, set[Programme]] = defaultdict(set)
    for child_id, programme in db.session.execute(running):
        found[child_id].add(programme)
    return found


def _last_ends(ids: Collection[int]) -> dict[int, date]:
    ends = (
        sa.select(Sponsorship.child_id, sa.func.max(Sponsorship.ended_on))
        .where(Sponsorship.child_id.in_(list(ids)), Sponsorship.ended_on.is_not(None))
        .group_by(Sponsorship.child_id)
    )
    return {row[0]: row[1] for row in db.session.execute(ends).all() if row[1] is not None}
