"""Every figure that is published, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from portal.core.i18n_markers import N_
from portal.programmes.codes import Programme
from portal.programmes.figures import records
from portal.programmes.figures.periods import Period


@dataclass(frozen=True, slots=True)
class Figure:
    """A query with a name.

    ``label`` and ``about`` are English msgids; ``rows(as_of)`` are the records behind it.
    ``summed``: the value is the sum of their quantities, not their number. ``people``: it counts
    persons, so that a small group is not published.
    """

    code: str
    label: str
    about: str
    period: Period
    rows: Callable[[date], records.Rows]
    people: bool = True
    summed: bool = False


_PROGRAMMES = {
    Programme.EDUCATION: N_("Children in the education programme"),
    Programme.VOCATIONAL_TRAINING: N_("Young people in vocational training"),
    Programme.FOOD: N_("Children in the food programme"),
    Programme.HEALTH: N_("Children in the health programme"),
    Programme.PROTECTION: N_("Children in the protection programme"),
    Programme.FAMILY_SUPPORT: N_("Children in the family support programme"),
}
_IN_PROGRAMME = N_(
    "Children in care on that day, with an enrolment of the programme running on it."
)

FIGURES: tuple[Figure, ...] = (
    Figure(
        "children.in_care",
        N_("Children in care"),
        N_("Children admitted by that day who had not left, graduated or found a job."),
        Period.ON,
        records.children_in_care,
    ),
    *(
        Figure(
            f"children.in_care.{programme}",
            label,
            _IN_PROGRAMME,
            Period.ON,
            partial(records.children_in_programme, programme),
        )
        for programme, label in _PROGRAMMES.items()
    ),
    Figure(
        "children.admitted",
        N_("Children taken in during the year"),
        N_("Children admitted in the twelve months."),
        Period.TWELVE_MONTHS,
        records.children_admitted,
    ),
    Figure(
        "children.employed",
        N_("Young people in a job"),
        N_("Young people who had found a job by that day: the goal of the programmes."),
        Period.UNTIL,
        records.children_employed,
    ),
    Figure(
        "families.accompanied",
        N_("Families accompanied"),
        N_("Families with at least one child in care on that day."),
        Period.ON,
        records.families_accompanied,
    ),
    Figure(
        "meals.served",
        N_("Meals served"),
        N_("The sum of the meals recorded in the twelve months."),
        Period.TWELVE_MONTHS,
        partial(records.services_given, ("meals",)),
        people=False,
        summed=True,
    ),
    Figure(
        "health.visits",
        N_("Health and dental visits"),
        N_("The sum of the health checks and dental visits recorded in the twelve months."),
        Period.TWELVE_MONTHS,
        partial(records.services_given, ("health_check", "dental_care")),
        people=False,
        summed=True,
    ),
    Figure(
        "rice.kilograms",
        N_("Kilograms of rice given to families"),
        N_("The sum of the rice recorded in the twelve months, in kilograms."),
        Period.TWELVE_MONTHS,
        partial(records.services_given, ("rice",)),
        people=False,
        summed=True,
    ),
    Figure(
        "flip.parents_trained",
        N_("Parents trained by FLIP"),
        N_("Parents whose FLIP course was completed by that day."),
        Period.UNTIL,
        records.parents_trained,
    ),
    Figure(
        "flip.parents_employed",
        N_("Parents who found a job thanks to FLIP"),
        N_("Parents whose outcome is a job, found by that day or without a date."),
        Period.UNTIL,
        records.parents_employed,
    ),
    Figure(
        "flip.businesses_started",
        N_("Parents who started a business thanks to FLIP"),
        N_("Parents whose outcome is a business, begun by that day or without a date."),
        Period.UNTIL,
        records.businesses_started,
    ),
    Figure(
        "flip.schools_renovated",
        N_("Schools renovated by FLIP"),
        N_("Schools whose renovation was completed by that day."),
        Period.UNTIL,
        records.schools_renovated,
        people=False,
    ),
)
_BY_CODE = {figure.code: figure for figure in FIGURES}


def figure_named(code: str) -> Figure | None:
    """The figure of that code."""
    return _BY_CODE.get(code)
