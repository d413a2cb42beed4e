"""Names, ages, classes and sentences: only what is on the lists comes out."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from portal.programmes.codes import Programme
from portal.programmes.rules.ages import age_on, school_year_end, school_year_of
from portal.programmes.rules.child_view import current_class
from portal.programmes.rules.first_names import shown_first_name
from portal.programmes.rules.labels import office_activity, told_activity
from portal.programmes.rules.sentences import NothingToTell, sentence_of


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("2016-03-04", "2026-03-03", 9),
        ("2016-03-04", "2026-03-04", 10),
        ("2016-02-29", "2026-02-28", 9),
        ("2016-02-29", "2026-03-01", 10),
        ("2026-11-22", "2026-11-22", 0),
    ],
)
def test_age_in_whole_years(born: str, on: str, age: int) -> None:
    assert age_on(dt.date.fromisoformat(born), dt.date.fromisoformat(on)) == age


@pytest.mark.parametrize(
    ("on", "year"), [("2026-08-31", 2025), ("2026-09-01", 2026), ("2026-01-15", 2025)]
)
def test_the_school_year_of_a_day(on: str, year: int) -> None:
    assert school_year_of(dt.date.fromisoformat(on)) == year
    assert dt.date.fromisoformat(on) <= school_year_end(year)


@pytest.mark.parametrize(
    ("called", "given", "surname", "shown"),
    [
        ("Dara", "Dara", "Sok", "Dara"),
        ("Sok Dara", "Dara", "Sok", "Dara"),
        ("SOK dara", "Dara", "Sok", "dara"),
        ("Sók", "Dara", "Sok", "Dara"),
        ("", "Sok Dara", "Sok", "Dara"),
        ("", "Sok", "Sok", "Sok"),
        ("Sreymom", "Sok Srey", "Sok", "Sreymom"),
        ("", "SOK, Dara", "Sok", "Dara"),
        ("Dara (Sok)", "Dara", "Sok", "Dara"),
        ("", "Sok-Dara", "Sok", "Dara"),
        ("Sok Chea Dara", "Dara", "Sok-Chea", "Dara"),
        ("Anne-Marie", "Anne-Marie", "Sok", "Anne-Marie"),
    ],
)
def test_the_first_name_never_carries_the_surname(
    called: str, given: str, surname: str, shown: str
) -> None:
    assert shown_first_name(called, given, surname) == shown


@pytest.mark.parametrize(
    ("programme", "activity", "grade", "told"),
    [
        ("education", "public_school", "4", ("Public school, grade %(grade)s", "4")),
        ("education", "public_school", "", ("Public school", "")),
        ("education", "public_school", "Wat Phnom", ("Public school", "")),
        ("education", "Lycée Preah Sisowath", "4", None),
        ("vocational_training", "mechanics", "2", ("Training in mechanics", "")),
        ("health", "clinic_follow_up", "", None),
        ("protection", "boarding", "", None),
        ("family_support", "rice_compensation", "", None),
    ],
)
def test_only_listed_activities_are_told(
    programme: str, activity: str, grade: str, told: tuple[str, str] | None
) -> None:
    assert told_activity(Programme(programme), activity, grade) == told


def test_the_office_reads_unknown_activities_as_words() -> None:
    assert office_activity(Programme.EDUCATION, "evening_class") == "Evening class"


def enrolment(**given: Any) -> Any:
    values = {
        "programme": Programme.EDUCATION,
        "activity": "public_school",
        "grade": "4",
        "start_on": dt.date(2025, 11, 1),
        "end_on": None,
        "outcome": None,
    }
    return SimpleNamespace(**(values | given))


def test_the_class_shown_is_the_running_one_training_first() -> None:
    today = dt.date(2026, 11, 22)
    old = enrolment(grade="3", start_on=dt.date(2024, 11, 1), end_on=dt.date(2025, 8, 31))
    training = enrolment(programme=Programme.VOCATIONAL_TRAINING, activity="mechanics")
    unknown = enrolment(activity="Wat Phnom school", start_on=dt.date(2026, 11, 1))
    shown = current_class([old, enrolment(), unknown], today)
    assert shown is not None
    assert shown.values == {"grade": "4"}
    assert current_class([enrolment(), training], today).msgid == "Training in mechanics"  # type: ignore[union-attr]
    assert current_class([old], today).values == {"grade": "3"}  # type: ignore[union-attr]
    assert current_class([unknown], today) is None


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("started", {"programme": "education", "activity": "Wat Phnom school"}),
        ("started", {"programme": "health", "activity": "clinic_follow_up"}),
        ("started", {}),
        ("admitted", {"site": "a village"}),
        ("received", {"year": 2025, "service": "vaccination", "quantity": 1}),
        ("diagnosed", {}),
    ],
)
def test_what_is_not_on_the_lists_has_no_sentence(kind: str, details: dict[str, Any]) -> None:
    with pytest.raises(NothingToTell):
        sentence_of(kind, details)
