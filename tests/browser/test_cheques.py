"""A pile of cheques is entered at the keyboard and goes to the bank on a slip, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.house import House
from tests.browser.screen import Screen

START = {"fr": "Commencer la saisie", "en": "Start entering"}
ADD = {"fr": "Ajouter le chèque", "en": "Add the cheque"}
RECORD = {"fr": "Enregistrer le lot", "en": "Record the pile"}
MAKE = {"fr": "Établir le bordereau", "en": "Make the slip"}
PRINT = {"fr": "Imprimer le bordereau (PDF)", "en": "Print the slip (PDF)"}
IBAN = "FR1420041010050500013M02606"
GIFTS = "select count(*) from gift where origin = 'office' and mode = 'cheque'"
DEPOSITED = "select deposit_ref from gift where cheque_number = %s"


@pytest.fixture
def pile(house: House) -> list[tuple[str, str, str]]:
    """Two cheques: by whom, how much, which number."""
    done = house.ask(GIFTS)
    refs = [
        house.ask("select ref from donor where kind = 'person' order by id offset %s limit 1", n)
        for n in (0, 1)
    ]
    return [(refs[0], "50", f"10000{done:02}"), (refs[1], "122,50", f"20000{done:02}")]


def start(screen: Screen) -> None:
    screen.open("/office/enter/cheques")
    screen.fill(count="2", total="172,50")
    screen.press(START[screen.language])


def finish(screen: Screen, house: House, pile: list[tuple[str, str, str]]) -> None:
    """Record the pile, make the slip, print it."""
    screen.follow(RECORD[screen.language])
    screen.press(RECORD[screen.language])
    assert house.ask(DEPOSITED, pile[0][2]) == ""
    screen.fill(account=IBAN)
    screen.press(MAKE[screen.language])
    ref = house.ask(DEPOSITED, pile[0][2])
    assert ref.startswith("REM-")
    assert ref in screen.heading
    name, paper = screen.download(PRINT[screen.language])
    assert (name, paper[:5]) == (f"{ref}.pdf", b"%PDF-")


def test_at_the_keyboard(
    open_screen: Callable[..., Screen], house: House, pile: list[tuple[str, str, str]]
) -> None:
    screen = open_screen(language="fr", width=1280, persona="accountant")
    start(screen)
    for donor, amount, number in pile:
        keys = screen.page.keyboard
        keys.type(donor)  # the field has the focus
        screen.page.locator("[role=option]").first.wait_for()
        keys.press("Enter")
        for typed in (amount, number, "Banque Exemple"):
            keys.press("Tab")
            keys.type(typed)
        with screen.page.expect_navigation():
            keys.press("Enter")
        screen.look()
    assert "tout concorde" in screen.main_text
    finish(screen, house, pile)


def test_on_a_telephone_without_scripts(
    open_screen: Callable[..., Screen], house: House, pile: list[tuple[str, str, str]]
) -> None:
    screen = open_screen(language="en", width=320, javascript=False, persona="accountant")
    start(screen)
    for donor, amount, number in pile:
        screen.fill(
            who=donor, amount=amount.replace(",", "."), number=number, bank="Banque Exemple"
        )
        screen.press(ADD["en"])
    assert "Nothing: it fits" in screen.main_text
    finish(screen, house, pile)


def test_two_donors_of_one_name_are_told_apart(
    open_screen: Callable[..., Screen], house: House
) -> None:
    screen = open_screen(language="en", width=320, javascript=False, persona="accountant")
    start(screen)
    screen.fill(who="a", amount="10", number="30001")
    screen.press(ADD["en"])
    choices = screen.page.locator("input[type=radio][name=pick]")
    assert choices.count() > 1
    choices.nth(1).check()
    screen.press(ADD["en"])
    assert screen.page.locator("tbody tr").count() == 1
