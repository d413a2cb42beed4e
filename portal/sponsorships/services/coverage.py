"""What becomes of the gifts that carry a sponsorship: noted on it, never a reason to end it.

The child's care does not depend on it; matchers see good order or not, and no amount.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.core import audit
from portal.core.db import db
from portal.donations.models import Plan
from portal.sponsorships.models import Sponsorship, SponsorshipState


def note_coverage(plan: Plan, action: str) -> None:
    """Write on the active sponsorship of a plan that its gifts pause, go on, or fail."""
    carried = sa.select(Sponsorship).where(
        Sponsorship.plan_id == plan.id, Sponsorship.state == SponsorshipState.ACTIVE
    )
    until = plan.paused_until
    after: dict[str, Any] | None = {"until": until} if until is not None else None
    for row in db.session.scalars(carried):
        audit.record(f"sponsorship.{action}", f"sponsorship:{row.public_id}", after=after)
