"""All that a sponsor's page may know of a child."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from portal.programmes.codes import Outcome, Programme
from portal.programmes.rules.labels import LEARNING
from portal.programmes.rules.sentences import Sentence, class_label


@dataclass(frozen=True, slots=True)
class ChildView:
    """What templates for sponsors get, in words of the reader's language; never the child's row.

    ``age`` in whole years; ``activity`` is the class or training, '' when it is not known;
    ``since`` the year in which PSE took the child in.
    """

    first_name: str
    age: int
    site: str
    activity: str
    initial: str
    since: int


class EnrolmentRecord(Protocol):
    """What is read of an enrolment."""

    programme: Programme
    activity: str
    grade: str
    start_on: date
    end_on: date | None
    outcome: Outcome | None


def current_class(enrolments: Iterable[EnrolmentRecord], on: date) -> Sentence | None:
    """The class or training a child is in that day (training before school, newest first).

    Between two school years it is the last one; nothing when none may be told.
    """
    begun = [e for e in enrolments if e.programme in LEARNING and e.start_on <= on]

    def order(enrolment: EnrolmentRecord) -> tuple[bool, bool, date, str]:
        running = enrolment.end_on is None or enrolment.end_on >= on
        training = enrolment.programme is LEARNING[0]
        return running, training, enrolment.start_on, enrolment.activity

    for enrolment in sorted(begun, key=order, reverse=True):
        label = class_label(enrolment.programme, enrolment.activity, enrolment.grade)
        if label is not None:
            return label
    return None
