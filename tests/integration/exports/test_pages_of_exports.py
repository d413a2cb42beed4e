"""The page of exports: look first, make, take the same bytes again, compare."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.audit import AuditEntry
from portal.core.db import db
from portal.core.exports import (
    Export,
    ExportKind,
    ExportState,
    Sheet,
    export_kinds,
    kinds,
    services,
)
from portal.core.roles import Role
from portal.donations.codes import PurposeKind
from portal.programmes.codes import Programme
from tests.factories.books import booked_gift, unbooked_gift
from tests.factories.receipts import make_receipt
from tests.fec_checker import check_fec
from tests.jobs import run_due_jobs
from tests.pages import PageClient

TOKEN = "t" * 22


@pytest.fixture
def books(app: Flask) -> None:
    """Twelve gifts of 2025: 24 lines."""
    for month in range(1, 13):
        booked_gift(on=date(2025, month, 3))


def make(client: PageClient, code: str, file_format: str) -> Export:
    client.post(f"/office/exports/new/{code}?year=2025", {"format": file_format, "token": TOKEN})
    return db.session.scalars(sa.select(Export)).one()


def taken(client: PageClient, export: Export) -> zipfile.ZipFile:
    """The archive, downloaded whole."""
    answer = client.post(f"/office/exports/{export.public_id}/file").response
    content = answer.data
    answer.close()
    return zipfile.ZipFile(io.BytesIO(content))


def test_every_kind_can_be_looked_at(books: None, accountant: PageClient) -> None:
    make_receipt()

    page = accountant.get("/office/exports?year=2025")

    for kind in export_kinds():
        assert accountant.get(f"/office/exports/new/{kind.code}?year=2025").status == 200, kind.code
        assert accountant.get(f"/office/exports/new/{kind.code}?year=1999").status == 200, kind.code
    assert page.has("Export de l’auditeur")
    assert page.has("Aucun fichier n’est encore sorti")


def test_the_preview_shows_twenty_lines_the_count_and_the_sums(
    books: None, accountant: PageClient
) -> None:
    page = accountant.get("/office/exports/new/journal?year=2025")

    assert page.has("Les 20 premières lignes sur 24")
    assert page.has("600,00 €")
    assert page.has("BNQ-2025-000010")
    assert not page.has("BNQ-2025-000011")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Export)) == 0


def test_the_preview_writes_years_and_programmes_as_people_do(
    app: Flask, accountant: PageClient
) -> None:
    make_receipt()
    booked_gift(on=date(2025, 3, 3), purpose=PurposeKind.PROGRAMME, programme=Programme.FOOD)

    register = accountant.get("/office/exports/new/register?year=2025")
    funds = accountant.get("/office/exports/new/funds?year=2025")
    journal = accountant.get("/office/exports/new/journal?year=2025")

    assert register.has("2025")
    assert not register.has("2\u202f025")
    for page in (funds, journal):
        assert page.has("Repas")
        assert not page.has("food")


def test_a_year_that_is_not_over_is_said_to_be(app: Flask, accountant: PageClient) -> None:
    booked_gift(on=date(2026, 1, 3))

    assert accountant.get("/office/exports/new/fec?year=2026").has("n’est pas terminée")


def test_the_fec_is_made_kept_and_taken(books: None, accountant: PageClient) -> None:
    export = make(accountant, "fec", "zip")
    page = accountant.get(f"/office/exports/{export.public_id}")
    bundle = taken(accountant, export)

    name, description = bundle.namelist()
    assert check_fec(bundle.read(name), name) == []
    assert description == "123456782FEC20251231_description.txt"
    assert page.has(export.sha256 or "")
    assert page.has("kind=fec year=2025 format=zip")
    assert accountant.get("/office/exports").has(export.ref)
    who = sa.select(AuditEntry.action, AuditEntry.actor_id).order_by(AuditEntry.id)
    acts = db.session.execute(who.where(AuditEntry.subject == f"export:{export.public_id}")).all()
    assert [tuple(act) for act in acts] == [
        ("export.made", accountant.account.id),
        ("export.taken", accountant.account.id),
    ]


def test_a_refused_file_says_why_and_offers_no_button(books: None, accountant: PageClient) -> None:
    unbooked_gift(ref="FORGOTTEN-8", on=date(2025, 3, 3))

    page = accountant.get("/office/exports/new/fec?year=2025")

    assert page.has("Ce fichier ne peut pas être produit")
    assert page.has("FORGOTTEN-8")
    assert not page.has("Produire le fichier")


def test_altered_bytes_are_an_error_that_is_shown(books: None, accountant: PageClient) -> None:
    export = make(accountant, "journal", "csv")
    db.session.execute(sa.text("alter table document disable trigger kept"))
    db.session.execute(
        sa.text("update document set content = 'x' where id = :id"), {"id": export.document_id}
    )
    db.session.commit()
    db.session.expire_all()

    page = accountant.follow(accountant.post(f"/office/exports/{export.public_id}/file"))

    assert page.has("n’ont plus leur empreinte SHA-256")


def test_comparing_says_whether_the_books_moved(books: None, accountant: PageClient) -> None:
    export = make(accountant, "journal", "xlsx")
    where = f"/office/exports/{export.public_id}"

    assert accountant.follow(accountant.post(f"{where}/compare")).has("identique, octet pour octet")
    booked_gift(on=date(2025, 5, 5))
    assert accountant.follow(accountant.post(f"{where}/compare")).has("serait donc différent")


def test_an_archive_shows_that_it_is_being_made(app: Flask, accountant: PageClient) -> None:
    make_receipt()
    export = make(accountant, "receipts", "zip")
    where = f"/office/exports/{export.public_id}"

    assert accountant.get(where).has("Le fichier est en cours de production")
    assert accountant.post(f"{where}/file").status == 404
    run_due_jobs(only="exports.make")
    assert taken(accountant, export).namelist() == ["register.csv", "R2025-000001.pdf"]


@pytest.mark.parametrize(
    "given", [{"format": "pdf", "token": TOKEN}, {"format": "csv", "token": ""}]
)
def test_an_unknown_format_makes_nothing(
    books: None, accountant: PageClient, given: dict[str, str]
) -> None:
    page = accountant.follow(accountant.post("/office/exports/new/journal?year=2025", given))

    assert page.has("Choisissez un format")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Export)) == 0


@pytest.mark.parametrize("role", [Role.MATCHER, Role.EDITOR, Role.FIELD_OFFICER])
def test_exports_are_for_accountants(role: Role, signed_in_as: Callable[..., PageClient]) -> None:
    stranger = signed_in_as(role)

    assert stranger.get("/office/exports").status == 404
    assert stranger.get("/office/exports/new/auditor").status == 404
    assert stranger.post("/office/exports/new/auditor", {"format": "csv"}).status == 404


def test_a_register_nobody_signed_is_refused_in_words(app: Flask, accountant: PageClient) -> None:
    accountant.post("/office/exports/new/signatures?year=2025", {"format": "zip", "token": TOKEN})
    run_due_jobs(only="exports.make")
    assert db.session.scalars(sa.select(Export)).one().state is ExportState.FAILED


def test_a_file_that_breaks_off_is_not_shown_as_being_made_for_ever(
    app: Flask, accountant: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_year: int) -> list[Sheet]:
        raise LookupError("a bug")

    broken = ExportKind("broken", "Journal", "Journal", "book", breaks, list)
    monkeypatch.setitem(kinds._KINDS, "broken", broken)
    with pytest.raises(LookupError):
        services.make_at_once(services.ask(broken, 2025, "csv", by=None, token=TOKEN).id)
    assert db.session.scalars(sa.select(Export)).one().state is ExportState.FAILED
