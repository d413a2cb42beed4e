"""The accountant's pages: the year at a glance, the journal, the balance, the files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounting.queries.recorded import last_check
from portal.accounting.services.checking import check_and_record
from portal.accounts.models import Account
from portal.core.db import db
from portal.core.roles import Role
from portal.donations.codes import GiftMode, PurposeKind
from portal.programmes.codes import Programme
from tests.factories.books import booked_gift, online_gift, refund, unbooked_gift
from tests.factories.people import make_donor
from tests.jobs import run_due_jobs
from tests.pages import PageClient

PAGES = ("", "/journal", "/balance")


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


def test_only_accountants_check(matcher: PageClient) -> None:
    assert matcher.post("/office/books/check").status == 404


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


def test_the_year_stands_beside_the_year_before(books: None, accountant: PageClient) -> None:
    page = accountant.get("/office/books?year=2026")

    assert page.has("2025 : 50,00 €")
    assert page.has("40 % de moins qu’aux mêmes mois de l’année d’avant")
    assert not accountant.get("/office/books?year=2025").has("2024 :")


def test_the_result_of_the_night_is_shown_with_its_day(books: None, accountant: PageClient) -> None:
    assert accountant.get("/office/books").has("aucun résultat n’est encore conservé")

    check_and_record()

    page = accountant.get("/office/books")
    assert page.has("Dernière vérification")
    assert page.has("Concorde")
    assert not page.has("Ne concorde pas")


def test_a_failed_check_is_named_at_the_top(books: None, accountant: PageClient) -> None:
    unbooked_gift(ref="FORGOTTEN-9")
    check_and_record()

    page = accountant.get("/office/books")

    assert page.has("2 vérifications ont échoué")
    assert page.has("FORGOTTEN-9")
    assert accountant.get("/office/").has("Vérifications des comptes qui ont échoué")


def test_checking_now_is_work_that_shows_itself(books: None, accountant: PageClient) -> None:
    page = accountant.follow(accountant.post("/office/books/check?year=2026"))
    assert page.has("Les comptes sont en cours de vérification")

    run_due_jobs(only="accounting.check_now")

    kept = last_check()
    assert kept is not None
    assert kept.actor_id == accountant.account.id
    assert not accountant.get("/office/books").has("en cours de vérification")


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


def test_the_balance_leads_to_the_lines_of_an_account(books: None, accountant: PageClient) -> None:
    page = accountant.get("/office/books/balance?year=2026")

    assert page.has("517100 Stripe 47,00 € 17,96 € 29,04 €")
    assert "/office/books/journal?year=2026&account=517100" in page.links()


def test_the_files_are_among_the_exports(books: None, accountant: PageClient) -> None:
    assert accountant.get("/office/books/files?year=2025").location.endswith(
        "/office/exports?year=2025"
    )


def test_the_pages_hold_when_there_is_nothing(app: Flask, accountant: PageClient) -> None:
    for page in PAGES:
        assert accountant.get(f"/office/books{page}").status == 200
    assert db.session.scalar(sa.text("select count(*) from entry")) == 0
