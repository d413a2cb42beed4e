"""Changing the language, and in which one a refusal is written."""

from __future__ import annotations

import pytest

from tests.pages import PageClient

FRENCH, ENGLISH = "Cette page reste introuvable", "We cannot find this page"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("fr-FR,fr;q=0.9", "fr"),
        ("en-GB,en;q=0.8,fr;q=0.5", "en"),
        ("km", "fr"),
        ("", "fr"),
    ],
)
def test_the_bare_address_leads_to_the_reader_s_language(
    visitor: PageClient, accepted: str, language: str
) -> None:
    page = visitor.get("/", headers={"Accept-Language": accepted})
    assert page.location == f"/{language}/"


def test_the_chosen_language_is_remembered(visitor: PageClient) -> None:
    page = visitor.get("/en/language?next=/fr/transparency")
    assert page.location == "/fr/transparency"
    assert visitor.get("/", headers={"Accept-Language": "fr"}).location == "/en/"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.org/",
        "//example.org/",
        "///example.org/",
        "/\\example.org/",
        "/\t/example.org/",
        "/\n/example.org/",
        "\\\\example.org/",
        "javascript:alert(1)",
        "example.org",
        "",
    ],
)
def test_the_switch_never_leads_out_of_the_portal(visitor: PageClient, elsewhere: str) -> None:
    page = visitor.get("/fr/language", query_string={"next": elsewhere})
    assert (page.status, page.location) == (302, "/")


@pytest.mark.parametrize(
    ("path", "accepted", "heading"),
    [
        ("/fr/nowhere", "en", FRENCH),
        ("/en/nowhere", "fr", ENGLISH),
        ("/en/no/where", "fr", ENGLISH),
        ("/nowhere", "en", ENGLISH),
        ("/nowhere", "fr", FRENCH),
        ("/de/", "en", ENGLISH),
    ],
)
def test_an_unknown_address_is_refused_in_its_language(
    visitor: PageClient, path: str, accepted: str, heading: str
) -> None:
    page = visitor.get(path, headers={"Accept-Language": accepted})
    assert (page.status, page.heading) == (404, heading)
