"""Records that may be of one person: the same address of mail, or the same name in the same postcode."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import Donor, DonorsKeptApart
from portal.core.db import db

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Double:
    """Two records, the older first, and what they have in common."""

    first: Donor
    second: Donor
    same_mail: bool
    same_name: bool


def in_order(one: int, other: int) -> tuple[int, int]:
    """The lower number first."""
    return (one, other) if one < other else (other, one)


def doubles(donor_id: int | None = None, limit: int = SHOWN) -> list[Double]:
    """The likeliest first: name and mail, then name and postcode, then mail alone (a couple often
    shares one). With ``donor_id`` only those of this donor."""
    first, second = aliased(Donor), aliased(Donor)
    mail = sa.and_(first.email != "", sa.func.lower(first.email) == sa.func.lower(second.email))
    name = _folded(first) == _folded(second)
    place = sa.and_(first.postcode != "", _bare(first.postcode) == _bare(second.postcode))
    apart = sa.select(DonorsKeptApart.first_id).where(
        DonorsKeptApart.first_id == first.id, DonorsKeptApart.second_id == second.id
    )
    found = []
    for likely in (sa.and_(mail, name), sa.and_(~mail, name, place), sa.and_(mail, ~name)):
        wanted = (
            sa.select(first, second, mail.label("mail"), name.label("name"))
            .join(second, sa.and_(first.id < second.id, first.kind == second.kind, likely))
            .where(first.merged_into_id.is_(None), second.merged_into_id.is_(None))
            .where(_folded(first) != "", ~apart.exists())
            .order_by(first.id, second.id)
            .limit(limit)
        )
        if donor_id is not None:
            wanted = wanted.where(sa.or_(first.id == donor_id, second.id == donor_id))
        found += [Double(*row) for row in db.session.execute(wanted)]
    return found[:limit]


def surviving(donor: Donor) -> Donor:
    """The record that took a donor's place; itself when none did."""
    if donor.merged_into_id is None:
        return donor
    return db.session.get_one(Donor, donor.merged_into_id)


def surviving_all(donors: Iterable[Donor]) -> dict[int, Donor]:
    """By the id of each record, the one that took its place, or itself; in one statement."""
    given = list(donors)
    into = {donor.merged_into_id for donor in given if donor.merged_into_id is not None}
    taken = db.session.scalars(sa.select(Donor).where(Donor.id.in_(into))) if into else ()
    kept = {donor.id: donor for donor in taken}
    return {donor.id: kept.get(donor.merged_into_id or donor.id, donor) for donor in given}


def ids_of_one(donor_id: int) -> sa.Select[int]:
    """The record of a donor and those that were joined to it."""
    return sa.select(Donor.id).where(sa.or_(Donor.id == donor_id, Donor.merged_into_id == donor_id))


def _folded(donor: type[Donor]) -> sa.ColumnElement[str]:
    whole = donor.first_name + " " + donor.last_name + " " + donor.company_name
    letters = sa.func.regexp_replace(sa.func.lower(sa.func.unaccent(whole)), "[^a-z0-9]+", " ", "g")
    return sa.func.trim(letters)


def _bare(postcode: sa.ColumnElement[str] | object) -> sa.ColumnElement[str]:
    return sa.func.replace(postcode, " ", "")
