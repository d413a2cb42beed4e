"""A sponsor changes her regular gift on a telephone: amount, pause, card, end."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.giving import commit, pay
from tests.browser.screen import Screen

PRICES = {"fr": ("33 € par mois", "44 € par mois"), "en": ("€33 a month", "€44 a month")}
WORDS = {
    "fr": {
        "paused": "Votre don est en pause jusqu’au",
        "goes_on": "Votre don régulier continue",
        "replaced": "Votre nouvelle carte ou votre nouvel IBAN est en service",
        "in_use": "les prélèvements se font désormais sur la nouvelle carte",
        "stopped": "Plus aucun prélèvement n’aura lieu",
    },
    "en": {
        "paused": "Your gift pauses until",
        "goes_on": "Your regular gift goes on",
        "replaced": "Your new card or IBAN is in use",
        "in_use": "from now on debits come from the new card",
        "stopped": "No further debit will be taken",
    },
}


def sponsors(screen: Screen) -> None:
    """Signed in, she sponsors with 33 a month, and the first payment arrives."""
    screen.enter_as("sponsor")
    screen.open("/{lang}/sponsor")
    screen.page.locator("[name=choice][value=other]").check()
    screen.fill(amount="33")
    commit(screen)
    pay(screen)
    screen.wait_for_heading({"fr": "Merci !", "en": "Thank you!"}[screen.language])


def opens_her_gift(screen: Screen, price: str) -> None:
    screen.open("/me/gifts/")
    screen.follow(words(price))
    assert " ".join(screen.heading.split()) == price


def words(text: str) -> re.Pattern[str]:
    """The words whatever their spaces are."""
    return re.compile(re.escape(text).replace(r"\ ", r"\s"))


def to(screen: Screen, act: str) -> None:
    screen._go(screen.page.locator(f"main a[href$='/{act}']").first)


def press(screen: Screen) -> None:
    screen.send("main form[method=post]:last-of-type")


@pytest.mark.parametrize(("language", "javascript"), [("fr", True), ("en", False)])
def test_a_sponsor_changes_everything_on_a_telephone(
    open_screen: Callable[..., Screen], language: str, javascript: bool
) -> None:
    screen = open_screen(language=language, width=320, javascript=javascript)
    said, (before, after) = WORDS[language], PRICES[language]
    sponsors(screen)
    opens_her_gift(screen, before)

    to(screen, "amount")
    screen.fill(amount="44")
    press(screen)
    assert screen.shows(after)

    to(screen, "pause")
    screen.page.locator("[name=months][value='2']").check()
    press(screen)
    assert screen.shows(said["paused"])
    to(screen, "resume")
    press(screen)
    assert screen.shows(said["goes_on"])

    to(screen, "method")
    press(screen)
    pay(screen)
    if not javascript:
        press(screen)  # with scripts the page asks by itself
    screen.page.wait_for_url(re.compile(r"/me/plans/[0-9a-f-]+$"))
    assert screen.shows(said["in_use"])

    to(screen, "stop")
    press(screen)
    assert screen.shows(said["stopped"])
    assert screen.page.locator("main a[href$='/keep']").count() == 1
