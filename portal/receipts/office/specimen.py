"""A specimen: a receipt of nobody, as it would be with words that are not in force yet."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, abort, current_app, request

from portal.core import documents
from portal.core.clock import paris_date
from portal.core.dated_rules.kinds import kind_named
from portal.core.money import Money
from portal.core.pdf import PdfError
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.core.web.lists import download
from portal.receipts.office.desk import bp
from portal.receipts.paper import render_receipt
from portal.receipts.queries.signatory import SIGNATORY, Signatory, signatory_on, signature_named
from portal.receipts.queries.terms import ISSUER, RECEIPT_FORM, issuer_on, receipt_forms
from portal.receipts.rules.composition import ReceiptRefused, compose
from portal.receipts.rules.content import (
    Issuer,
    Payment,
    PaymentMode,
    ReceiptContent,
    ReceiptDonor,
    ReceiptKind,
)
from portal.receipts.rules.forms import DonorKind, ReceiptForm

MARK = "SPÉCIMEN"
LONGEST = 20_000


@bp.post("/specimen")
@needs(Role.ACCOUNTANT)
def specimen() -> Response:
    """The paper with the words of the form that was sent, marked as a specimen; nothing is kept."""
    kind, code, value = _wanted()
    today = paris_date(clock_now())
    content, signature = _specimen(kind, code, value, today)
    try:
        paper = render_receipt(
            content,
            verify_url=None,
            created_at=clock_now(),
            signature=signature.image,
            specimen=True,
        )
    except PdfError:
        abort(422)
    return download(paper, "specimen.pdf", "application/pdf", inline=True)


def _wanted() -> tuple[str, str, Mapping[str, Any]]:
    """Which rule, and what it would say; 422 for what is no value of it."""
    told = request.form.get("value", "")
    kind = kind_named(request.form.get("kind", ""))
    code = request.form.get("code", "")
    if kind is None or kind.name not in (RECEIPT_FORM, ISSUER, SIGNATORY) or len(told) > LONGEST:
        abort(404)
    if code not in kind.names():
        abort(404)
    try:
        value = json.loads(told)
    except (ValueError, RecursionError):
        abort(422)
    names = {each.name for each in kind.fields}
    strings = isinstance(value, dict) and all(isinstance(said, str) for said in value.values())
    if not strings or set(value) != names or kind.faults(code, value, paris_date(clock_now())):
        abort(422)
    return kind.name, code, value


def _specimen(
    kind: str, code: str, value: Mapping[str, Any], today: dt.date
) -> tuple[ReceiptContent, Signatory]:
    issuer = issuer_on(current_app.extensions["settings"].organisation, today)
    signatory = signatory_on(today)
    forms: tuple[ReceiptForm, ...] = receipt_forms()
    donor_kind = DonorKind.PERSON
    if kind == ISSUER:
        category = " — ".join(filter(None, (value["category"], value["mention"])))
        issuer = replace(issuer, category=category, purpose=value["purpose"])
    elif kind == SIGNATORY:
        signatory = _signing(value)
        issuer = replace(
            issuer, signatory_name=signatory.name, signatory_capacity=signatory.capacity
        )
    else:
        donor_kind = DonorKind(code)
        forms = (_form(donor_kind, value, today),)
    try:
        return _content(issuer, donor_kind, forms, today), signatory
    except ReceiptRefused:
        abort(422)


def _signing(value: Mapping[str, Any]) -> Signatory:
    stored = signature_named(value["image"]) if value["image"] else None
    image = documents.read(stored) if stored else None
    return Signatory(value["name"], value["capacity"], image)


def _form(kind: DonorKind, value: Mapping[str, Any], today: dt.date) -> ReceiptForm:
    notes = tuple(line for line in value["notes"].splitlines() if line.strip())
    return ReceiptForm(
        number=value["number"],
        label=value["label"],
        donor_kind=kind,
        legal_basis=value["legal_basis"],
        title=value["title"],
        since=today,
        until=None,
        source=MARK,
        notes=notes,
    )


def _content(
    issuer: Issuer, kind: DonorKind, forms: tuple[ReceiptForm, ...], today: dt.date
) -> ReceiptContent:
    payment = Payment(today, Money(100), PaymentMode.CARD, MARK, MARK)
    return compose(
        kind=ReceiptKind.SINGLE,
        number=MARK,
        tax_year=today.year,
        issued_on=today,
        issuer=issuer,
        donor=_nobody(kind),
        payments=[payment],
        forms=forms,
    )


def _nobody(kind: DonorKind) -> ReceiptDonor:
    place = {"address1": "Sans valeur", "postcode": "00000", "city": MARK}
    if kind is DonorKind.COMPANY:
        return ReceiptDonor(
            kind=kind, company_name=f"{MARK} SANS VALEUR", siren="732829320", **place
        )
    return ReceiptDonor(kind=kind, first_name="SANS VALEUR", last_name=MARK, **place)
