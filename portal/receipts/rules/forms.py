"""The official forms and the rates of the tax reduction, each with the days it is in force.

A change of the law is a new row here, never an edit of an old one: an old receipt is judged by
the row of its day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from portal.core.money import Money


class DonorKind(StrEnum):
    """Who gives: a private person (CGI art. 200) or a company (CGI art. 238 bis)."""

    PERSON = "person"
    COMPANY = "company"


class NothingInForce(LookupError):
    """No form or rate of the table applies on that day."""


@dataclass(frozen=True, slots=True)
class ReceiptForm:
    """One version of an official model of receipt, in force on [``since``, ``until``[."""

    number: str
    label: str
    donor_kind: DonorKind
    legal_basis: str
    title: str
    since: date
    until: date | None
    source: str


@dataclass(frozen=True, slots=True)
class ReductionRate:
    """A rate of reduction, up to a yearly amount of gifts where there is one."""

    legal_basis: str
    category: str
    rate: Decimal
    up_to: Money | None
    since: date
    until: date | None
    source: str


_PERSON_TITLE = (
    "Reçu des dons et versements effectués par les particuliers"
    " au titre des articles 200 et 978 du code général des impôts"
)
_COMPANY_TITLE = (
    "Reçu des dons et versements effectués par les entreprises"
    " au titre de l’article 238 bis du code général des impôts"
)

FORMS: tuple[ReceiptForm, ...] = (
    ReceiptForm(
        number="11580*05",
        label="2041-RD",
        donor_kind=DonorKind.PERSON,
        legal_basis="200",
        title=_PERSON_TITLE,
        since=date(2023, 4, 1),
        until=None,
        source="model of April 2023, CGI art. 200, 5",
    ),
    ReceiptForm(
        number="16216*01",
        label="2041-MEC-SD",
        donor_kind=DonorKind.COMPANY,
        legal_basis="238 bis",
        title=_COMPANY_TITLE,
        since=date(2022, 6, 10),
        until=date(2023, 10, 17),
        source="model of 10 June 2022, CGI art. 238 bis, 5 bis",
    ),
    ReceiptForm(
        number="16216*02",
        label="2041-MEC-SD",
        donor_kind=DonorKind.COMPANY,
        legal_basis="238 bis",
        title=_COMPANY_TITLE,
        since=date(2023, 10, 17),
        until=None,
        source="model found in use on 17 October 2023, CGI art. 238 bis, 5 bis",
    ),
)

GENERAL = "general"
PEOPLE_IN_NEED = "people_in_need"

RATES: tuple[ReductionRate, ...] = (
    ReductionRate("200", GENERAL, Decimal("0.66"), None, date(2020, 1, 1), None, "CGI art. 200, 1"),
    ReductionRate(
        "200",
        PEOPLE_IN_NEED,
        Decimal("0.75"),
        Money(100_000),
        date(2020, 1, 1),
        date(2025, 10, 14),
        "CGI art. 200, 1 ter",
    ),
    ReductionRate(
        "200",
        PEOPLE_IN_NEED,
        Decimal("0.75"),
        Money(200_000),
        date(2025, 10, 14),
        None,
        "CGI art. 200, 1 ter; loi n° 2026-103 du 19 février 2026, art. 28",
    ),
    ReductionRate(
        "238 bis",
        GENERAL,
        Decimal("0.60"),
        Money(200_000_000),
        date(2020, 1, 1),
        None,
        "CGI art. 238 bis, 2; 40 % beyond",
    ),
)


def _in_force(since: date, until: date | None, on: date) -> bool:
    return since <= on and (until is None or on < until)


def form_for(kind: DonorKind, on: date) -> ReceiptForm:
    """The form for receipts issued on that day to that kind of donor; raises NothingInForce."""
    for form in FORMS:
        if form.donor_kind is kind and _in_force(form.since, form.until, on):
            return form
    raise NothingInForce(f"no form for a {kind} on {on.isoformat()}")


def form_numbered(number: str) -> ReceiptForm:
    """The form with that official number, in force or not; raises NothingInForce."""
    for form in FORMS:
        if form.number == number:
            return form
    raise NothingInForce(f"there is no form {number}")


def reduction_rate(legal_basis: str, category: str, on: date) -> ReductionRate:
    """The rate for gifts of that category paid on that day; raises NothingInForce."""
    for rate in RATES:
        same = (rate.legal_basis, rate.category) == (legal_basis, category)
        if same and _in_force(rate.since, rate.until, on):
            return rate
    raise NothingInForce(f"no rate for {category} gifts (art. {legal_basis}) on {on.isoformat()}")
