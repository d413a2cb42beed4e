"""The rows behind the figures. Each statement gives ``ref``, ``what``, ``on`` and ``quantity``.

Children, families and parents appear by their reference only.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.programmes.codes import ChildStatus, FlipOutcome, Programme
from portal.programmes.figures.periods import twelve_months_start
from portal.programmes.models import Child, Enrolment, Family, FlipParent, School, Service

Rows = sa.Select[Any]


def _columns(ref: Any, what: Any, on: Any, quantity: Any = None) -> tuple[Any, ...]:
    counted = sa.literal(1) if quantity is None else quantity
    return (
        ref.label("ref"),
        sa.cast(what, sa.Text).label("what"),
        on.label("on"),
        counted.label("quantity"),
    )


def _in_care(on: date) -> sa.ColumnElement[bool]:
    return sa.and_(
        Child.admitted_on <= on,
        sa.or_(Child.status == ChildStatus.IN_CARE, Child.status_on > on),
    )


def parents_trained(as_of: date) -> Rows:
    """Parents whose FLIP course was over by that day."""
    return sa.select(*_columns(FlipParent.ref, FlipParent.course, FlipParent.completed_on)).where(
        FlipParent.completed_on <= as_of
    )


def parents_who_found(outcome: FlipOutcome, as_of: date) -> Rows:
    """Parents with that outcome by that day; an outcome without a date counts."""
    return sa.select(*_columns(FlipParent.ref, FlipParent.course, FlipParent.outcome_on)).where(
        FlipParent.outcome == outcome,
        sa.or_(FlipParent.outcome_on.is_(None), FlipParent.outcome_on <= as_of),
    )


def parents_employed(as_of: date) -> Rows:
    """Parents who found a job."""
    return parents_who_found(FlipOutcome.EMPLOYED, as_of)


def businesses_started(as_of: date) -> Rows:
    """Parents who started a business."""
    return parents_who_found(FlipOutcome.BUSINESS, as_of)


def schools_renovated(as_of: date) -> Rows:
    """Schools whose renovation was over by that day."""
    return sa.select(*_columns(School.ref, School.name, School.renovation_completed_on)).where(
        School.renovation_completed_on <= as_of
    )


def children_in_care(as_of: date) -> Rows:
    """Children admitted by that day who had not yet left, graduated or found a job."""
    return sa.select(*_columns(Child.ref, Child.site, Child.admitted_on)).where(_in_care(as_of))


def children_in_programme(programme: Programme, as_of: date) -> Rows:
    """Children in care on that day with an enrolment of the programme that ran on it."""
    running = sa.exists().where(
        Enrolment.child_id == Child.id,
        Enrolment.programme == programme,
        Enrolment.start_on <= as_of,
        sa.or_(Enrolment.end_on.is_(None), Enrolment.end_on >= as_of),
    )
    return children_in_care(as_of).where(running)


def children_employed(as_of: date) -> Rows:
    """Young people who had found a job by that day."""
    return sa.select(*_columns(Child.ref, Child.site, Child.status_on)).where(
        Child.status == ChildStatus.EMPLOYED, Child.status_on <= as_of
    )


def children_admitted(as_of: date) -> Rows:
    """Children taken in during the twelve months."""
    return sa.select(*_columns(Child.ref, Child.site, Child.admitted_on)).where(
        Child.admitted_on.between(twelve_months_start(as_of), as_of)
    )


def families_accompanied(as_of: date) -> Rows:
    """Families with at least one child in care on that day."""
    with_child = sa.exists().where(Child.family_id == Family.id, _in_care(as_of))
    return sa.select(*_columns(Family.ref, Family.site, Family.identified_on)).where(with_child)


def services_given(kinds: tuple[str, ...], as_of: date) -> Rows:
    """What was given in the twelve months, in the records' own unit."""
    return sa.select(*_columns(Service.ref, Service.kind, Service.on, Service.quantity)).where(
        sa.func.lower(sa.func.trim(Service.kind)).in_(kinds),
        Service.on.between(twelve_months_start(as_of), as_of),
    )
