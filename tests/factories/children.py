"""Families, children and their records for tests. All names are invented."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any, TypeVar

from portal.core.db import Base, db
from portal.programmes.codes import ChildStatus, ConsentScope, Programme, Sex, Site
from portal.programmes.models import (
    Child,
    Consent,
    Enrolment,
    Fact,
    FactKind,
    FactState,
    Family,
)

_numbers = count(1)
Row = TypeVar("Row", bound=Base)


def _kept(row: Row) -> Row:
    db.session.add(row)
    db.session.commit()
    return row


def make_family(**given: Any) -> Family:
    """A family in Phnom Penh."""
    values = {"ref": f"TF{next(_numbers):05}", "site": Site.PHNOM_PENH} | given
    return _kept(Family(**values))


def make_child(*, consent: bool = True, in_class: bool = True, **given: Any) -> Child:
    """A girl of ten in care in Phnom Penh, sponsorable, with the portal's consent and a class."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "ref": f"TC{number:05}",
        "family_name_latin": f"Surname{number}",
        "given_name_latin": f"Essaya{number}",
        "called": f"Essaya{number}",
        "sex": Sex.F,
        "born_on": dt.date(2016, 3, 4),
        "site": Site.PHNOM_PENH,
        "admitted_on": dt.date(2022, 10, 3),
        "status": ChildStatus.IN_CARE,
        "status_on": dt.date(2022, 10, 3),
        "sponsorable": True,
        "need": 3,
    } | given
    child = _kept(Child(**values))
    if consent:
        make_consent(child)
    if in_class:
        make_enrolment(child)
    return child


def make_consent(child: Child, **given: Any) -> Consent:
    """The guardian's leave to show the child on the portal, for years."""
    values: dict[str, Any] = {
        "child_id": child.id,
        "scope": ConsentScope.PORTAL,
        "granted_on": dt.date(2022, 10, 3),
        "expires_on": dt.date(2032, 10, 3),
        "guardian": f"guardian of {child.ref}",
    } | given
    return _kept(Consent(**values))


def make_enrolment(child: Child, **given: Any) -> Enrolment:
    """The child in grade 4 of public school, since November."""
    values: dict[str, Any] = {
        "child_id": child.id,
        "programme": Programme.EDUCATION,
        "activity": "public_school",
        "grade": "4",
        "start_on": dt.date(2026, 11, 1),
    } | given
    return _kept(Enrolment(**values))


def make_fact(child: Child, **given: Any) -> Fact:
    """An approved fact: joined PSE."""
    values: dict[str, Any] = {
        "child_id": child.id,
        "kind": FactKind.ADMITTED,
        "on": child.admitted_on,
        "details": {"site": str(child.site)},
        "source": f"test:{next(_numbers)}",
        "state": FactState.APPROVED,
    } | given
    return _kept(Fact(**values))
