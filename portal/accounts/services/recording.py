"""Donors as the association's file holds them, written down inside the import's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from portal.accounts.codes import Language
from portal.accounts.doubles import surviving
from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.recording import Recorded, record_rows

IDENTITY = (
    "donor_ref", "kind", "title", "first_name", "last_name", "company_name", "siren", "email",
    "address1", "address2", "postcode", "city", "country", "language", "phone", "since", "note",
)  # fmt: skip


def _clean(row: Mapping[str, Any]) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    for column in IDENTITY:
        if column not in row:
            continue
        value = row[column]
        if value is None and column == "language":
            value = Language.FR
        elif value is None and column != "since":
            value = ""
        clean["ref" if column == "donor_ref" else column] = value
    return clean


def record_donors(rows: Sequence[Mapping[str, Any]]) -> Recorded[Donor]:
    """Donors by ``donor_ref``; an unknown country stays unknown, and keeps a receipt waiting."""
    clean = [_clean(row) for row in rows]
    return record_rows(Donor, clean, key=("ref",), subject=lambda d: f"donor:{d.ref}")


def known_donors() -> set[str]:
    """The references of the donors we have."""
    return set(db.session.scalars(sa.select(Donor.ref)))


def donors_by_ref(refs: set[str]) -> dict[str, Donor]:
    """The donors of these references; where a record was joined to another one, that one."""
    found = db.session.scalars(sa.select(Donor).where(Donor.ref.in_(refs)))
    return {donor.ref: surviving(donor) for donor in found}
