"""The accountant's pages: the year at a glance, the journal, the balance, the files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounting.queries.recorded import fec_exports, last_check
from portal.accounts.models import Account
from portal.core.db import db
from portal.core.roles import Role
from portal.donations.codes import GiftMode, PurposeKind
from portal.programmes.codes import Programme
from tests.factories.books import booked_gift, online_gift, refund, unbooked_gift
from tests.factories.people import make_donor
from tests.fec_checker import check_fec
from tests.pages import PageClient

PAGES = ("", "/journal", "/balance", "/files")


@pytest.fixture
def books(app: Flask) -> None:
    """Two gifts of 2025 and, in 2026, one by card with a fee of which a part went back."""
    food = {"purpose": PurposeKind.PROGRAMME, "programme": Programme.FOOD}
    booked_gift(on=date(2025, 5, 2), mode=GiftMode.CHEQUE, **food)
    booked_gift(on=date(2025, 12, 31), donor=make_donor(ref="D000777"))
    refund(online_gift(ref="W000001"), 1_700)


def in_english(client: PageClient) -> PageClient:
    account = db.session.get(Account, client.account.id)
    assert account is not None
    account.language = "en"  # type: ignore[assignment]
    db.session.commit()
    return client


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_is_sent_to_sign_in(page: str, visitor: PageClient) -> None:
    assert visitor.get(f"/office/books{page}").status == 302


@pytest.mark.parametrize("page", PAGES)
def test_a_sponsor_finds_no_books(page: str, sponsor: PageClient) -> None:
    assert sponsor.get(f"/office/books{page}").status == 404


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ACCOUNTANT, 200),
        (Role.ADMINISTRATOR, 200),
        (Role.MATCHER, 404),
        (Role.EDITOR, 404),
        (Role.FIELD_OFFICER, 404),
    ],
)
def test_the_books_are_for_accountants(
    page: str, role: Role, status: int, signed_in_as: Callable[..., PageClient]
) -> None:
    assert signed_in_as(role).get(f"/office/books{page}").status == status


@pytest.mark.parametrize("path", ["check", "files/fec/2025"])
def test_only_accountants_check_and_take_the_fec(path: str, matcher: PageClient) -> None:
    assert matcher.post(f"/office/books/{path}").status == 404


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("year", ["2025", "2026", "2031", "soon", "-1", "00000"])
def test_each_page_opens_for_any_year(
    books: None, accountant: PageClient, page: str, year: str
) -> None:
    assert accountant.get(f"/office/books{page}?year={year}").status == 200
    assert in_english(accountant).get(f"/office/books{page}?year={year}").status == 200


def test_the_year_at_a_glance_adds_up_the_entries(books: None, accountant: PageClient) -> None:
    page = accountant.get("/office/books?year=2026")

    assert page.heading == "Comptes des dons 2026"
    assert page.has("30,00 €")
    assert page.has("17,00 €")
    assert page.has("0,96 €")


def test_income_is_shown_by_month_purpose_and_mode(books: None, accountant: PageClient) -> None:
    page = accountant.get("/office/books?year=2025")

    for words in ("Mai", "Décembre", "Chèque", "Virement", "100,00 €"):
        assert page.has(words), words


def test_the_year_shown_first_is_this_one(books: None, accountant: PageClient) -> None:
    assert accountant.get("/office/books").heading == "Comptes des dons 2026"


def test_sound_books_say_so_in_words(books: None, accountant: PageClient) -> None:
    page = accountant.get("/office/books")

    assert page.has("Concorde")
    assert not page.has("Ne concorde pas")


def test_a_failed_check_is_named_at_the_top(books: None, accountant: PageClient) -> None:
    unbooked_gift(ref="FORGOTTEN-9")

    page = accountant.get("/office/books")

    assert page.has("2 vérifications ont échoué")
    assert page.has("FORGOTTEN-9")


def test_checking_by_hand_keeps_the_result(books: None, accountant: PageClient) -> None:
    page = accountant.follow(accountant.post("/office/books/check?year=2026"))

    kept = last_check()
    assert kept is not None
    assert kept.actor_id == accountant.account.id
    assert page.has("Dernière vérification conservée")


def test_the_journal_is_searched_narrowed_and_sorted(books: None, accountant: PageClient) -> None:
    found = accountant.get("/office/books/journal?year=2025&q=d000777")
    cheques = accountant.get("/office/books/journal?year=2025&journal=CHQ&account=754110")
    sorted_ = accountant.get("/office/books/journal?year=2026&sort=number&dir=asc")

    assert found.has("2 lignes")
    assert found.has("31 déc. 2025 BNQ-2025-000001 512100 Banque Don D000777")
    assert found.has("50,00 €")
    assert cheques.has("1 ligne")
    assert cheques.has("CHQ-2025-000001")
    assert sorted_.text.index("DON-2026-000001") < sorted_.text.index("DON-2026-000003")


def test_a_search_without_result_says_what_to_do(books: None, accountant: PageClient) -> None:
    assert accountant.get("/office/books/journal?year=2025&q=zzz").has("Aucune ligne ne correspond")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_can_be_taken_as_it_stands(books: None, accountant: PageClient, kind: str) -> None:
    page = accountant.get(f"/office/books/journal?year=2025&journal=CHQ&format={kind}")

    assert page.status == 200
    assert page.response.headers["Content-Disposition"].endswith(f"journal-2025.{kind}")


@pytest.mark.parametrize(
    "name", ["journal-2025.csv", "journal-2025.xlsx", "balance-2025.csv", "balance-2025.xlsx"]
)
def test_each_file_is_there(books: None, accountant: PageClient, name: str) -> None:
    page = accountant.get(f"/office/books/files/{name}")

    assert page.status == 200
    assert page.response.headers["Content-Disposition"] == f"attachment; filename={name}"


@pytest.mark.parametrize("name", ["journal-2019.csv", "balance-2025.pdf", "journal-.csv"])
def test_a_file_that_does_not_exist_is_not_found(
    books: None, accountant: PageClient, name: str
) -> None:
    assert accountant.get(f"/office/books/files/{name}").status == 404


def test_the_balance_leads_to_the_lines_of_an_account(books: None, accountant: PageClient) -> None:
    page = accountant.get("/office/books/balance?year=2026")

    assert page.has("517100 Stripe 47,00 € 17,96 € 29,04 €")
    assert "/office/books/journal?year=2026&account=517100" in page.links()


def test_the_preview_says_what_the_fec_will_hold(books: None, accountant: PageClient) -> None:
    page = accountant.get("/office/books/files?year=2025")

    assert page.has("BNQ · Banque 1 BNQ-2025-000001 BNQ-2025-000001 50,00 € 50,00 €")
    assert page.has("123456782FEC20251231.txt")
    assert not page.has("n’est pas terminée")


def test_a_year_that_is_not_over_is_said_to_be(books: None, accountant: PageClient) -> None:
    assert accountant.get("/office/books/files?year=2026").has("n’est pas terminée")


def test_the_fec_is_downloaded_with_its_description_and_leaves_a_trace(
    books: None, accountant: PageClient
) -> None:
    page = accountant.post("/office/books/files/fec/2025")

    bundle = zipfile.ZipFile(io.BytesIO(page.response.data))
    name, description = bundle.namelist()
    assert check_fec(bundle.read(name), name) == []
    assert description == "123456782FEC20251231_description.txt"
    assert [trace.actor_id for trace in fec_exports(2025)] == [accountant.account.id]
    assert accountant.get("/office/books/files?year=2025").has("Déjà produits")


def test_a_refused_fec_says_why(books: None, accountant: PageClient) -> None:
    unbooked_gift(ref="FORGOTTEN-8", on=date(2025, 3, 3))

    page = accountant.follow(accountant.post("/office/books/files/fec/2025"))

    assert page.has("Le FEC n’a pas été produit")
    assert page.has("FORGOTTEN-8")


def test_the_pages_hold_when_there_is_nothing(app: Flask, accountant: PageClient) -> None:
    for page in PAGES:
        assert accountant.get(f"/office/books{page}").status == 200
    assert accountant.follow(accountant.post("/office/books/files/fec/2026")).has("Aucune écriture")
    assert db.session.scalar(sa.text("select count(*) from entry")) == 0
