"""Clicked twice, gone back, closed in the middle, in a real browser: one gift, one truth."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Error

from tests.browser.giving import BUTTON, PAYMENT_PAGE, commit, fill_in_identity, pay, read_it
from tests.browser.house import House
from tests.browser.screen import Screen

PAY = "form.outcomes button[type=submit]"
GIFTS = """
    select string_agg(gift.state, ' ') from gift join donor on donor.id = gift.donor_id
    where donor.email = %s
"""


def clicks_twice(screen: Screen, button: str) -> None:
    """As an impatient hand does, and look at where it leads."""
    screen.page.evaluate("window.left = false")
    screen.page.locator(button).first.dblclick(no_wait_after=True)
    end = time.monotonic() + 20
    while time.monotonic() < end:  # the second click ends what the first began to load
        with suppress(Error):
            screen.page.wait_for_load_state("load")
            if screen.page.evaluate("window.left") is None:
                screen.look()
                return
        screen.page.wait_for_timeout(50)
    raise AssertionError(f"still at {screen.page.url}")


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_clicked_twice_and_gone_back_it_is_one_gift(
    open_screen: Callable[..., Screen], house: House, javascript: bool
) -> None:
    screen = open_screen(language="en", width=320, javascript=javascript)
    email = f"twice-{javascript}@example.org".lower()
    screen.open("/{lang}/give")
    fill_in_identity(screen, email)
    read_it(screen)
    clicks_twice(screen, BUTTON)
    if not PAYMENT_PAGE.search(screen.page.url):
        clicks_twice(screen, BUTTON)  # without scripts a page repeats the commitment first
    screen.page.locator("#outcome-paid").check()
    clicks_twice(screen, PAY)
    screen.wait_for_heading("Thank you!")
    with suppress(Error):  # the browser asks whether to send the form again: nobody does
        screen.page.go_back()
    assert screen.page.locator(PAY).count() == 0, "what was paid cannot be paid again"
    assert house.ask(GIFTS, email) == "settled"


def test_who_closes_the_browser_at_the_bank_s_question_finds_the_truth_and_may_go_on(
    open_screen: Callable[..., Screen], house: House
) -> None:
    screen, email = open_screen(language="fr"), "closed@example.org"
    screen.open("/{lang}/give")
    fill_in_identity(screen, email)
    commit(screen)
    left = str(screen.page.locator("a.back").get_attribute("href"))
    pay(screen, "three_d_secure")
    assert screen.page.locator("button[value=authenticate]").count() == 1
    screen.page.close()
    assert house.ask(GIFTS, email) == "pending"
    later = open_screen(language="fr", width=320)
    later.open(left.replace("/give/again/", "/thanks/"))
    assert later.heading == "Rien n’a été prélevé"
    later.press_first("main form[method=post] button[type=submit]")
    pay(later)
    later.wait_for_heading("Merci !")
    assert house.ask(GIFTS, email) == "settled"
