"""The field teams' rows, written down: one function a table, each inside the import's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from portal.core.db import db
from portal.core.recording import Recorded, Tally, record_rows
from portal.programmes.models import (
    Attendance,
    Child,
    Consent,
    Enrolment,
    Family,
    FlipParent,
    School,
    Service,
)

Values = Mapping[str, Any]
TEXTS = frozenset({
    "district", "head_name_latin", "identified_by", "name_km", "called", "grade", "guardian",
    "name_latin", "loan_partner", "works", "unit",
})  # fmt: skip
FLAGS = frozenset({"born_on_is_estimate", "sponsorable"})


def _clean(values: Values, **renamed: str) -> dict[str, Any]:
    """Attribute names for column names; an unknown text is empty, an unknown flag is no."""
    named = {renamed.get(column, column): value for column, value in values.items()}
    return {name: _unknown(name) if value is None else value for name, value in named.items()}


def _unknown(name: str) -> Any:
    return "" if name in TEXTS else False if name in FLAGS else None


def _ids(model: type[Any], refs: set[str]) -> dict[str, int]:
    found = db.session.execute(sa.select(model.ref, model.id).where(model.ref.in_(refs)))
    return {row.ref: row.id for row in found}


def _with_id(
    rows: Sequence[Values], column: str, model: type[Any], name: str
) -> list[dict[str, Any]]:
    """The rows with a reference replaced by the id of the row it names."""
    ids = _ids(model, {row[column] for row in rows if row.get(column)})
    changed = []
    for row in rows:
        values = dict(row)
        if column in values:
            ref = values.pop(column)
            values[name] = ids[ref] if ref else None
        changed.append(values)
    return changed


def record_families(rows: Sequence[Values]) -> Recorded[Family]:
    """Families by ``family_ref``."""
    clean = [_clean(row, family_ref="ref") for row in rows]
    return record_rows(Family, clean, key=("ref",), subject=lambda f: f"family:{f.ref}")


def record_children(rows: Sequence[Values]) -> Recorded[Child]:
    """Children by ``child_ref``."""
    clean = [
        _clean(row, child_ref="ref") for row in _with_id(rows, "family_ref", Family, "family_id")
    ]
    return record_rows(Child, clean, key=("ref",), subject=lambda c: f"child:{c.ref}")


def record_enrolments(rows: Sequence[Values]) -> Recorded[Enrolment]:
    """Enrolments by child, programme, activity and start."""
    clean = [_clean(row) for row in _with_id(rows, "child_ref", Child, "child_id")]
    key = ("child_id", "programme", "activity", "start_on")
    return record_rows(Enrolment, clean, key=key, subject=lambda e: f"enrolment:{e.id}")


def record_attendance(rows: Sequence[Values]) -> Recorded[Attendance]:
    """Attendance by child and month."""
    clean = [_clean(row) for row in _with_id(rows, "child_ref", Child, "child_id")]
    return record_rows(
        Attendance, clean, key=("child_id", "month"), subject=lambda a: f"attendance:{a.id}"
    )


def record_services(rows: Sequence[Values]) -> Recorded[Service]:
    """Services by receiver, kind and day; the receiver is a child or a family."""
    refs = {row["ref"] for row in rows}
    children, families = _ids(Child, refs), _ids(Family, refs)
    clean = []
    for row in rows:
        values = _clean(row)
        values["child_id"] = children.get(row["ref"])
        values["family_id"] = None if row["ref"] in children else families[row["ref"]]
        clean.append(values)
    return record_rows(
        Service, clean, key=("ref", "kind", "on"), subject=lambda s: f"service:{s.id}"
    )


def record_consents(rows: Sequence[Values]) -> Recorded[Consent]:
    """Consents by child, scope and grant."""
    clean = [_clean(row) for row in _with_id(rows, "child_ref", Child, "child_id")]
    key = ("child_id", "scope", "granted_on")
    return record_rows(Consent, clean, key=key, subject=lambda c: f"consent:{c.id}")


def record_flip(rows: Sequence[Values]) -> Recorded[FlipParent]:
    """FLIP parents by ``parent_ref``."""
    clean = [
        _clean(row, parent_ref="ref", parent_name_latin="name_latin")
        for row in _with_id(rows, "family_ref", Family, "family_id")
    ]
    return record_rows(FlipParent, clean, key=("ref",), subject=lambda p: f"flip:{p.ref}")


def record_schools(rows: Sequence[Values]) -> Recorded[School]:
    """Schools by ``school_ref``; works are kept as they came, separated by ``;``."""
    clean = [_clean(row, school_ref="ref") for row in rows]
    return record_rows(School, clean, key=("ref",), subject=lambda s: f"school:{s.ref}")


RECORDERS: dict[str, Callable[[Sequence[Values]], Recorded[Any]]] = {
    "families": record_families,
    "children": record_children,
    "enrolments": record_enrolments,
    "attendance": record_attendance,
    "services": record_services,
    "consents": record_consents,
    "flip": record_flip,
    "schools": record_schools,
}


def known_references() -> dict[str, set[str]]:
    """The children and families the records already have."""
    return {
        "children": set(db.session.scalars(sa.select(Child.ref))),
        "families": set(db.session.scalars(sa.select(Family.ref))),
    }


__all__ = ["RECORDERS", "Tally", "known_references"]
