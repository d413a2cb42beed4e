"""Which news a record gives: pure derivations, each with the source it rests on.

Only what sponsors may read is derived at all: learning, meals at PSE, attendance, a job. Health,
protection and what a family receives give no fact. Sums (attendance, meals) are told once their
school year is over, so that an approved sentence does not change from month to month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from portal.programmes.codes import ChildStatus, Outcome, Programme, Site
from portal.programmes.rules.ages import school_year_end, school_year_of
from portal.programmes.rules.labels import LEARNING, TOLD_SERVICES, told_activity

FEWEST_DAYS = 20  # fewer days of class than that say nothing about a school year


@dataclass(frozen=True, slots=True)
class News:
    """A fact that a record gives; ``source`` names the record and stays when its content changes."""

    kind: str
    on: date
    details: dict[str, Any]
    source: str


class ChildRecord(Protocol):
    """What is read of a child."""

    site: Site
    admitted_on: date
    status: ChildStatus
    status_on: date | None


class EnrolmentRecord(Protocol):
    """What is read of an enrolment."""

    programme: Programme
    activity: str
    grade: str
    start_on: date
    end_on: date | None
    outcome: Outcome | None


class AttendanceRecord(Protocol):
    """What is read of a month."""

    month: date
    days_expected: int
    days_present: int


class ServiceRecord(Protocol):
    """What is read of something given to a child."""

    kind: str
    on: date
    quantity: Decimal


def news_of(
    child: ChildRecord,
    enrolments: Iterable[EnrolmentRecord],
    attendance: Iterable[AttendanceRecord],
    services: Iterable[ServiceRecord],
    today: date,
) -> list[News]:
    """All facts the records of a child give today, oldest first. Records of tomorrow give none."""
    found = [
        *_of_child(child),
        *(news for e in enrolments for news in _of_enrolment(e)),
        *_of_attendance(attendance, today),
        *_of_services(services, today),
    ]
    return sorted((n for n in found if n.on <= today), key=lambda n: (n.on, n.source))


def _of_child(child: ChildRecord) -> Iterator[News]:
    yield News("admitted", child.admitted_on, {"site": str(child.site)}, "child:admitted")
    if child.status is ChildStatus.EMPLOYED and child.status_on:
        yield News("employed", child.status_on, {}, "child:employed")


def _of_enrolment(enrolment: EnrolmentRecord) -> Iterator[News]:
    told = told_activity(enrolment.programme, enrolment.activity, enrolment.grade)
    if told is None or enrolment.programme not in LEARNING:
        return
    what = {
        "programme": str(enrolment.programme),
        "activity": enrolment.activity,
        "grade": enrolment.grade,
    }
    source = f"enrolment:{enrolment.programme}:{enrolment.activity}:{enrolment.start_on}"
    yield News("started", enrolment.start_on, what, f"{source}:start")
    if enrolment.end_on:
        ended = what | {"outcome": str(enrolment.outcome or "")}
        yield News("finished", enrolment.end_on, ended, f"{source}:end")


def _of_attendance(months: Iterable[AttendanceRecord], today: date) -> Iterator[News]:
    years: dict[int, list[AttendanceRecord]] = defaultdict(list)
    for row in months:
        years[school_year_of(row.month)].append(row)
    for year, rows in years.items():
        expected = sum(row.days_expected for row in rows)
        if school_year_end(year) < today and expected >= FEWEST_DAYS:
            present = sum(row.days_present for row in rows)
            details = {"year": year, "present": present, "expected": expected}
            yield News("attended", school_year_end(year), details, f"attendance:{year}")


def _of_services(services: Iterable[ServiceRecord], today: date) -> Iterator[News]:
    sums: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for row in services:
        if row.kind.strip().casefold() in TOLD_SERVICES:
            sums[row.kind.strip().casefold(), school_year_of(row.on)] += row.quantity
    for (kind, year), quantity in sums.items():
        if school_year_end(year) < today and int(quantity) > 0:
            details = {"year": year, "service": kind, "quantity": int(quantity)}
            yield News("received", school_year_end(year), details, f"service:{kind}:{year}")
