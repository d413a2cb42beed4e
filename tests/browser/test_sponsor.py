"""Somebody sponsors a child, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.giving import BUTTON, commit, fill_in_identity, pay
from tests.browser.house import House
from tests.browser.screen import Screen

THANKS = {"fr": "Merci !", "en": "Thank you!"}
COMMITS = {"fr": "Donner 47 € chaque mois", "en": "Give €47 every month"}
LETTER = {"fr": "Merci : 47 € chaque mois", "en": "Thank you: €47 every month"}


@pytest.mark.parametrize(
    ("language", "width", "javascript"),
    [("fr", 320, True), ("en", 1280, True), ("fr", 1280, False), ("en", 320, False)],
)
def test_a_sponsor_reads_what_the_button_commits_to_and_takes_her_place(
    open_screen: Callable[..., Screen], house: House, language: str, width: int, javascript: bool
) -> None:
    screen = open_screen(language=language, width=width, javascript=javascript)
    email = f"sponsor-{language}-{width}@example.org"
    screen.open("/{lang}/sponsor")
    assert screen.shows("16 €" if language == "fr" else "€16")
    screen.page.locator("[name=sex]").select_option("F")
    screen.page.locator("[name=age]").select_option("7-11")
    screen.page.locator("[name=programme]").select_option("education")
    screen.page.locator("[name=site]").select_option("siem_reap")
    fill_in_identity(screen, email)
    assert commit(screen) == COMMITS[language]
    pay(screen)
    screen.wait_for_heading(THANKS[language])
    links = screen.letter(email, re.compile(LETTER[language].replace(" ", r"\s")))
    assert any("/claim/" in link for link in links)
    wish = "select state from wish join donor on donor.id = donor_id where donor.email = %s"
    assert house.ask(wish, email) == "waiting"


def test_the_gift_form_is_monthly_only_when_somebody_asks_for_it(
    open_screen: Callable[..., Screen],
) -> None:
    screen = open_screen()
    screen.open("/{lang}/give")
    button = screen.page.locator(BUTTON).first
    assert screen.page.locator("[name=rhythm]:checked").input_value() == "once"
    assert " ".join(button.inner_text().split()) == "Donner 50 €"
    screen.page.locator("[name=rhythm][value=monthly]").check()
    screen.page.get_by_role("button", name=re.compile(r"Donner 50\s€ chaque mois")).wait_for()


@pytest.mark.parametrize("javascript", [True, False])
def test_less_than_ten_euros_a_month_is_refused_in_words(
    open_screen: Callable[..., Screen], javascript: bool
) -> None:
    screen = open_screen(width=320, javascript=javascript)
    screen.open("/{lang}/sponsor")
    screen.page.locator("[name=choice][value=other]").check()
    screen.fill(amount="9,99")
    fill_in_identity(screen, "little@example.org")
    screen.press_first(BUTTON)
    assert screen.page.locator("[name=amount][aria-invalid=true]").input_value() == "9,99"
    assert screen.page.locator(".error-summary").get_by_role("link").count() == 1
