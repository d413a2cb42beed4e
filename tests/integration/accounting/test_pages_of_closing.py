"""The accountant closes, asks, agrees, writes an entry and enters figures, on her pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounting.models import ClosedPeriod, Entry, LedgerFigure, Reopening
from portal.accounts.models import Account
from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.roles import Role
from portal.donations.codes import GiftMode, PurposeKind
from portal.programmes.codes import Programme
from tests.factories.books import booked_gift, entries_about
from tests.factories.closing import close_through, close_whole_year
from tests.factories.people import make_donor
from tests.pages import Page, PageClient

BOOKS = "/office/books"
FOOD = {"purpose": PurposeKind.PROGRAMME, "programme": Programme.FOOD}


@pytest.fixture
def gifts(app: Flask) -> None:
    """A gift for meals of 2025, and a cheque of September 2026."""
    booked_gift(on=date(2025, 5, 2), **FOOD)
    booked_gift(on=date(2026, 9, 2), mode=GiftMode.CHEQUE)


def hidden(page: Page, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.response.get_data(as_text=True))
    assert found is not None, name
    return found[1]


@pytest.mark.parametrize(
    "path", ["closing", "closing/2026-09", "closing/2025", "funds", "funds/2026/new",
             "funds/2026/rows", "entries/new"]
)  # fmt: skip
def test_these_pages_are_for_accountants(
    gifts: None, path: str, signed_in_as: Callable[..., PageClient]
) -> None:
    assert signed_in_as(Role.ACCOUNTANT).get(f"{BOOKS}/{path}").status == 200
    assert signed_in_as(Role.MATCHER).get(f"{BOOKS}/{path}").status == 404


def test_a_month_is_closed_after_what_is_open_was_shown(
    gifts: None, accountant: PageClient
) -> None:
    where = f"{BOOKS}/closing/2026-09"
    assert where in accountant.get(f"{BOOKS}/closing?year=2026").links()
    page = accountant.get(where)
    assert page.has("50,00 €")
    seen = hidden(page, "seen")

    assert accountant.post(where, {"seen": seen}).status == 422
    done = accountant.follow(accountant.post(where, {"seen": seen, "looked": "y", "note": "Vu"}))

    assert done.status == 200
    closed = db.session.scalars(sa.select(ClosedPeriod)).all()
    assert len(closed) == 17  # May 2025 to September 2026
    period = accountant.get(f"{BOOKS}/closing/periods/{closed[-1].public_id}")
    assert period.has(closed[-1].sha256)
    assert len(db.session.scalars(sa.select(ClosedPeriod)).all()) == 17
    twice = accountant.follow(accountant.post(where, {"seen": seen, "looked": "y"}))
    assert (twice.status, twice.has("déjà clôturée")) == (200, True)


def test_a_year_is_closed_with_its_funds_shown_first(gifts: None, accountant: PageClient) -> None:
    close_through(2025, 12)
    page = accountant.get(f"{BOOKS}/closing/2025")
    assert page.has("50,00 €")

    sent = {"seen": hidden(page, "seen"), "looked": "y"}
    assert accountant.post(f"{BOOKS}/closing/2025", sent).status == 303

    sources = db.session.scalars(sa.select(Entry.source).where(Entry.source.like("dedicated:%")))
    assert list(sources) == ["dedicated:2025:food:carried"]
    shown = accountant.get(f"{BOOKS}/closing?year=2025")
    assert shown.has("Fin d’exercice : fonds dédiés 1 50,00 €")
    assert shown.has("Décembre 2025 0 0,00 €")


def is_open(period: ClosedPeriod) -> bool:
    db.session.refresh(period)
    return not period.live


def test_the_year_at_a_glance_says_what_is_closed_and_what_is_open(
    gifts: None, accountant: PageClient
) -> None:
    close_through(2026, 8)
    page = accountant.get(f"{BOOKS}?year=2026")
    assert page.has("janvier à août 2026")
    assert page.has("septembre à décembre 2026")
    assert page.has("2 mois sont terminés et peuvent être clos, septembre 2026 d’abord.")
    assert accountant.get(f"{BOOKS}?year=2025").has("Chaque mois est clos")


def test_two_accountants_open_a_period(
    gifts: None, accountant: PageClient, admin: PageClient
) -> None:
    period = close_through(2026, 9)[-1]
    where = f"{BOOKS}/closing/periods/{period.public_id}"
    assert accountant.post(where, {"reason": ""}).status == 422
    assert accountant.post(where, {"reason": "Un relevé oublié"}).status == 303
    request = db.session.scalars(sa.select(Reopening)).one()
    there = f"{BOOKS}/closing/reopenings/{request.public_id}"
    told = db.session.scalars(sa.select(OutboxMail)).all()
    other = db.session.scalars(
        sa.select(Account).where(Account.roles.contains([Role.ADMINISTRATOR]))
    ).one()
    assert [each.recipient for each in told] == [other.email]
    assert f"{there}" in told[0].text
    assert "Un relevé oublié" in told[0].text

    assert not accountant.get(there).has("Accepter")
    accountant.post(f"{there}/agree")
    assert is_open(period) is False
    assert there in admin.get(f"{BOOKS}/closing").links()
    assert admin.post(f"{there}/agree").status == 303
    assert is_open(period)
    assert accountant.get(there).status == 200


def entry_form(**changed: str) -> dict[str, str]:
    typed = {
        "form_token": "token-of-an-entry-01",
        "on": "2026-10-05",
        "piece_ref": "Relevé 10",
        "piece_on": "2026-10-05",
        "label": "Frais de tenue de compte",
        "lines-0-account": "627800",
        "lines-0-debit": "12,50",
        "lines-1-account": "471000",
        "lines-1-credit": "12,50",
    }
    return typed | changed


def test_who_names_a_donor_in_the_books_is_asked_not_to(accountant: PageClient) -> None:
    make_donor(last_name="Essai-Nommé")
    where = f"{BOOKS}/entries/new"

    assert not accountant.post(where, entry_form()).has("le nom d’un donateur")
    asked = accountant.post(where, entry_form(label="Don de Léa ESSAI-NOMMÉ rendu"))

    assert asked.has("« Essai-Nommé » est le nom d’un donateur.")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Entry)) == 0


def test_an_account_nobody_offered_is_refused_in_the_readers_words(accountant: PageClient) -> None:
    page = accountant.post(f"{BOOKS}/entries/new", entry_form(**{"lines-1-account": "754110"}))

    assert page.status == 422
    assert not page.has("Not a valid choice")


def test_an_entry_that_moves_nothing_is_refused(accountant: PageClient) -> None:
    page = accountant.post(f"{BOOKS}/entries/new", entry_form(**{"lines-1-account": "627800"}))

    assert (page.status, page.has("Le même compte figure des deux côtés")) == (422, True)


def test_an_entry_is_typed_looked_at_validated_and_undone(accountant: PageClient) -> None:
    where = f"{BOOKS}/entries/new"
    assert accountant.post(where, entry_form() | {"more": "1"}).status == 200
    shown = accountant.post(where, entry_form())
    assert shown.has("12,50 €")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Entry)) == 0
    for _sent_twice in range(2):
        page = accountant.post(where, entry_form(confirmed="1"))
    assert page.location == f"{BOOKS}/entries/OD-2026-000001"
    assert accountant.get(page.location).has("627800")

    back = f"{BOOKS}/entries/OD-2026-000001/reverse"
    assert accountant.post(back, {"reason": ""}).status == 422
    undone = accountant.follow(
        accountant.post(back, {"reason": "Doublon", "form_token": "token-of-an-entry-02"})
    )
    assert undone.has("OD-2026-000002")
    assert accountant.get(back).status == 404


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"lines-1-credit": "12,40"}, "0,10 €"),
        ({"lines-1-account": ""}, "lines-1-account"),
        ({"lines-1-credit": ""}, "lines-1-debit"),
        ({"lines-1-account": "", "lines-1-credit": ""}, "deux lignes"),
        ({"lines-0-debit": "-12,50", "lines-1-credit": "-12,50"}, "lines-0-debit"),
        ({"on": "2026-11-23"}, "on"),
        ({"label": " "}, "label"),
        ({"lines-0-account": "517100"}, "lines-0-account"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    accountant: PageClient, changed: dict[str, str], field: str
) -> None:
    page = accountant.post(f"{BOOKS}/entries/new", entry_form(**changed))

    assert page.status == 422
    assert page.has(field) or f'id="{field}-error"' in page.response.get_data(as_text=True)


def test_an_entry_of_a_gift_leads_to_its_gift(accountant: PageClient) -> None:
    gift = booked_gift()
    (settled,) = entries_about(gift)
    page = accountant.get(f"{BOOKS}/entries/{settled.number}")

    assert f"/office/gifts/{gift.public_id}" in page.links()
    assert accountant.get(f"{BOOKS}/entries/{settled.number}/reverse").status == 404
    assert accountant.get(f"{BOOKS}/entries/OD-2026-999999").status == 404


def test_a_figure_is_entered_counted_and_struck_out(gifts: None, accountant: PageClient) -> None:
    typed = {
        "form_token": "token-of-a-figure-01",
        "row": "C1.2a",
        "programme": "food",
        "amount": "20",
        "piece_ref": "Grand livre p. 12",
        "piece_on": "2025-12-31",
    }
    where = f"{BOOKS}/funds/2025/new"
    assert accountant.get(f"{where}?fund=food").status == 200
    assert accountant.post(where, typed | {"row": "C3"}).status == 422
    assert accountant.post(where, typed | {"generosity": "30", "programme": ""}).status == 422
    assert accountant.post(where, typed | {"generosity": "-1", "programme": ""}).status == 422

    page = accountant.follow(accountant.post(where, typed))

    assert page.has("Grand livre p. 12")
    assert page.has("30,00 €")  # carried
    figure = db.session.scalars(sa.select(LedgerFigure)).one()
    strike = f"{BOOKS}/funds/figures/{figure.public_id}/strike"
    assert accountant.get(strike).status == 200
    sent = {"reason": "Autre exercice", "form_token": "token-of-a-figure-02"}
    assert accountant.post(strike, sent).status == 303
    assert accountant.get(strike).status == 404


def test_rows_are_moved_for_open_years_only(gifts: None, accountant: PageClient) -> None:
    where = f"{BOOKS}/funds/2025/rows"
    moved = accountant.follow(accountant.post(where, {"subject": "account:627800", "row": "C3"}))
    assert moved.has("2025")
    assert accountant.post(where, {"subject": "programme:food", "row": "C1.1a"}).status == 303
    assert accountant.post(where, {"subject": "account:nothing", "row": "C3"}).status == 303

    close_whole_year(2025)

    assert "<select" not in accountant.get(where).response.get_data(as_text=True)
    assert accountant.get(f"{BOOKS}/funds/2025/new").status == 404
