"""Two records of one person become one: what receipts know of either."""

from __future__ import annotations

from typing import Any

from portal.accounts.models import Donor
from portal.core.db import db
from portal.receipts.models import ReceiptPreference


def on_donors_merging(survivor: Donor, *, other: Donor, **_told: Any) -> None:
    """What the donor chose for her receipts goes over, unless the record that stays has a choice."""
    theirs = db.session.get(ReceiptPreference, other.id)
    if theirs is None or db.session.get(ReceiptPreference, survivor.id) is not None:
        return
    db.session.add(
        ReceiptPreference(
            donor_id=survivor.id,
            timing=theirs.timing,
            channel=theirs.channel,
            each_since=theirs.each_since,
            changed_at=theirs.changed_at,
        )
    )
    db.session.flush()
