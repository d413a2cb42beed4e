"""Giving by transfer: the donor's own reference, the public page, the slip, and appeals by letter."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.config import Settings
from portal.core import documents
from portal.core.db import db
from portal.donations.models import Appeal, AppealGift, AppealState, Gift
from portal.donations.rules.transfer_reference import shown, transfer_reference
from tests.factories.bank import one_line
from tests.factories.gifts import make_gift
from tests.factories.people import make_donor
from tests.jobs import run_due_jobs
from tests.pages import PageClient

pikepdf = pytest.importorskip("pikepdf")


@pytest.fixture
def without_account(app: Flask) -> Iterator[None]:
    settings: Settings = app.extensions["settings"]
    organisation = replace(settings.organisation, iban="", bic="")
    app.extensions["settings"] = replace(settings, organisation=organisation)
    yield
    app.extensions["settings"] = settings


def test_a_donor_sees_her_own_reference(sponsor: PageClient) -> None:
    donor = sponsor.account.donor
    assert donor is not None
    page = sponsor.get("/me/transfer")
    assert page.has(shown(transfer_reference(donor.ref)))
    assert page.has("FR14 2004 1010 0505 0001 3M02 606")
    assert "<svg" in page.html


def test_who_is_not_a_donor_yet_gets_the_general_one(matcher: PageClient) -> None:
    assert matcher.get("/me/transfer").has(shown(transfer_reference("DON")))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_anybody_can_give_by_transfer(visitor: PageClient, language: str) -> None:
    page = visitor.get(f"/{language}/give/transfer")
    assert page.has(shown(transfer_reference("DON")))
    assert visitor.client.get(f"/{language}/give/transfer/code.png").data.startswith(b"\x89PNG")


def test_an_amount_goes_into_the_code(visitor: PageClient) -> None:
    with_amount = visitor.get("/fr/give/transfer?amount=47,50")
    assert with_amount.has("47,50 € aussi")
    assert with_amount.html != visitor.get("/fr/give/transfer").html
    wrong = visitor.get("/fr/give/transfer?amount=beaucoup")
    assert wrong.has("Indiquez un montant")
    assert visitor.get("/fr/give/transfer?amount=-3").has("Indiquez un montant")


@pytest.mark.usefixtures("without_account")
def test_without_an_account_nothing_false_is_shown(
    visitor: PageClient, sponsor: PageClient
) -> None:
    for page in (visitor.get("/fr/give/transfer"), sponsor.get("/me/transfer")):
        assert page.status == 200
        assert page.has("Les virements ne sont pas possibles")
        assert not page.has("IBAN")
    assert visitor.client.get("/fr/give/transfer/code.png").status_code == 404


def test_a_slip_is_one_page_with_the_code(sponsor: PageClient) -> None:
    answer = sponsor.client.get("/me/transfer/slip.pdf?amount=47")
    assert answer.status_code == 200
    with pikepdf.open(io.BytesIO(answer.data)) as paper:
        assert len(paper.pages) == 1


def make_appeal(accountant: PageClient, **given: str) -> Appeal:
    sent = {
        "name": "Noël 2026",
        "code": "noel26",
        "message": "Chers amis,\n\nMerci.",
        "purpose": "programme:food",
        "amount": "",
        "given_since": "2025-01-01",
        "form_token": "appeal-form-token-1",
    }
    accountant.post("/office/appeals/new", sent | given)
    return db.session.scalars(sa.select(Appeal)).one()


def test_an_appeal_prints_a_slip_for_each_who_gave(accountant: PageClient) -> None:
    donors = [make_donor(), make_donor()]
    for donor in donors:
        make_gift(donor=donor)
    make_gift(donor=make_donor(), on=dt.date(2020, 3, 3))
    make_gift(donor=make_donor(address1=""))
    appeal = make_appeal(accountant)
    assert accountant.get(f"/office/appeals/{appeal.public_id}").has("2 coupons sont en cours")
    run_due_jobs()
    db.session.expire_all()
    assert (appeal.state, appeal.slips) == (AppealState.PRINTED, 2)
    assert appeal.document is not None
    with pikepdf.open(io.BytesIO(documents.read(appeal.document))) as paper:
        assert len(paper.pages) == 2
    answer = accountant.client.get(f"/office/appeals/{appeal.public_id}/slips")
    assert answer.data.startswith(b"%PDF")


def test_a_transfer_with_an_appeals_reference_is_for_what_it_asked(accountant: PageClient) -> None:
    donor = make_donor()
    make_gift(donor=donor)
    appeal = make_appeal(accountant)
    one_line(text=f"VIR {transfer_reference(donor.ref, appeal.code)}")
    brought = db.session.scalars(sa.select(AppealGift)).one()
    gift = db.session.get_one(Gift, brought.gift_id)
    assert (gift.donor_id, str(gift.programme)) == (donor.id, "food")
    page = accountant.get("/office/appeals")
    assert re.search(r"50,00", page.text)


def test_a_code_is_taken_once_and_somebody_must_be_asked(accountant: PageClient) -> None:
    empty = {"name": "x", "code": "AB", "purpose": "general", "given_since": "2025-01-01", "form_token": "z" * 20}  # fmt: skip
    page = accountant.post("/office/appeals/new", empty)
    assert page.status == 422
    assert page.has("Personne ayant une adresse")
    make_gift()
    make_appeal(accountant)
    again = accountant.post("/office/appeals/new", empty | {"code": "NOEL26"})
    assert again.has("Un autre appel a ce code.")


def test_the_same_form_sent_twice_is_one_appeal(accountant: PageClient) -> None:
    make_gift()
    make_appeal(accountant)
    make_appeal(accountant)
    assert len(db.session.scalars(sa.select(Appeal)).all()) == 1
