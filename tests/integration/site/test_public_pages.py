"""The public pages: in both languages, with facts that come from one place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask

from portal.core.money import Money
from portal.donations.forms.giving import REFERENCE_SPONSORSHIP
from portal.donations.rules.tax import cost_after_tax
from portal.site.facts import FACTS, Facts
from tests.pages import Page, PageClient

PAGES = ("", "how-sponsorship-works", "transparency", "legal", "privacy", "accessibility")
HEADINGS = {
    "fr": (
        "Un repas par jour, une place à l’école, un métier pour la vie",
        "Comment fonctionne le parrainage",
        "Où va l’argent",
        "Mentions légales",
        "Vie privée",
        "Accessibilité",
    ),
    "en": (
        "A meal a day, a place at school, a trade for life",
        "How sponsorship works",
        "Where the money goes",
        "Legal notice",
        "Privacy",
        "Accessibility",
    ),
}
EVERY_PAGE = [
    (language, path, heading)
    for language, headings in HEADINGS.items()
    for path, heading in zip(PAGES, headings, strict=True)
]


def tags(page: Page, pattern: str) -> list[Any]:
    return re.findall(pattern, page.html)


@pytest.mark.parametrize(("language", "path", "heading"), EVERY_PAGE)
def test_a_page_answers_in_its_language(
    visitor: PageClient, language: str, path: str, heading: str
) -> None:
    page = visitor.get(f"/{language}/{path}")
    assert (page.status, page.heading) == (200, heading)
    assert f'<html lang="{language}">' in page.html


@pytest.mark.parametrize(("language", "path", "heading"), EVERY_PAGE)
def test_a_page_names_its_twin_in_the_other_language(
    visitor: PageClient, language: str, path: str, heading: str
) -> None:
    page = visitor.get(f"/{language}/{path}")
    twins = tags(page, r'<link rel="alternate" hreflang="(\w+)" href="([^"]+)">')
    assert twins == [(code, f"http://localhost/{code}/{path}") for code in ("fr", "en")]
    other = {"fr": "en", "en": "fr"}[language]
    assert f"/{other}/{path}" in page.links(), "the switch stands on the page"


@pytest.mark.parametrize("path", ["", "how-sponsorship-works", "transparency"])
def test_what_search_engines_show_is_written_in_the_language(
    visitor: PageClient, path: str
) -> None:
    told = [
        tags(visitor.get(f"/{language}/{path}"), r'<meta name="description" content="([^"]+)">')
        for language in ("fr", "en")
    ]
    assert len(told[0]) == len(told[1]) == 1
    assert told[0] != told[1]


def test_the_menu_marks_the_page_one_is_on(visitor: PageClient) -> None:
    page = visitor.get("/en/transparency")
    assert tags(page, r'href="([^"]+)" aria-current="page"') == ["/en/transparency"]


def test_the_home_page_offers_to_sponsor_and_to_give(visitor: PageClient) -> None:
    links = visitor.get("/fr/").links()
    assert {"/fr/sponsor", "/fr/give"} <= set(links)


def test_the_price_of_sponsoring_is_the_reference_amount_after_tax(visitor: PageClient) -> None:
    after = cost_after_tax(REFERENCE_SPONSORSHIP, "general", date(2026, 11, 22))
    assert (REFERENCE_SPONSORSHIP, after.cost) == (Money(4_700), Money(1_598))
    for path in ("", "how-sponsorship-works"):
        assert visitor.get(f"/fr/{path}").has("47 € par mois")
        assert visitor.get(f"/fr/{path}").has("15,98 €")
        assert visitor.get(f"/en/{path}").has("€15.98")


@pytest.fixture
def helping_people_in_need(app: Flask) -> Iterator[None]:
    """An organisation whose gifts open the reduction of CGI art. 200, 1 ter."""
    before = app.extensions["settings"]
    organisation = replace(before.organisation, tax_category="coluche")
    app.extensions["settings"] = replace(before, organisation=organisation)
    yield
    app.extensions["settings"] = before


@pytest.mark.usefixtures("helping_people_in_need")
def test_another_tax_category_changes_the_price_after_tax(visitor: PageClient) -> None:
    page = visitor.get("/fr/")
    assert page.has("11,75 €")
    assert not page.has("15,98 €")


def test_the_shares_of_what_is_spent_make_a_whole() -> None:
    assert FACTS.programmes_percent + FACTS.overheads_percent == 100
    assert Facts(overheads_percent=12).programmes_percent == 88


def test_the_charity_is_told_in_its_own_figures(visitor: PageClient) -> None:
    page = visitor.get("/en/")
    for words in ("12,000", "more than 6,500", "90%", "10%", "Since 1995"):
        assert page.has(words), words


def test_a_figure_without_records_is_left_out_of_the_home_page(visitor: PageClient) -> None:
    assert not visitor.get("/en/").has("Counted from our records")
    assert visitor.get("/en/transparency").has("Meals served")


def test_the_legal_notice_names_the_organisation_of_the_settings(
    app: Flask, visitor: PageClient
) -> None:
    organisation = app.extensions["settings"].organisation
    page = visitor.get("/fr/legal")
    for words in (organisation.name, organisation.siren, organisation.rna, organisation.address):
        assert page.has(words), words


@pytest.mark.parametrize("path", PAGES)
def test_a_page_brings_nothing_from_elsewhere_and_sets_no_cookie(
    visitor: PageClient, path: str
) -> None:
    page = visitor.get(f"/fr/{path}")
    assert not tags(
        page, r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(https?://(?!localhost/))'
    )
    assert "Set-Cookie" not in page.response.headers
