"""While cards are being tried, a real browser answers the guard's question and goes on."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.giving import BUTTON, PAYMENT_PAGE, fill_in_identity, pay
from tests.browser.house import House
from tests.browser.screen import Screen

THANKS = {"fr": "Merci !", "en": "Thank you!"}
MOMENT = {"fr": "Un instant, s’il vous plaît", "en": "One moment, please"}
LOOK = {"fr": "Regardez votre messagerie", "en": "Look into your mailbox"}
CLICK = {"fr": "Un clic vers votre page de paiement", "en": "One click to your payment page"}
WORKER = "**/pbkdf2.js*"


@pytest.fixture(autouse=True)
def attack(house: House) -> None:
    """Pages were opened from everywhere in the last minutes, and nobody paid."""
    house.ask(
        "insert into giving_attempt"
        " (created_at, subject, address, device, email, known, reasons, proof, passed_at)"
        " select now(), 'attack-' || gen_random_uuid(), n::text, n::text, n::text, false, '[]', 'none', now()"
        " from generate_series(1, 12) n returning id"
    )


def filled_in(screen: Screen, email: str) -> None:
    screen.open("/{lang}/give")
    fill_in_identity(screen, email)


@pytest.mark.parametrize(("language", "width"), [("fr", 320), ("en", 1280)])
def test_the_question_answers_itself_and_the_payment_page_opens(
    open_screen: Callable[..., Screen], house: House, language: str, width: int
) -> None:
    screen = open_screen(language=language, width=width)
    email = f"question-{language}@example.org"
    filled_in(screen, email)
    screen.page.locator(BUTTON).first.click()
    screen.page.wait_for_url(PAYMENT_PAGE)
    pay(screen)
    screen.wait_for_heading(THANKS[language])
    proof = "select proof from giving_attempt join gift on gift.id = gift_id join donor"
    assert house.ask(f"{proof} on donor.id = donor_id where donor.email = %s", email) == "work"


@pytest.mark.parametrize(("language", "width"), [("fr", 320), ("en", 1280)])
def test_a_check_that_did_not_work_is_done_again_by_hand(
    open_screen: Callable[..., Screen], language: str, width: int
) -> None:
    screen = open_screen(language=language, width=width)
    screen.page.route(WORKER, lambda request: request.abort())
    filled_in(screen, f"by-hand-{language}@example.org")
    screen.press_first(BUTTON)
    assert screen.heading == MOMENT[language]
    screen.page.locator("altcha-widget [data-state=error]").wait_for()
    screen.look()
    screen.troubles.clear()  # the browser says aloud what was kept from it
    screen.page.unroute(WORKER)
    screen.page.locator("altcha-widget input[type=checkbox]").click()
    screen.page.locator("altcha-widget [data-state=verified]").wait_for()
    screen.page.wait_for_url(PAYMENT_PAGE)


@pytest.mark.parametrize(("language", "width"), [("en", 320), ("fr", 1280)])
def test_without_scripts_a_link_by_mail_leads_on(
    open_screen: Callable[..., Screen], language: str, width: int
) -> None:
    screen = open_screen(language=language, width=width, javascript=False)
    email = f"no-script-{language}@example.org"
    filled_in(screen, email)
    screen.press_first(BUTTON)  # the page that repeats the commitment
    screen.press_first(BUTTON)
    assert screen.heading == MOMENT[language]
    screen.press_first(BUTTON)
    assert screen.heading == LOOK[language]
    links = screen.letter(email, re.compile(CLICK[language]))
    screen.open(next(link for link in links if "/give/confirm/" in link))
    screen.press_first(BUTTON)
    pay(screen)
    screen.wait_for_heading(THANKS[language])


def test_a_browser_s_back_button_finds_the_gift_not_the_question(
    open_screen: Callable[..., Screen],
) -> None:
    screen = open_screen(language="en", width=320)
    filled_in(screen, "back-button@example.org")
    screen.page.locator(BUTTON).first.click()
    screen.page.wait_for_url(PAYMENT_PAGE)
    screen.page.go_back()
    assert screen.heading == "Nothing was taken"


def test_the_office_sees_what_the_guard_sees(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(language="fr", persona="accountant")
    screen.open("/office/giving-guard")
    assert screen.shows("Interroge tout inconnu")
    narrow = open_screen(language="en", width=320, persona="accountant")
    narrow.open("/office/giving-guard")
