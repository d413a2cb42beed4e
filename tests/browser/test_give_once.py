"""Somebody gives once, in a real browser, to the end."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.screen import Screen


def fill_in(screen: Screen, email: str) -> None:
    page = screen.page
    page.locator("[name=first_name]").fill("Odile")
    page.locator("[name=last_name]").fill("Essai")
    page.locator("[name=email]").fill(email)
    page.locator("[name=address1]").fill("12 rue des Essais")
    page.locator("[name=postcode]").fill("78000")
    page.locator("[name=city]").fill("Versailles")


@pytest.mark.parametrize(
    ("language", "width", "javascript"),
    [("fr", 1280, True), ("en", 320, True), ("fr", 320, False), ("en", 1280, False)],
)
def test_a_card_gift_is_thanked_for(
    open_screen: Callable[..., Screen], language: str, width: int, javascript: bool
) -> None:
    screen = open_screen(language=language, width=width, javascript=javascript)
    screen.open("/{lang}/give")
    fill_in(screen, f"give-{language}-{width}@example.org")
    screen.page.locator("form[method=post] button[type=submit]:visible").last.click()
    screen.page.wait_for_url(re.compile("/c/pay/"))
    screen.page.locator("#outcome-paid").check()
    screen.page.locator("form button[type=submit]").first.click()
    screen.page.wait_for_url(re.compile(f"/{language}/thanks/"))
    screen.look()
    assert screen.page.locator("h1").inner_text()
