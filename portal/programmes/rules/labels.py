"""The words for the codes of the field tables (formats.md), as English msgids.

``told_…`` gives the words a sponsor may read, or None: what is not listed is not told. An activity
or a grade is free text in the records, so it could be a school's name; health, protection and
what a family receives are never told.
"""

from __future__ import annotations

from portal.core.i18n_markers import N_
from portal.programmes.codes import ChildStatus, Outcome, Programme, Sex, Site

SITES: dict[Site, str] = {
    Site.PHNOM_PENH: N_("Phnom Penh"),
    Site.SIEM_REAP: N_("Siem Reap"),
    Site.SIHANOUKVILLE: N_("Sihanoukville"),
}
PROGRAMMES: dict[Programme, str] = {
    Programme.EDUCATION: N_("Education"),
    Programme.VOCATIONAL_TRAINING: N_("Vocational training"),
    Programme.FOOD: N_("Food"),
    Programme.HEALTH: N_("Health"),
    Programme.PROTECTION: N_("Protection"),
    Programme.FAMILY_SUPPORT: N_("Family support"),
}
STATUSES: dict[ChildStatus, str] = {
    ChildStatus.IN_CARE: N_("In care"),
    ChildStatus.EMPLOYED: N_("In a job"),
    ChildStatus.GRADUATED: N_("Graduated"),
    ChildStatus.LEFT: N_("Left"),
    ChildStatus.MOVED_AWAY: N_("Moved away"),
    ChildStatus.REUNITED: N_("Back with the family"),
    ChildStatus.DECEASED: N_("Deceased"),
}
OUTCOMES: dict[Outcome, str] = {
    Outcome.PASSED: N_("Passed"),
    Outcome.REPEATED: N_("Repeats the year"),
    Outcome.DROPPED_OUT: N_("Stopped"),
    Outcome.TRANSFERRED: N_("Transferred"),
    Outcome.GRADUATED: N_("Graduated"),
    Outcome.EMPLOYED: N_("Found a job"),
}
SEXES: dict[Sex, str] = {Sex.F: N_("Girl"), Sex.M: N_("Boy")}

ACTIVITIES: dict[tuple[Programme, str], str] = {
    (Programme.EDUCATION, "preschool"): N_("Preschool"),
    (Programme.EDUCATION, "public_school"): N_("Public school"),
    (Programme.EDUCATION, "catch_up_class"): N_("Catch-up class"),
    (Programme.VOCATIONAL_TRAINING, "audiovisual"): N_("Audiovisual training"),
    (Programme.VOCATIONAL_TRAINING, "construction_trades"): N_("Training in construction trades"),
    (Programme.VOCATIONAL_TRAINING, "gardening"): N_("Training in gardening"),
    (Programme.VOCATIONAL_TRAINING, "hairdressing_and_wellness"): N_(
        "Training in hairdressing and wellness"
    ),
    (Programme.VOCATIONAL_TRAINING, "hotel_and_tourism"): N_("Training in hotels and tourism"),
    (Programme.VOCATIONAL_TRAINING, "mechanics"): N_("Training in mechanics"),
    (Programme.VOCATIONAL_TRAINING, "sales_and_business"): N_("Training in sales and business"),
    (Programme.VOCATIONAL_TRAINING, "secretarial"): N_("Secretarial training"),
    (Programme.FOOD, "daily_meals"): N_("Meals at PSE"),
}
GRADED: dict[str, str] = {
    N_("Public school"): N_("Public school, grade %(grade)s"),
    N_("Catch-up class"): N_("Catch-up class, grade %(grade)s"),
}
GRADES = frozenset(str(grade) for grade in range(1, 13))
LEARNING = (Programme.VOCATIONAL_TRAINING, Programme.EDUCATION)
_OFFICE_ACTIVITIES: dict[str, str] = {
    "clinic_follow_up": N_("Clinic follow-up"),
    "boarding": N_("Boarding"),
    "day_care": N_("Day care"),
    "rice_compensation": N_("Rice for the family"),
}
TOLD_SERVICES = frozenset({"meals"})


def told_activity(programme: Programme, activity: str, grade: str) -> tuple[str, str] | None:
    """The msgid and the grade a sponsor may read of an enrolment, or None when it is not told."""
    label = ACTIVITIES.get((programme, activity.strip().casefold()))
    if label is None:
        return None
    if label in GRADED and grade.strip() in GRADES:
        return GRADED[label], grade.strip()
    return label, ""


def office_activity(programme: Programme, activity: str) -> str:
    """The words for an activity in the office: its label, or the record's own words made readable."""
    code = activity.strip().casefold()
    known = ACTIVITIES.get((programme, code)) or _OFFICE_ACTIVITIES.get(code)
    return known or activity.replace("_", " ").strip().capitalize()
