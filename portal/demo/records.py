"""Believable programme records, as the field teams would send them; the same for the same seed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from portal.demo.names import BOYS_KM, DISTRICTS, FAMILY_KM, GIRLS_KM

Row = dict[str, Any]
SITES = ("phnom_penh",) * 7 + ("siem_reap",) * 2 + ("sihanoukville",)
LIVELIHOODS = (
    "scavenging", "water_bindweed", "stone_breaking", "construction_day_labour",
    "street_vending", "garment", "none",
)  # fmt: skip
TRADES = (
    "secretarial", "construction_trades", "hairdressing_and_wellness", "mechanics", "gardening",
    "audiovisual", "hotel_and_tourism", "sales_and_business",
)  # fmt: skip
TRAINED, EMPLOYED, BUSINESSES = 520, 330, 484  # what FLIP published
DAY = dt.timedelta(days=1)


@dataclass
class Records:
    """The tables under way."""

    chance: Random
    today: dt.date
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, **row: Any) -> None:
        """One more row."""
        self.tables.setdefault(table, []).append(row)

    def day(self, first: dt.date, last: dt.date) -> dt.date:
        """A day between the two, never after today."""
        last = min(max(first, last), self.today)
        return first + DAY * self.chance.randint(0, max(0, (last - first).days))


def programme_records(chance: Random, today: dt.date, children: int) -> dict[str, list[Row]]:
    """Families, children and all that hangs on them, FLIP and its schools."""
    records = Records(chance, today)
    families = _families(records, max(1, children * 2 // 5))
    for number in range(1, children + 1):
        _child(records, number, chance.choice(families))
    _flip(records, [row["family_ref"] for row in families])
    _schools(records)
    return records.tables


def _families(records: Records, count: int) -> list[Row]:
    chance = records.chance
    for number in range(1, count + 1):
        site = chance.choice(SITES)
        records.add(
            "families",
            family_ref=f"F{number:05}",
            site=site,
            district=chance.choice(DISTRICTS[site]),
            head_name_latin=_full_name(chance),
            household_size=chance.randint(3, 9),
            monthly_income_usd=chance.randrange(30, 130, 10),
            livelihood=chance.choice(LIVELIHOODS),
            identified_on=records.day(dt.date(2012, 1, 1), records.today - 400 * DAY),
            identified_by=f"SW{chance.randint(1, 28):02}",
        )
    return records.tables["families"]


def _full_name(chance: Random) -> str:
    return f"{chance.choice(list(FAMILY_KM))} {chance.choice([*GIRLS_KM, *BOYS_KM])}"


def _child(records: Records, number: int, family: Row) -> None:
    chance, today = records.chance, records.today
    ref, girl = f"C{number:06}", chance.random() < 0.52
    given = chance.choice(list(GIRLS_KM if girl else BOYS_KM))
    surname = chance.choice(list(FAMILY_KM))
    age = chance.choice((3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20))
    born = today - DAY * (365 * age + chance.randint(0, 364))
    admitted = records.day(born + DAY * 365 * min(age, 3), today - 60 * DAY)
    status = _status(chance, age)
    records.add(
        "children",
        child_ref=ref,
        family_ref=family["family_ref"],
        family_name_latin=surname,
        given_name_latin=given,
        name_km=f"{FAMILY_KM[surname]} {(GIRLS_KM if girl else BOYS_KM)[given]}",
        called=given,
        sex="F" if girl else "M",
        born_on=born,
        born_on_is_estimate="yes" if chance.random() < 0.3 else "no",
        site=family["site"],
        admitted_on=admitted,
        status=status,
        status_on=admitted if status == "in_care" else records.day(admitted, today),
        sponsorable="yes" if status == "in_care" and chance.random() < 0.85 else "no",
        need=chance.randint(1, 5),
    )
    _consents(records, ref, admitted)
    _school_years(records, ref, age, admitted, status)
    if status == "in_care":
        _months(records, ref)


def _status(chance: Random, age: int) -> str:
    if age >= 18 and chance.random() < 0.45:
        return chance.choice(("employed", "employed", "graduated"))
    return (
        "in_care" if chance.random() < 0.95 else chance.choice(("left", "moved_away", "reunited"))
    )


def _consents(records: Records, ref: str, admitted: dt.date) -> None:
    chance, today = records.chance, records.today
    granted = records.day(max(admitted, today - 700 * DAY), today - 30 * DAY)
    for scope, likely in (("portal", 0.93), ("newsletter", 0.75), ("public_web", 0.4)):
        if chance.random() < likely:
            withdrawn = records.day(granted, today) if chance.random() < 0.05 else ""
            expires = granted.replace(year=granted.year + 3, day=min(granted.day, 28))
            records.add(
                "consents", child_ref=ref, guardian=f"guardian of {ref}", scope=scope,
                granted_on=granted, expires_on=expires, withdrawn_on=withdrawn,
            )  # fmt: skip


def _school_years(records: Records, ref: str, age: int, admitted: dt.date, status: str) -> None:
    chance, today = records.chance, records.today
    first = max(admitted.year, today.year - 4)
    for year in range(first, today.year + 1):
        start, end = dt.date(year, 11, 1), dt.date(year + 1, 8, 31)
        then = age - (today.year - year)
        if start < admitted or start > today or then < 3:
            continue
        programme, activity, grade = _class(chance, then)
        ended = end < today
        leaving = ended and status == "employed" and year >= today.year - 1
        outcome = "employed" if leaving and programme != "education" else "passed"
        records.add(
            "enrolments", child_ref=ref, programme=programme, activity=activity, grade=grade,
            start_on=start, end_on=end if ended else "", outcome=outcome if ended else "",
        )  # fmt: skip
    if status == "in_care":
        records.add(
            "enrolments", child_ref=ref, programme="food", activity="daily_meals", grade="",
            start_on=admitted, end_on="", outcome="",
        )  # fmt: skip


def _class(chance: Random, age: int) -> tuple[str, str, str]:
    if age < 6:
        return "education", "preschool", ""
    if age >= 17:
        return "vocational_training", chance.choice(TRADES), ""
    grade = str(min(12, age - 5))
    return "education", "catch_up_class" if chance.random() < 0.15 else "public_school", grade


def _months(records: Records, ref: str) -> None:
    chance = records.chance
    for month in last_months(records.today, 6):
        expected = chance.randint(15, 22)
        records.add(
            "attendance", child_ref=ref, month=f"{month:%Y-%m}", days_expected=expected,
            days_present=max(0, expected - chance.choice((0, 0, 0, 1, 1, 2, 4))),
        )  # fmt: skip
    records.add(
        "services", ref=ref, kind="meals", on=records.day(records.today - 90 * DAY, records.today),
        quantity=chance.randint(60, 260), unit="meal",
    )  # fmt: skip


def last_months(today: dt.date, count: int) -> Iterator[dt.date]:
    """The first days of the months before this one, newest first."""
    month = today.replace(day=1)
    for _ in range(count):
        month = (month - DAY).replace(day=1)
        yield month


def _flip(records: Records, families: list[str]) -> None:
    chance, first, last = records.chance, dt.date(2011, 8, 1), dt.date(2014, 6, 30)
    for number in range(1, TRAINED + BUSINESSES + 1):
        started = records.day(first, last)
        trained = number <= TRAINED
        if trained:
            outcome = "employed" if number <= EMPLOYED else chance.choice(("seeking", "left"))
        else:
            outcome = "business"
        completed = started + DAY * chance.randint(120, 180) if trained else ""
        records.add(
            "flip",
            parent_ref=f"P{number:04}",
            family_ref=chance.choice(families),
            parent_name_latin=_full_name(chance),
            course=chance.choice(("cuisine", "cleaning", "sewing")) if trained else "business",
            started_on=started,
            completed_on=completed,
            outcome=outcome,
            outcome_on=started + DAY * chance.randint(190, 300),
            loan_usd="" if trained else chance.randrange(100, 600, 50),
            loan_partner="" if trained else "Credit Mutuel Kampuchea",
        )


def _schools(records: Records) -> None:
    for number, district in enumerate(("Russey Keo", "Mean Chey", "Mean Chey", "Dangkao"), 1):
        started = dt.date(2011 + number // 3, 9, 5)
        records.add(
            "schools", school_ref=f"S{number}", name=f"Primary school {number}", district=district,
            renovation_started_on=started, renovation_completed_on=started + 200 * DAY,
            works=records.chance.choice(("roof;latrines", "classrooms", "water;fence")),
        )  # fmt: skip
