"""The accountant takes the books out, in a real browser."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest

from tests.browser.screen import Screen
from tests.fec_checker import check_fec

FEC = re.compile(r"(Télécharger|Download) .*FEC")
MAKE = {"fr": "Produire le fichier", "en": "Make the file"}
CHECK = {"fr": "Vérifier maintenant", "en": "Check now"}
AGREES = {"fr": "Concorde", "en": "Agrees"}


@pytest.mark.parametrize(
    ("language", "width", "javascript"), [("fr", 1280, True), ("en", 320, False)]
)
def test_the_fec_of_the_year_is_what_the_administration_asks_for(
    open_screen: Callable[..., Screen], language: str, width: int, javascript: bool
) -> None:
    screen = open_screen(
        language=language, width=width, javascript=javascript, persona="accountant"
    )
    screen.open("/office/exports/new/fec?year=2025")
    screen.press(MAKE[language])
    name, content = screen.download(FEC, role="button")
    assert name.endswith(".zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        file = next(n for n in archive.namelist() if re.search(r"FEC\d{8}\.txt$", n))
        assert check_fec(archive.read(file), file) == []


@pytest.mark.parametrize(
    ("language", "width", "javascript"), [("en", 1280, True), ("fr", 320, True)]
)
def test_the_books_hold(
    open_screen: Callable[..., Screen], language: str, width: int, javascript: bool
) -> None:
    screen = open_screen(
        language=language, width=width, javascript=javascript, persona="accountant"
    )
    screen.open("/office/books?year=2025")
    screen.press(CHECK[language])
    found = screen.page.locator("section[aria-labelledby=checks] tbody .badge")
    screen.page.locator("[data-look-again]").wait_for(state="detached", timeout=60_000)
    found.first.wait_for(timeout=60_000)
    results = found.all_inner_texts()
    assert results
    assert {said.strip() for said in results} == {AGREES[language]}


def test_debit_and_credit_stand_each_below_its_head(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(language="fr", width=1280, persona="accountant")
    screen.open("/office/books/journal?year=2025")
    lefts = screen.page.eval_on_selector_all(
        "main table tr > :last-child",
        "cells => cells.map(cell => Math.round(cell.getBoundingClientRect().left))",
    )
    assert len(lefts) > 10
    assert len(set(lefts)) == 1


def test_journal_and_balance_can_be_read_and_taken_away(
    open_screen: Callable[..., Screen],
) -> None:
    screen = open_screen(language="fr", width=320, persona="accountant")
    screen.open("/office/books/journal?year=2025")
    assert screen.page.locator("tbody tr").count() > 10
    screen.open("/office/books/balance?year=2025")
    total = screen.page.locator("tfoot td.number").all_inner_texts()
    assert total[0] == total[1]
    for code in ("journal", "balance"):
        screen.open(f"/office/exports/new/{code}?year=2025")
        screen.press(MAKE["fr"])
        assert screen.download(re.compile("^Télécharger"), role="button")[1]
