"""What becomes of everything that names a donor when two records of one person are joined.

Each feature says it in its ``wiring``, column by column: ``moves`` to the record that stays, ``stays``
(papers and histories keep the donor they were made for), or ``own`` (the feature sees to it itself,
on ``events.donors_merging``). A column nobody spoke for makes joining impossible rather than wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from portal.accounts.models import Donor
from portal.core.db import Base, db


class WhenMerged(StrEnum):
    """What becomes of the rows of a column."""

    MOVES = "moves"
    STAYS = "stays"
    OWN = "own"


class MergeRefused(Exception):
    """These two cannot be joined; the message says why, in the reader's language."""


class NobodySpokeFor(Exception):
    """Columns that name a donor and that no feature declared."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A column (``gift.donor_id``), what becomes of it, and what its rows are called (an English msgid)."""

    column: str
    how: WhenMerged
    label: str = ""


_DECLARED: dict[str, Declared] = {}


def moves(column: str, label: str = "") -> None:
    """Its rows go over to the donor that stays. With a label the page that compares counts them."""
    _DECLARED[column] = Declared(column, WhenMerged.MOVES, label)


def stays(column: str, label: str = "") -> None:
    """Its rows keep the donor they were made for."""
    _DECLARED[column] = Declared(column, WhenMerged.STAYS, label)


def own(column: str) -> None:
    """The feature sees to its rows itself."""
    _DECLARED[column] = Declared(column, WhenMerged.OWN)


def columns_of_donors() -> dict[str, sa.Column[int]]:
    """Every column of the database that names a donor, by ``table.column``."""
    found = {}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table is Donor.__table__ for key in column.foreign_keys):
                found[f"{table.name}.{column.name}"] = column
    return found


def undeclared() -> list[str]:
    """The columns nobody spoke for; none, in a house in order."""
    return sorted(columns_of_donors().keys() - _DECLARED.keys())


def moving_columns() -> dict[str, sa.Column[int]]:
    """The columns whose rows move.

    :raises NobodySpokeFor: when a column was forgotten.
    """
    if forgotten := undeclared():
        raise NobodySpokeFor(", ".join(forgotten))
    known = columns_of_donors()
    return {name: known[name] for name, each in _DECLARED.items() if each.how is WhenMerged.MOVES}


def counts_of(donor_id: int) -> list[tuple[Declared, int]]:
    """How many rows name this donor, of each column that has a label."""
    known = columns_of_donors()
    counted = []
    for name, each in _DECLARED.items():
        if each.label:
            rows = sa.select(sa.func.count()).where(known[name] == donor_id)
            counted.append((each, int(db.session.scalar(rows) or 0)))
    return counted
