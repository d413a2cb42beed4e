"""Donors who want no newsletter, honoured at once (RGPD art. 21; RFC 8058 for the one click)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import Donor
from portal.core import audit
from portal.core.db import db, transaction
from portal.newsletters.models import Optout


def stop_newsletters(donor_id: int) -> None:
    """No newsletter from now on, nor one that is just being sent; twice changes nothing."""
    with transaction():
        new = insert(Optout).values(donor_id=donor_id).on_conflict_do_nothing()
        if db.session.scalar(new.returning(Optout.donor_id)) is not None:
            audit.record("newsletter.stopped", f"donor:{donor_id}")


def resume_newsletters(donor_id: int) -> None:
    """Newsletters again."""
    with transaction():
        gone = sa.delete(Optout).where(Optout.donor_id == donor_id).returning(Optout.donor_id)
        if db.session.scalar(gone) is not None:
            audit.record("newsletter.resumed", f"donor:{donor_id}")


def on_donors_merging(survivor: Donor, *, other: Donor, **_told: Any) -> None:
    """Whoever said no under either record wants none."""
    refused = sa.select(Optout.donor_id).where(Optout.donor_id == other.id)
    if db.session.scalar(refused) is not None:
        new = insert(Optout).values(donor_id=survivor.id).on_conflict_do_nothing()
        db.session.execute(new)
