"""Which language a page is in, and how it writes money, days and numbers."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import gettext

from portal.accounts.codes import Language
from portal.core import i18n
from portal.core.money import Money
from tests.factories.people import make_account
from tests.pages import PageClient

FRENCH, ENGLISH = {"Accept-Language": "fr"}, {"Accept-Language": "en"}


def _language(page_html: str) -> str:
    return page_html.partition('<html lang="')[2][:2]


def test_the_address_of_a_public_page_decides(visitor: PageClient) -> None:
    assert _language(visitor.get("/en/", headers=FRENCH).html) == "en"
    assert _language(visitor.get("/fr/", headers=ENGLISH).html) == "fr"


@pytest.mark.parametrize(
    ("asked", "given"),
    [("fr", "fr"), ("en", "en"), ("de, en;q=0.5", "en"), ("km", "fr"), ("", "fr"), ("*", "fr"),
     ("en-GB,en;q=0.9", "en"), ("fr;q=0.4, en;q=0.5", "en"), ("\x00;;q=x", "fr")],
)  # fmt: skip
def test_elsewhere_the_browser_of_a_stranger_decides(
    visitor: PageClient, asked: str, given: str
) -> None:
    page = visitor.get("/nowhere", headers={"Accept-Language": asked.replace("\x00", "")})
    assert _language(page.html) == given


def test_the_account_counts_more_than_the_browser(app: Flask, signed_in_as: object) -> None:
    account = make_account(with_donor=True, language=Language.EN)
    browser = PageClient(app).sign_in(account)
    assert _language(browser.get("/me/", headers=FRENCH).html) == "en"


def test_what_was_chosen_in_this_browser_counts_more_than_the_account(app: Flask) -> None:
    browser = PageClient(app).sign_in(make_account(with_donor=True, language=Language.EN))
    with browser.client.session_transaction() as cookie:
        cookie["language"] = "fr"
    assert _language(browser.get("/me/").html) == "fr"


@pytest.mark.parametrize("code", ["de", "FR", "f", "fra", "..", "%2e%2e"])
def test_there_are_no_other_languages(visitor: PageClient, code: str) -> None:
    assert visitor.get(f"/{code}/").status == 404


def test_a_public_page_leads_to_itself_in_the_other_language(visitor: PageClient) -> None:
    assert "/en/transparency" in visitor.get("/fr/transparency").links()
    assert "/fr/transparency" in visitor.get("/en/transparency").links()


def test_a_letter_is_written_for_its_reader_whoever_asks(app: Flask) -> None:
    with app.test_request_context("/en/"):
        app.preprocess_request()
        with i18n.in_language("fr"):
            assert i18n.language() == "fr"
            assert gettext("This file is too large") == "Ce fichier est trop volumineux"
        assert i18n.language() == "en"
        with i18n.in_language("xx"):
            assert i18n.language() == "fr"


def test_a_job_writes_in_french_unless_told(app: Flask) -> None:
    assert i18n.language() == "fr"


@pytest.mark.parametrize(
    ("language", "amount", "whole", "text"),
    [
        ("fr", Money(123450), False, "1\u202f234,50\u00a0€"),
        ("fr", Money(123400), True, "1\u202f234\u00a0€"),
        ("fr", Money(123450), True, "1\u202f234,50\u00a0€"),
        ("en", Money(123450), False, "€1,234.50"),
        ("en", Money(123400), True, "€1,234"),
        ("fr", Money(500, "JPY"), False, "500\u00a0JPY"),
        ("fr", Money(-1), False, "-0,01\u00a0€"),
    ],
)
def test_amounts(app: Flask, language: str, amount: Money, whole: bool, text: str) -> None:
    with i18n.in_language(language):
        assert i18n.money(amount, whole=whole) == text


def test_days_instants_and_numbers(app: Flask) -> None:
    new_year = dt.datetime(2025, 12, 31, 23, 30, tzinfo=dt.UTC)
    with i18n.in_language("fr"):
        assert i18n.day(new_year) == "1er janvier 2026"
        assert i18n.day(dt.date(2026, 11, 22)) == "22 novembre 2026"
        assert i18n.instant(new_year).startswith("1 janv. 2026")
        assert "00:30" in i18n.instant(new_year)
        assert i18n.number(12345.5) == "12\u202f345,5"
    with i18n.in_language("en"):
        assert i18n.day(new_year) == "January 1, 2026"
        assert i18n.number(12345) == "12,345"
    assert (i18n.day(None), i18n.instant(None)) == ("", "")


def test_every_catalogue_was_compiled(app: Flask) -> None:
    for source in i18n.TRANSLATIONS.glob("*/*/LC_MESSAGES/messages.po"):
        compiled = source.with_suffix(".mo")
        assert compiled.exists(), source
        assert compiled.stat().st_mtime >= source.stat().st_mtime, source


def test_catalogues_are_compiled_once_even_when_several_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(i18n.TRANSLATIONS, tmp_path, dirs_exist_ok=True)
    for compiled in tmp_path.rglob("*.mo"):
        compiled.unlink()
    monkeypatch.setattr(i18n, "TRANSLATIONS", tmp_path)
    with ThreadPoolExecutor(4) as many:
        list(many.map(lambda _: i18n.compile_catalogues(), range(4)))
    assert i18n.compile_catalogues() == []
    for source in tmp_path.rglob("*.po"):
        assert source.with_suffix(".mo").stat().st_size > 100
    assert not [p for p in tmp_path.rglob("*") if ".mo." in p.name]


def test_a_changed_catalogue_is_compiled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(i18n.TRANSLATIONS, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(i18n, "TRANSLATIONS", tmp_path)
    i18n.compile_catalogues()
    changed = min(tmp_path.rglob("*.po"))
    later = changed.with_suffix(".mo").stat().st_mtime + 5
    os.utime(changed, (later, later))
    assert i18n.compile_catalogues() == [changed.with_suffix(".mo")]


@pytest.mark.parametrize(
    "source", sorted(i18n.TRANSLATIONS.rglob("*.po")), ids=lambda p: p.parts[-4]
)
def test_a_catalogue_is_whole(source: Path) -> None:
    with source.open("rb") as stream:
        catalogue = read_po(stream, locale="fr")
    for message in catalogue:
        if message.id:
            assert message.string, message.id
            assert not message.fuzzy, message.id
