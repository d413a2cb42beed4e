"""Finding a donor while one types: by reference, name, town or postcode."""

from __future__ import annotations

import sqlalchemy as sa

from portal.accounts.doubles import surviving
from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.web.lists import escape_like

ENOUGH = 8
_LOOKED_AT = (
    Donor.ref,
    Donor.first_name,
    Donor.last_name,
    Donor.company_name,
    Donor.postcode,
    Donor.city,
    Donor.email,
)
ANONYMOUS_REF = "ANONYMOUS"
"""The donor of money nobody knows who gave: boxes, collections. Never gets a receipt."""


def donors_like(words: str, limit: int = ENOUGH) -> list[Donor]:
    """Donors in whom each word is found, whatever its accents; an exact reference alone."""
    typed = words.replace("\0", "").strip()[:120]
    if not typed:
        return []
    exact = db.session.scalar(sa.select(Donor).where(sa.func.upper(Donor.ref) == typed.upper()))
    if exact is not None:
        return [surviving(exact)]
    statement = sa.select(Donor).where(Donor.ref != ANONYMOUS_REF, Donor.merged_into_id.is_(None))
    for word in typed.split()[:6]:
        pattern = sa.func.unaccent(f"%{escape_like(word)}%")
        hits = [sa.func.unaccent(column).ilike(pattern, escape="\\") for column in _LOOKED_AT]
        statement = statement.where(sa.or_(*hits))
    ordered = statement.order_by(
        sa.func.lower(sa.func.coalesce(sa.func.nullif(Donor.company_name, ""), Donor.last_name)),
        Donor.first_name,
        Donor.id,
    )
    return list(db.session.scalars(ordered.limit(limit)))


def donor_by_pick(public_id: str) -> Donor | None:
    """The donor that was chosen from the list, None for what is no choice."""
    try:
        return db.session.scalar(
            sa.select(Donor).where(sa.cast(Donor.public_id, sa.Text) == public_id.lower())
        )
    except sa.exc.DataError:
        return None


def where_from(donor: Donor) -> str:
    """What tells two donors of one name apart: postcode, town, reference."""
    return " · ".join(
        part for part in (f"{donor.postcode} {donor.city}".strip(), donor.ref) if part
    )
