"""A gift by direct debit in a real browser: on its way, refused, tried again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.giving import commit, fill_in_identity, pay
from tests.browser.house import House
from tests.browser.screen import Screen

AT_WORK = {"fr": "Votre banque s’en occupe", "en": "Your bank is at work"}
REFUSED = {"fr": "Le paiement n’a pas abouti", "en": "The payment did not go through"}
THANKS = {"fr": "Merci !", "en": "Thank you!"}


@pytest.mark.parametrize(
    ("language", "width", "javascript"), [("fr", 320, True), ("en", 320, False)]
)
def test_a_direct_debit_is_on_its_way_then_refused_then_tried_again(
    open_screen: Callable[..., Screen], house: House, language: str, width: int, javascript: bool
) -> None:
    screen = open_screen(language=language, width=width, javascript=javascript)
    screen.open("/{lang}/give")
    fill_in_identity(screen, f"sepa-{language}@example.org")
    commit(screen)
    pay(screen, "sepa_fails")
    screen.wait_for_heading(AT_WORK[language])
    assert THANKS[language] not in screen.main_text
    house.tell_simulator("clock", days=14)
    screen.wait_for_heading(REFUSED[language])
    screen.press_first("main form[method=post] button[type=submit]:visible")
    pay(screen)
    screen.wait_for_heading(THANKS[language])


def test_my_gifts_name_the_day_the_debit_is_expected(
    open_screen: Callable[..., Screen],
) -> None:
    screen = open_screen(language="fr", width=320, persona="sponsor")
    screen.open("/fr/give")
    for name, value in {
        "address1": "12 rue des Essais",
        "postcode": "78000",
        "city": "Versailles",
    }.items():
        screen.page.locator(f"main [name={name}]").fill(value)
    commit(screen)
    pay(screen, "sepa")
    screen.wait_for_heading(AT_WORK["fr"])
    screen.open("/me/gifts/")
    screen.wait_for("main :text('Attendu le')")
