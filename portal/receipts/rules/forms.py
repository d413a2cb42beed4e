"""The official models of receipt, each with the days it is in force.

:data:`FORMS` are those the portal comes with; an administrator's newer ones are handed in. A new
model is a new row, never an edit of an old one: an old receipt is judged by the row of its day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DonorKind(StrEnum):
    """Who gives: a private person (CGI art. 200) or a company (CGI art. 238 bis)."""

    PERSON = "person"
    COMPANY = "company"


class NothingInForce(LookupError):
    """No form of the table applies on that day."""


@dataclass(frozen=True, slots=True)
class ReceiptForm:
    """One version of an official model of receipt, in force on [``since``, ``until``[.

    ``notes`` are its footnotes, one a line of the model; ``source`` says where it comes from.
    """

    number: str
    label: str
    donor_kind: DonorKind
    legal_basis: str
    title: str
    since: date
    until: date | None
    source: str
    notes: tuple[str, ...] = ()


_PERSON_TITLE = (
    "Reçu des dons et versements effectués par les particuliers"
    " au titre des articles 200 et 978 du code général des impôts"
)
_COMPANY_TITLE = (
    "Reçu des dons et versements effectués par les entreprises"
    " au titre de l’article 238 bis du code général des impôts"
)

_RULING = (
    "La délivrance, en connaissance de cause, de documents permettant à un contribuable d’obtenir"
    " indûment une réduction d’impôt entraîne l’application de l’amende prévue à l’article 1740 A du"
    " code général des impôts."
)
_PERSON_NOTES = (
    (
        "(1) Pour les titres de sociétés cotés et les dons en nature, la valeur du bien donné est"
        " indiquée."
    ),
    (
        "(2) L’organisme bénéficiaire peut cocher une ou plusieurs cases. La fraction du don retenue pour"
        " la réduction d’impôt sur la fortune immobilière ne peut pas ouvrir droit à la réduction d’impôt"
        " sur le revenu, et inversement. L’organisme peut demander à l’administration s’il relève de l’un"
        f" de ces articles (article L. 80 C du livre des procédures fiscales). {_RULING}"
    ),
    (
        "(3) Pour l’impôt sur la fortune immobilière, seuls les dons en numéraire et de titres de"
        " sociétés cotés sont admis."
    ),
    "(4) Par exemple, dons en nature.",
)
_COMPANY_NOTES = (
    (
        "(1) Les dons en nature sont portés pour la valeur communiquée par l’entreprise donatrice (coût"
        " de revient)."
    ),
    (
        "(2) L’organisme bénéficiaire peut demander à l’administration s’il relève de l’article 238 bis"
        f" du code général des impôts (article L. 80 C du livre des procédures fiscales). {_RULING}"
    ),
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
        source="modèle d’avril 2023, CGI art. 200, 5",
        notes=_PERSON_NOTES,
    ),
    ReceiptForm(
        number="16216*01",
        label="2041-MEC-SD",
        donor_kind=DonorKind.COMPANY,
        legal_basis="238 bis",
        title=_COMPANY_TITLE,
        since=date(2022, 6, 10),
        until=date(2023, 10, 17),
        source="modèle du 10 juin 2022, CGI art. 238 bis, 5 bis",
        notes=_COMPANY_NOTES,
    ),
    ReceiptForm(
        number="16216*02",
        label="2041-MEC-SD",
        donor_kind=DonorKind.COMPANY,
        legal_basis="238 bis",
        title=_COMPANY_TITLE,
        since=date(2023, 10, 17),
        until=None,
        source="modèle en usage le 17 octobre 2023, CGI art. 238 bis, 5 bis",
        notes=_COMPANY_NOTES,
    ),
)


def _in_force(since: date, until: date | None, on: date) -> bool:
    return since <= on and (until is None or on < until)


def form_for(kind: DonorKind, on: date, forms: Sequence[ReceiptForm] = FORMS) -> ReceiptForm:
    """The form for receipts issued on that day to that kind of donor; raises NothingInForce."""
    for form in forms:
        if form.donor_kind is kind and _in_force(form.since, form.until, on):
            return form
    raise NothingInForce(f"no form for a {kind} on {on.isoformat()}")


def form_numbered(number: str, forms: Sequence[ReceiptForm] = FORMS) -> ReceiptForm:
    """The form with that official number, in force or not; raises NothingInForce."""
    for form in forms:
        if form.number == number:
            return form
    raise NothingInForce(f"there is no form {number}")


def comes_with_the_portal(form: ReceiptForm) -> bool:
    """Whether its number, title and notes are those of a form the portal comes with."""
    said = (form.number, form.title, form.notes)
    return any(said == (each.number, each.title, each.notes) for each in FORMS)
