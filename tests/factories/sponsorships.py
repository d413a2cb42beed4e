"""Wishes, holds and sponsorships for tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from portal.accounts.models import Donor
from portal.core.db import db
from portal.programmes.models import Child
from portal.sponsorships.models import Sponsorship, Wish, WishState
from portal.sponsorships.services.starting import accept_pair
from tests.factories.children import make_child
from tests.factories.people import make_donor

NOON = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)


def make_wish(donor: Donor | None = None, **given: Any) -> Wish:
    """A sponsor who waits since January for any child."""
    values: dict[str, Any] = {
        "donor_id": (donor or make_donor()).id,
        "since": dt.date(2026, 1, 5),
        "state": WishState.WAITING,
    } | given
    wish = Wish(**values)
    db.session.add(wish)
    db.session.commit()
    return wish


def make_sponsorship(
    donor: Donor | None = None, child: Child | None = None, at: dt.datetime = NOON
) -> Sponsorship:
    """An active sponsorship that began like a real one: wish, hold, acceptance, mail."""
    wish = make_wish(donor)
    return accept_pair((child or make_child()).id, wish.id, None, at)
