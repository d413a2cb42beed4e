"""What sponsorships keep of a person, for the file they may download (GDPR art. 15).

Of a child it says the first name a sponsor is shown, and nothing of the child's own record.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.core import personal_data
from portal.core.db import db
from portal.programmes.queries.children import first_name_of
from portal.sponsorships.models import Sponsorship, Wish


def register() -> None:
    """Have wishes and sponsorships in the file."""
    personal_data.register("wishes", wishes_of_donor)
    personal_data.register("sponsorships", sponsorships_of_donor)


def wishes_of_donor(donor_id: int) -> list[dict[str, Any]]:
    """Each wish to sponsor, as it was told, and where it stands."""
    chosen = sa.select(Wish).where(Wish.donor_id == donor_id).order_by(Wish.id)
    return [
        {
            "since": str(row.since),
            "sex": str(row.sex or ""),
            "age_min": row.age_min,
            "age_max": row.age_max,
            "programme": str(row.programme or ""),
            "site": str(row.site or ""),
            "state": str(row.state),
        }
        for row in db.session.scalars(chosen)
    ]


def sponsorships_of_donor(donor_id: int) -> list[dict[str, Any]]:
    """Each sponsorship from its day to its day."""
    chosen = sa.select(Sponsorship).where(Sponsorship.donor_id == donor_id)
    return [
        {
            "child": first_name_of(row.child),
            "started_on": str(row.started_on),
            "ended_on": str(row.ended_on or ""),
            "end_reason": str(row.end_reason or ""),
            "state": str(row.state),
        }
        for row in db.session.scalars(
            chosen.options(joinedload(Sponsorship.child)).order_by(Sponsorship.id)
        )
    ]
