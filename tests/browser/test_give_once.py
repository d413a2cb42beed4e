"""Somebody gives once, in a real browser, to the end."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.giving import BUTTON, commit, fill_in_identity, give, pay
from tests.browser.house import House
from tests.browser.screen import Screen

THANKS = {"fr": "Merci !", "en": "Thank you!"}
NOT_TAKEN = {"fr": "Rien n’a été prélevé", "en": "Nothing was taken"}
WAITING = {"fr": "Nous confirmons votre don", "en": "We are confirming your gift"}
PASSWORD = "quatre mots bien choisis"


def screen_for(open_screen: Callable[..., Screen], case: tuple[str, int, bool]) -> Screen:
    language, width, javascript = case
    return open_screen(language=language, width=width, javascript=javascript)


@pytest.mark.parametrize(
    "case",
    [("fr", 1280, True), ("en", 320, True), ("fr", 320, False), ("en", 1280, False)],
    ids=str,
)
def test_a_card_gift_is_thanked_for(
    open_screen: Callable[..., Screen], case: tuple[str, int, bool]
) -> None:
    screen = screen_for(open_screen, case)
    email = f"give-{case[0]}-{case[1]}@example.org"
    screen.open("/{lang}/give")
    assert not screen.page.locator("[name=rhythm][value=monthly]").is_checked()
    screen.page.locator("[name=choice][value=other]").check()
    screen.fill(amount="75,50" if case[0] == "fr" else "75.50")
    screen.page.locator("[name=purpose]").select_option("education")
    fill_in_identity(screen, email)
    if case[2]:
        screen.page.get_by_role("button", name=re.compile(r"75[,.]50")).wait_for()
    said = commit(screen)
    assert said in ("Donner 75,50 €", "Give €75.50")
    pay(screen)
    screen.wait_for_heading(THANKS[screen.language])
    assert screen.shows("75,50 €" if case[0] == "fr" else "€75.50")


def test_the_letter_of_thanks_leads_to_an_account(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(language="fr", width=320)
    give(screen, "claim@example.org")
    links = screen.letter("claim@example.org", re.compile("Merci pour votre don de 50"))
    screen.open(next(link for link in links if "/claim/" in link))
    assert screen.heading == "Suivez vos dons"
    screen.fill(password=PASSWORD)
    screen.send()
    screen.open("/me/gifts/")
    assert screen.shows("50 €") or screen.shows("50,00 €")


@pytest.mark.parametrize("case", [("fr", 1280, True), ("en", 320, False)], ids=str)
def test_a_declined_card_can_be_followed_by_a_good_one(
    open_screen: Callable[..., Screen], case: tuple[str, int, bool]
) -> None:
    screen = screen_for(open_screen, case)
    screen.open("/{lang}/give")
    fill_in_identity(screen, f"declined-{case[0]}@example.org")
    commit(screen)
    pay(screen, "declined")
    assert screen.page.locator("#problem").is_visible()
    pay(screen)
    screen.wait_for_heading(THANKS[screen.language])


@pytest.mark.parametrize("case", [("en", 1280, True), ("fr", 320, False)], ids=str)
def test_the_bank_asks_the_donor_to_prove_who_they_are(
    open_screen: Callable[..., Screen], case: tuple[str, int, bool]
) -> None:
    screen = screen_for(open_screen, case)
    screen.open("/{lang}/give")
    fill_in_identity(screen, f"bank-{case[0]}@example.org")
    commit(screen)
    pay(screen, "three_d_secure")
    screen.press_first("button[value=fail]")
    pay(screen, "three_d_secure")
    screen.press_first("button[value=authenticate]")
    screen.wait_for_heading(THANKS[screen.language])


@pytest.mark.parametrize("case", [("fr", 320, True), ("en", 1280, False)], ids=str)
def test_who_leaves_the_payment_page_finds_everything_again(
    open_screen: Callable[..., Screen], case: tuple[str, int, bool]
) -> None:
    screen = screen_for(open_screen, case)
    screen.open("/{lang}/give")
    screen.page.locator("[name=choice][value='10000']").check()
    screen.page.locator("[name=purpose]").select_option("food")
    fill_in_identity(screen, f"left-{case[0]}@example.org")
    commit(screen)
    screen.press_first("a.back")
    assert screen.heading == NOT_TAKEN[screen.language]
    screen.press_first("main a.more")
    assert screen.page.locator("[name=choice]:checked").input_value() == "10000"
    assert screen.page.locator("[name=purpose]").input_value() == "food"
    assert screen.page.locator("[name=address1]").input_value() == "12 rue des Essais"
    commit(screen)
    pay(screen)
    screen.wait_for_heading(THANKS[screen.language])


@pytest.mark.parametrize("case", [("fr", 1280, False), ("en", 320, True)], ids=str)
def test_the_page_does_not_thank_before_the_money_is_confirmed(
    open_screen: Callable[..., Screen], house: House, case: tuple[str, int, bool]
) -> None:
    screen = screen_for(open_screen, case)
    with house.late_webhooks():
        give(screen, f"late-{case[0]}@example.org")
        assert screen.heading == WAITING[screen.language]
    screen.wait_for_heading(THANKS[screen.language])


@pytest.mark.parametrize("case", [("fr", 320, True), ("en", 1280, False)], ids=str)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    open_screen: Callable[..., Screen], case: tuple[str, int, bool]
) -> None:
    screen = screen_for(open_screen, case)
    screen.open("/{lang}/give")
    screen.fill(first_name="Odile", email="odile")
    screen.page.locator("[name=choice][value=other]").check()
    screen.fill(amount="0,5")
    screen.press_first(BUTTON)
    summary = screen.page.locator(".error-summary")
    assert summary.get_by_role("link").count() >= 5
    assert screen.page.locator("[name=first_name]").input_value() == "Odile"
    assert screen.page.locator("[name=email]").input_value() == "odile"
    assert screen.page.locator("[name=amount]").input_value() == "0,5"


def test_a_company_gives_with_its_name_and_number(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(language="en")
    screen.open("/{lang}/give")
    screen.page.locator("[name=kind][value=company]").check()
    screen.fill(company_name="Menuiserie Essai", siren="732829320", legal_form="SARL")
    fill_in_identity(screen, "company@example.org")
    commit(screen)
    pay(screen)
    screen.wait_for_heading(THANKS["en"])
