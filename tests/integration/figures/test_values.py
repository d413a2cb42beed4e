"""Figures are computed from the records."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portal.core.db import db
from portal.programmes.codes import ChildStatus, FlipOutcome, Programme
from portal.programmes.figures import FIGURES, computed, figure_named, public_figures
from portal.programmes.models import Service
from tests.factories.children import make_child, make_enrolment, make_family
from tests.factories.newsletters import make_flip_results, make_parents

TODAY = date(2026, 11, 22)


def _values(as_of: date = TODAY) -> dict[str, int]:
    return {found.figure.code: found.value for found in computed(as_of)}


def test_flip_ended_with_its_published_results(app: Flask) -> None:
    make_flip_results(trained=520, employed=330, businesses=484, renovated=4)
    found = _values()
    assert found["flip.parents_trained"] == 520
    assert found["flip.parents_employed"] == 330
    assert found["flip.businesses_started"] == 484
    assert found["flip.schools_renovated"] == 4


def test_the_future_of_flip_does_not_count_yet(app: Flask) -> None:
    later = date(2026, 11, 23)
    make_parents(3, completed_on=later, outcome=FlipOutcome.EMPLOYED, outcome_on=later)
    assert _values()["flip.parents_trained"] == 0
    assert _values()["flip.parents_employed"] == 0
    assert _values(later)["flip.parents_trained"] == 3
    assert _values(later)["flip.parents_employed"] == 3


@pytest.mark.parametrize(
    ("given", "counts", "why"),
    [
        ({}, 1, "in care"),
        ({"admitted_on": date(2026, 11, 22)}, 1, "admitted that day"),
        ({"admitted_on": date(2026, 11, 23)}, 0, "admitted the day after"),
        ({"status": ChildStatus.LEFT, "status_on": date(2026, 11, 23)}, 1, "leaves tomorrow"),
        ({"status": ChildStatus.LEFT, "status_on": date(2026, 11, 22)}, 0, "left today"),
        ({"status": ChildStatus.EMPLOYED, "status_on": None}, 0, "employed, nobody knows when"),
    ],
)
def test_a_child_is_in_care(app: Flask, given: dict[str, Any], counts: int, why: str) -> None:
    make_child(**given)
    assert _values()["children.in_care"] == counts, why


def test_a_child_counts_once_in_each_programme_that_runs(app: Flask) -> None:
    child = make_child(in_class=False)
    make_enrolment(child)
    make_enrolment(child, activity="catch_up_class")
    make_enrolment(child, programme=Programme.FOOD, activity="daily_meals", grade="")
    over = {"start_on": date(2025, 1, 1), "end_on": date(2026, 11, 21)}
    make_enrolment(child, programme=Programme.HEALTH, activity="clinic_follow_up", **over)
    found = _values()
    assert found["children.in_care.education"] == 1
    assert found["children.in_care.food"] == 1
    assert found["children.in_care.health"] == 0
    assert found["children.in_care"] == 1


def test_meals_of_the_last_twelve_months_are_summed(app: Flask) -> None:
    child = make_child()
    for on, meals in (
        ("2025-11-22", 999),
        ("2025-11-23", 20),
        ("2026-11-22", 22),
        ("2026-11-23", 7),
    ):
        db.session.add(
            Service(
                ref=child.ref,
                child_id=child.id,
                kind="meals",
                on=date.fromisoformat(on),
                quantity=Decimal(meals),
            )
        )
    db.session.commit()
    assert _values()["meals.served"] == 42


def test_a_family_counts_while_a_child_of_it_is_in_care(app: Flask) -> None:
    family = make_family()
    make_family()
    make_child(family_id=family.id)
    make_child(family_id=family.id)
    assert _values()["families.accompanied"] == 1


def test_a_small_group_of_persons_is_not_told_exactly(app: Flask) -> None:
    make_flip_results(trained=4, employed=5, businesses=0, renovated=4)
    told = {f.code: f.value for f in public_figures(TODAY, "en")}
    assert told["flip.parents_trained"] == "fewer than 5"
    assert told["flip.businesses_started"] == "fewer than 5"
    assert told["flip.parents_employed"] == "5"
    assert told["flip.schools_renovated"] == "4", "a school is not a person"


def test_figures_speak_french_and_english(app: Flask) -> None:
    make_parents(1200, completed_on=date(2012, 6, 1))
    codes = ["flip.parents_trained"]
    french, english = (public_figures(TODAY, code, codes)[0] for code in ("fr", "en"))
    assert (french.label, english.label) == ("Parents formés par FLIP", "Parents trained by FLIP")
    assert (french.value, english.value) == ("1\u202f200", "1,200")
    assert english.period == "since the beginning, until November 22, 2026"


def test_every_figure_has_the_rows_behind_it(app: Flask) -> None:
    child = make_child()
    assert figure_named("children.in_care") is not None
    for figure in FIGURES:
        rows = db.session.execute(figure.rows(TODAY)).all()
        assert all(child.family_name_latin not in str(row) for row in rows)
