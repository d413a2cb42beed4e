"""The rules of receipts that have dates: the official models, the charity's words, who signs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

import sqlalchemy as sa
from flask import current_app

from portal.config import Organisation
from portal.core import pdf
from portal.core.dated_rules import RuleField, RuleKind, Shape, Version, register_kind
from portal.core.dated_rules.kinds import Faults, Value
from portal.core.dated_rules.writing import FIRST_DAY
from portal.core.db import db
from portal.core.i18n_markers import N_
from portal.receipts.models import Receipt
from portal.receipts.queries.head_readers import EVERY_SERIES, HEAD_READERS
from portal.receipts.queries.signatory import EVERY_RECEIPT, SIGNATORY, signature_named
from portal.receipts.queries.terms import EVERYWHERE, ISSUER, RECEIPT_FORM
from portal.receipts.rules.forms import FORMS, DonorKind

PEOPLE_AND_COMPANIES = {
    DonorKind.PERSON.value: N_("Receipt for people"),
    DonorKind.COMPANY.value: N_("Receipt for companies"),
}
FORM_NUMBER = re.compile(r"[1-9]\d{4}\*\d{2}")
BASES = {DonorKind.PERSON.value: ("200",), DonorKind.COMPANY.value: ("238 bis",)}
ADDRESS = re.compile(r"[^@\s,;:<>()\[\]\"\\]+@[^@\s,;:<>()\[\]\"\\]+\.[^@\s,;:<>()\[\]\"\\]+")
UNPRINTABLE = N_("Our fonts cannot print one of these characters.")
SAID_BY_RECEIPTS = N_("Receipts issued up to that day say what held then, and are never changed.")


def register() -> None:
    """Make these rules known to the house."""
    for kind in (FORM, CHARITY, SIGNS, READERS):
        register_kind(kind)


def _last_receipt(_code: str) -> dt.date | None:
    """The day of the latest receipt: whatever it was issued for, it says these words."""
    return db.session.scalar(sa.select(sa.func.max(Receipt.issued_on)))


def _last_of_form(code: str) -> dt.date | None:
    """The day of the latest receipt to that kind of donor."""
    kind = Receipt.content["donor"]["kind"].as_string()
    latest = sa.select(sa.func.max(Receipt.issued_on)).where(kind == code)
    return db.session.scalar(latest)


def _unprintable(value: Value, *names: str) -> Faults:
    return {name: UNPRINTABLE for name in names if pdf.missing_glyphs(value[name])}


def _forms() -> Iterable[Version]:
    for form in FORMS:
        value = {
            "number": form.number,
            "label": form.label,
            "title": form.title,
            "legal_basis": form.legal_basis,
            "notes": "\n".join(form.notes),
        }
        yield Version(form.donor_kind.value, form.since, value, form.source)


def _form_faults(code: str, value: Value, _since: dt.date) -> Faults:
    faults = _unprintable(value, "number", "label", "title", "notes")
    if not FORM_NUMBER.fullmatch(value["number"]):
        faults["number"] = N_("Write the number as the tax office does, such as 11580*05.")
    if value["legal_basis"] not in BASES[code]:
        faults["legal_basis"] = N_("This article is not the one of these donors.")
    return faults


FORM = RuleKind(
    name=RECEIPT_FORM,
    label=N_("Models of tax receipt"),
    about=N_(
        "The official models (Cerfa) receipts follow. A receipt carries the number of the model in force on"
        " the day it is issued, for ever."
    ),
    fields=(
        RuleField("number", N_("Cerfa number"), Shape.LINE, N_("Such as 11580*05."), longest=20),
        RuleField("label", N_("Name of the form"), Shape.LINE, N_("Such as 2041-RD."), longest=40),
        RuleField("title", N_("Official title"), Shape.TEXT, longest=300),
        RuleField(
            "legal_basis",
            N_("Article of the tax code"),
            Shape.CHOICE,
            choices={
                "200": N_("Article 200 (people)"),
                "238 bis": N_("Article 238 bis (companies)"),
            },
        ),
        RuleField(
            "notes",
            N_("Notes at the foot"),
            Shape.TEXT,
            N_("One note a line, each with its number. They are printed in French."),
            longest=3_000,
        ),
    ),
    names=lambda: PEOPLE_AND_COMPANIES,
    defaults=_forms,
    short=("number", "label"),
    said_until=_last_of_form,
    said_by=SAID_BY_RECEIPTS,
    faults=_form_faults,
    specimen="office_receipts.specimen",
    order=1,
)


def _organisation() -> Organisation:
    told: Organisation = current_app.extensions["settings"].organisation
    return told


def _charity() -> Iterable[Version]:
    own = _organisation()
    value = {"category": own.category, "mention": "", "purpose": own.purpose}
    yield Version(
        EVERYWHERE, FIRST_DAY, value, "réglages ORGANISATION_CATEGORY et ORGANISATION_PURPOSE"
    )


CHARITY = RuleKind(
    name=ISSUER,
    label=N_("What receipts say of the charity"),
    about=N_(
        "The category the tax office gives the charity, a legal mention that goes with it, and its object."
        " Name, address and SIREN are settings of the portal."
    ),
    fields=(
        RuleField(
            "category",
            N_("Category of body"),
            Shape.LINE,
            N_("As the model words it, such as “Association loi 1901”."),
        ),
        RuleField(
            "mention",
            N_("Legal mention"),
            Shape.LINE,
            N_("A decree or ruling with its date and the Journal officiel. Empty: none."),
            required=False,
        ),
        RuleField("purpose", N_("Object"), Shape.TEXT, longest=400),
    ),
    names=lambda: {EVERYWHERE: N_("Category, mention and object")},
    defaults=_charity,
    short=("category", "mention"),
    said_until=_last_receipt,
    said_by=SAID_BY_RECEIPTS,
    faults=lambda _code, value, _since: _unprintable(value, "category", "mention", "purpose"),
    specimen="office_receipts.specimen",
    order=3,
)


def _signs() -> Iterable[Version]:
    own = _organisation()
    value = {"name": own.signatory, "capacity": own.signatory_capacity, "image": ""}
    yield Version(EVERY_RECEIPT, FIRST_DAY, value, "réglage ORGANISATION_SIGNATORY")


def _signs_faults(_code: str, value: Value, _since: dt.date) -> Faults:
    faults = _unprintable(value, "name", "capacity")
    if value["image"] and signature_named(value["image"]) is None:
        faults["image"] = N_("This image is not kept here: choose the file again.")
    return faults


SIGNS = RuleKind(
    name=SIGNATORY,
    label=N_("Who signs the receipts"),
    about=N_(
        "The president, the treasurer or a person entitled to receive payments, with the image of the hand."
        " Receipts are signed by whoever signs on the day they are issued."
    ),
    fields=(
        RuleField("name", N_("Name"), Shape.LINE, longest=120),
        RuleField("capacity", N_("Capacity"), Shape.LINE, N_("Such as “Trésorière”."), longest=120),
        RuleField(
            "image",
            N_("Signature"),
            Shape.IMAGE,
            N_("PNG or JPEG up to 300 kB, best on a transparent ground. Without: name alone."),
            required=False,
        ),
    ),
    names=lambda: {EVERY_RECEIPT: N_("Name, capacity and hand")},
    defaults=_signs,
    short=("name", "capacity"),
    said_until=_last_receipt,
    said_by=SAID_BY_RECEIPTS,
    faults=_signs_faults,
    specimen="office_receipts.specimen",
    order=2,
)


def _nobody_named() -> Iterable[Version]:
    yield Version(EVERY_SERIES, FIRST_DAY, {"addresses": ""}, "docs/rules/receipt-register.md")


def _readers_faults(_code: str, value: Value, _since: dt.date) -> Faults:
    lines = [line.strip() for line in value["addresses"].splitlines() if line.strip()]
    if all(ADDRESS.fullmatch(line) and line.isprintable() for line in lines):
        return {}
    return {"addresses": N_("Write one e-mail address a line, such as auditor@example.org.")}


READERS = RuleKind(
    name=HEAD_READERS,
    label=N_("Who keeps the signed register"),
    about=N_(
        "Each night the register of receipts is signed, and a short e-mail with the signature goes to these"
        " people. Kept outside the portal, it proves later that nobody wrote the register anew: name the auditor."
    ),
    fields=(
        RuleField(
            "addresses",
            N_("E-mail addresses"),
            Shape.TEXT,
            N_("One a line. Empty: all accountants."),
            required=False,
            longest=1_000,
        ),
    ),
    names=lambda: {EVERY_SERIES: N_("E-mail of the signed register")},
    defaults=_nobody_named,
    short=("addresses",),
    faults=_readers_faults,
    order=4,
)
