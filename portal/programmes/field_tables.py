"""The field teams' tables, as they come in."""

from __future__ import annotations

from portal.core.tables.columns import Amount, Code, Column, Ref, Text, Whole, Words, YesNo
from portal.core.tables.dates import Day, Month
from portal.core.tables.rules import at_most, not_before
from portal.core.tables.spec import Reference, Table
from portal.programmes.codes import (
    ChildStatus,
    ConsentScope,
    Course,
    FlipOutcome,
    Livelihood,
    Outcome,
    Programme,
    Sex,
    Site,
)

_OF_A_CHILD = Reference("child_ref", ("children",))
_OF_A_FAMILY = Reference("family_ref", ("families",))

FAMILIES = Table(
    name="families",
    key=("family_ref",),
    columns=(
        Column("family_ref", Ref(), required=True),
        Column("site", Code(Site), required=True),
        Column("district", Text()),
        Column("head_name_latin", Text()),
        Column("household_size", Whole(0, 99)),
        Column("monthly_income_usd", Amount()),
        Column("livelihood", Code(Livelihood)),
        Column("identified_on", Day(past=True)),
        Column("identified_by", Text()),
    ),
)

CHILDREN = Table(
    name="children",
    key=("child_ref",),
    columns=(
        Column("child_ref", Ref(), required=True),
        Column("family_ref", Ref()),
        Column("family_name_latin", Text(), required=True),
        Column("given_name_latin", Text(), required=True),
        Column("name_km", Text()),
        Column("called", Text()),
        Column("sex", Code(Sex), required=True),
        Column("born_on", Day(past=True), required=True),
        Column("born_on_is_estimate", YesNo()),
        Column("site", Code(Site), required=True),
        Column("admitted_on", Day(past=True), required=True),
        Column("status", Code(ChildStatus), required=True),
        Column("status_on", Day(past=True)),
        Column("sponsorable", YesNo()),
        Column("need", Whole(1, 5)),
    ),
    references=(_OF_A_FAMILY,),
    rules=(not_before("admitted_on", "born_on"),),
)

ENROLMENTS = Table(
    name="enrolments",
    key=("child_ref", "programme", "activity", "start_on"),
    columns=(
        Column("child_ref", Ref(), required=True),
        Column("programme", Code(Programme), required=True),
        Column("activity", Text(), required=True),
        Column("grade", Text()),
        Column("start_on", Day(), required=True),
        Column("end_on", Day()),
        Column("outcome", Code(Outcome)),
    ),
    references=(_OF_A_CHILD,),
    rules=(not_before("end_on", "start_on"),),
)

ATTENDANCE = Table(
    name="attendance",
    key=("child_ref", "month"),
    columns=(
        Column("child_ref", Ref(), required=True),
        Column("month", Month(past=True), required=True),
        Column("days_expected", Whole(0, 31), required=True),
        Column("days_present", Whole(0, 31), required=True),
    ),
    references=(_OF_A_CHILD,),
    rules=(at_most("days_present", "days_expected"),),
)

SERVICES = Table(
    name="services",
    key=("ref", "kind", "on"),
    columns=(
        Column("ref", Ref(), required=True),
        Column("kind", Text(), required=True),
        Column("on", Day(past=True), required=True),
        Column("quantity", Amount(), required=True),
        Column("unit", Text()),
    ),
    references=(Reference("ref", ("children", "families")),),
)

CONSENTS = Table(
    name="consents",
    key=("child_ref", "scope", "granted_on"),
    columns=(
        Column("child_ref", Ref(), required=True),
        Column("guardian", Text()),
        Column("scope", Code(ConsentScope), required=True),
        Column("granted_on", Day(past=True), required=True),
        Column("expires_on", Day()),
        Column("withdrawn_on", Day(past=True)),
    ),
    references=(_OF_A_CHILD,),
    rules=(not_before("expires_on", "granted_on"), not_before("withdrawn_on", "granted_on")),
)

FLIP = Table(
    name="flip",
    key=("parent_ref",),
    columns=(
        Column("parent_ref", Ref(), required=True),
        Column("family_ref", Ref()),
        Column("parent_name_latin", Text()),
        Column("course", Code(Course), required=True),
        Column("started_on", Day(), required=True),
        Column("completed_on", Day()),
        Column("outcome", Code(FlipOutcome)),
        Column("outcome_on", Day(past=True)),
        Column("loan_usd", Amount()),
        Column("loan_partner", Text()),
    ),
    references=(_OF_A_FAMILY,),
    rules=(not_before("completed_on", "started_on"), not_before("outcome_on", "started_on")),
)

SCHOOLS = Table(
    name="schools",
    key=("school_ref",),
    columns=(
        Column("school_ref", Ref(), required=True),
        Column("name", Text(), required=True),
        Column("district", Text()),
        Column("renovation_started_on", Day()),
        Column("renovation_completed_on", Day()),
        Column("works", Words()),
    ),
    rules=(not_before("renovation_completed_on", "renovation_started_on"),),
)

TABLES = (FAMILIES, CHILDREN, ENROLMENTS, ATTENDANCE, SERVICES, CONSENTS, FLIP, SCHOOLS)
