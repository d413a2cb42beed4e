"""The office enters what is no money: objects with their proof, expenses that are given up."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.core.money import Money
from portal.donations.models import Gift
from tests.factories.handed_over import PDF, make_cheque_gift, make_company, make_deposit, token
from tests.factories.people import make_donor
from tests.pages import PageClient


def kind_form(**given: Any) -> dict[str, Any]:
    values = {
        "who": "", "kind": "person", "country": "FR", "purpose": "general", "tribute": "",
        "receipt": "", "form_token": token(), "description": "Dix bureaux", "amount": "1200",
        "basis": "cost_price", "received_on": "2026-11-20",
    }  # fmt: skip
    return values | given


def test_an_object_with_its_proof_which_only_accountants_see(
    accountant: PageClient, matcher: PageClient
) -> None:
    scan = (io.BytesIO(PDF), "attestation.pdf")
    data = kind_form(who=make_company().ref, proof=scan)
    assert accountant.post("/office/enter/in-kind", data).status == 303
    gift = db.session.scalars(sa.select(Gift)).one()
    page = accountant.get(f"/office/enter/gifts/{gift.public_id}")
    (address,) = [link for link in page.links() if "/proofs/" in link]
    assert accountant.client.get(address).data == PDF
    assert matcher.get(address).status == 404


def test_a_proof_is_looked_at_by_its_bytes_and_a_company_must_be_known(
    accountant: PageClient,
) -> None:
    fake = (io.BytesIO(b"<html>"), "attestation.pdf")
    refused = accountant.post(
        "/office/enter/in-kind", kind_form(who=make_company().ref, proof=fake)
    )
    assert refused.status == 422
    assert refused.has("PDF ou une image JPEG")
    unknown = accountant.post("/office/enter/in-kind", kind_form(who=make_company(siren="").ref))
    assert unknown.status == 422
    assert unknown.has("SIREN")


def test_a_slip_is_no_proof_to_download_there(accountant: PageClient) -> None:
    deposit = make_deposit(make_cheque_gift(5_000))
    assert accountant.get(f"/office/enter/proofs/{deposit.document.public_id}/body").status == 404


def expense_form(**given: Any) -> dict[str, Any]:
    values = {
        "who": make_donor().ref, "kind": "person", "country": "FR", "errand": "Forum de Rouen",
        "lines-0-on": "2026-10-03", "lines-0-what": "Versailles – Rouen", "lines-0-vehicle": "car_5",
        "lines-0-km": "280", "lines-1-on": "2026-10-03", "lines-1-what": "Péage",
        "lines-1-vehicle": "", "lines-1-amount": "12,40", "waiver": "Je renonce.",
        "signed_on": "2026-11-18", "form_token": token(),
    }  # fmt: skip
    return values | given


def test_an_expense_note(accountant: PageClient) -> None:
    data = expense_form()
    without = accountant.post("/office/enter/expenses", data)
    assert without.status == 422
    assert without.has("note signée")
    scan = (io.BytesIO(PDF), "note.pdf")
    broken = accountant.post(
        "/office/enter/expenses", data | {"lines-1-amount": "", "proof": (io.BytesIO(PDF), "n.pdf")}
    )
    assert broken.status == 422
    assert accountant.post("/office/enter/expenses", data | {"proof": scan}).status == 303
    assert db.session.scalars(sa.select(Gift)).one().amount == Money(19_048)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"lines-0-amount": "12,40"}, "Une ligne est un trajet ou un justificatif"),
        ({"lines-1-km": "12"}, "Une ligne est un trajet ou un justificatif"),
        ({"lines-1-on": "2026-11-19"}, "après la signature"),
        ({"rate": "Infinity"}, "Indiquez un nombre"),
        ({"lines-0-km": "NaN"}, "Indiquez un nombre"),
    ],
    ids=["a way and a ticket", "a ticket and a way", "spent after", "no rate", "no distance"],
)
def test_a_line_of_expenses_loses_nothing_and_promises_nothing_to_come(
    accountant: PageClient, changed: dict[str, str], said: str
) -> None:
    data = expense_form(**changed) | {"proof": (io.BytesIO(PDF), "note.pdf")}
    page = accountant.post("/office/enter/expenses", data)
    assert page.status == 422
    assert page.has(said)
    assert db.session.scalars(sa.select(Gift)).all() == []
