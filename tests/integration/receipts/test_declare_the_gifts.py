"""The yearly declaration of gifts: what it states, the list behind it, and what changed since."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from portal.core import exports
from portal.core.money import Money
from portal.receipts.models import Receipt
from portal.receipts.queries import declaration as reads
from portal.receipts.services import cancel_receipt, declaring
from tests.factories.handed_over import make_company
from tests.factories.people import make_account
from tests.factories.receipts import NOW, make_receipt
from tests.pages import PageClient

PAGE = "/office/receipts/2025/declaration"
FILED = {"filed_on": "2026-05-04", "reference": "2026-DON-0042", "form_token": "t" * 22}


@pytest.fixture
def receipts(app: Flask) -> list[Receipt]:
    """Three of 2025: two people (50 and 120 euros), a company (300 euros)."""
    people = [make_receipt(), make_receipt(amount_minor=12_000)]
    return [*people, make_receipt(make_company(), amount_minor=30_000)]


def test_it_counts_receipts_by_article(receipts: list[Receipt]) -> None:
    figures = reads.figures_of(2025)

    assert (figures.receipts, figures.amount) == (3, Money(47_000))
    assert [(each.article, each.receipts, each.amount.minor) for each in figures.by_article] == [
        ("200", 2, 17_000),
        ("238 bis", 1, 30_000),
    ]


def test_cancelled_ones_do_not_count(receipts: list[Receipt]) -> None:
    by = make_account().id
    cancel_receipt(receipts[0].id, reason="Erreur", by=by, at=NOW)

    assert reads.figures_of(2025).receipts == 2
    assert reads.declared_sums(2025).rows == len(list(reads.declared_rows(2025))) == 2


def test_nothing_is_declared_before_its_year_is_over(
    receipts: list[Receipt], accountant: PageClient
) -> None:
    page = accountant.post(PAGE, FILED | {"filed_on": "2025-06-01"})

    assert page.status == 422
    assert page.has("The gifts of 2025 are declared once that year is over.")


def test_what_was_filed_stays_and_the_difference_is_shown(
    receipts: list[Receipt], accountant: PageClient
) -> None:
    page = accountant.follow(accountant.post(PAGE, FILED))
    assert page.has("The declaration of 2025 is kept")
    assert page.has("The register still says the same")
    assert page.has("2026-DON-0042")

    cancel_receipt(receipts[0].id, reason="Erreur", by=accountant.account.id, at=NOW)
    page = accountant.get(PAGE)

    assert page.has("The register has changed since the declaration")
    assert page.has("Declared: 3 receipts, €470.00. Today: 2 receipts, €420.00.")


def test_the_list_of_that_day_is_kept(receipts: list[Receipt], accountant: PageClient) -> None:
    accountant.post(PAGE, FILED)
    cancel_receipt(receipts[0].id, reason="Erreur", by=accountant.account.id, at=NOW)
    (filed,) = reads.declarations_of(2025)

    kept = accountant.get(f"/office/receipts/declarations/{filed.public_id}/list.csv")

    assert len(kept.response.data.decode("utf-8-sig").splitlines()) == 4


def test_sent_twice_it_is_filed_once(receipts: list[Receipt], accountant: PageClient) -> None:
    for _again in range(2):
        accountant.post(PAGE, FILED)

    assert len(reads.declarations_of(2025)) == 1


def test_a_day_to_come_or_no_number_is_refused_at_the_field(
    receipts: list[Receipt], accountant: PageClient
) -> None:
    page = accountant.post(PAGE, FILED | {"filed_on": "2027-05-04", "reference": ""})

    assert page.status == 422
    assert page.has("This day has not come yet")
    assert page.has("Write the number of the tax office's acknowledgement")
    assert reads.declarations_of(2025) == []


def test_nothing_is_declared_of_a_year_without_receipts(app: Flask, accountant: PageClient) -> None:
    assert accountant.get(PAGE).has("Nothing to declare of 2025")
    with pytest.raises(declaring.NothingToDeclare):
        declaring.declare(2025, filed_on=dt.date(2026, 5, 4), reference="x", by=1, token="t" * 22)


def test_it_is_among_what_needs_the_accountant(
    receipts: list[Receipt], accountant: PageClient
) -> None:
    assert accountant.get("/office/").has("Declarations of gifts to file")
    accountant.post(PAGE, FILED)
    assert not accountant.get("/office/").has("Declarations of gifts to file")


def test_the_list_is_an_export(receipts: list[Receipt]) -> None:
    made = exports.make_now(exports.kind_of("declaration"), 2025, "csv")

    assert made.contents == [{"name": "Dons déclarés", "rows": 3, "sums": {"Montant": 47_000}}]


def test_it_is_for_accountants_only(matcher: PageClient, sponsor: PageClient) -> None:
    assert matcher.get(PAGE).status == sponsor.get(PAGE).status == 404
