"""The public pages, in a real browser: read, switch the language, keyboard only, no scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.screen import Screen

PAGES = ["", "how-sponsorship-works", "transparency", "legal", "privacy", "accessibility", "verify"]
SWITCH = {"fr": "English", "en": "Français"}
FOCUS_IS_SEEN = """() => {
  const ringed = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
      || style.boxShadow !== 'none';
  };
  const on = document.activeElement, card = on.closest('label');
  return ringed(on) || Boolean(card) && ringed(card);
}"""
FOCUS_IS_ON_SCREEN = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return box.width > 0 && box.right > 0 && box.bottom > 0 && box.left < innerWidth;
}"""


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_public_page_says_who_we_are(
    open_screen: Callable[..., Screen], language: str
) -> None:
    screen = open_screen(language=language)
    for page in PAGES:
        assert screen.open(f"/{language}/{page}").status == 200
        assert screen.page.locator("html").get_attribute("lang") == language
    screen.open(f"/{language}/transparency")
    assert screen.shows("90")


@pytest.mark.parametrize(("language", "javascript"), [("fr", True), ("en", False)])
def test_the_language_changes_and_the_page_stays(
    open_screen: Callable[..., Screen], language: str, javascript: bool
) -> None:
    other = {"fr": "en", "en": "fr"}[language]
    screen = open_screen(language=language, javascript=javascript)
    screen.open("/{lang}/transparency")
    screen.follow(SWITCH[language])
    assert screen.page.url.endswith(f"/{other}/transparency")
    assert screen.page.locator("html").get_attribute("lang") == other


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_page_that_is_not_there_says_so_and_leads_back(
    open_screen: Callable[..., Screen], language: str
) -> None:
    screen = open_screen(language=language, width=320)
    assert screen.open("/{lang}/there-is-no-such-page").status == 404
    assert screen.page.locator("html").get_attribute("lang") == language
    assert screen.page.locator("main a").count()


def test_the_first_tab_skips_to_the_content(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(language="fr")
    screen.open("/{lang}/")
    screen.page.keyboard.press("Tab")
    assert screen.page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    assert screen.page.evaluate(FOCUS_IS_ON_SCREEN)
    screen.page.keyboard.press("Enter")
    assert screen.page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("path", ["/fr/", "/fr/give", "/fr/sign-in"])
def test_whoever_uses_the_keyboard_sees_where_they_are(
    open_screen: Callable[..., Screen], path: str
) -> None:
    screen = open_screen(language="fr", width=320)
    screen.open(path)
    for step in range(20):
        screen.page.keyboard.press("Tab")
        if screen.page.evaluate("document.activeElement === document.body"):
            break
        where = screen.page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        assert screen.page.evaluate(FOCUS_IS_SEEN), f"{step}: {where}"
        assert screen.page.evaluate(FOCUS_IS_ON_SCREEN), f"{step}: {where}"


@pytest.mark.parametrize("javascript", [True, False])
def test_the_menu_opens_on_a_telephone(
    open_screen: Callable[..., Screen], javascript: bool
) -> None:
    screen = open_screen(language="en", width=320, javascript=javascript)
    screen.open("/{lang}/")
    menu = screen.page.get_by_role("navigation", name="Main menu")
    assert not menu.is_visible()
    screen.page.locator(".header summary").click()
    assert menu.is_visible()
    screen.follow("Where the money goes", within=menu)
    assert screen.page.url.endswith("/en/transparency")


@pytest.mark.parametrize("javascript", [True, False])
def test_the_menu_of_the_office_opens_on_a_telephone(
    open_screen: Callable[..., Screen], javascript: bool
) -> None:
    screen = open_screen(language="fr", width=320, javascript=javascript, persona="administrator")
    menu = screen.page.locator(".desk__nav")
    assert not menu.is_visible()
    screen.page.locator(".desk__fold summary").click()
    assert menu.is_visible()
