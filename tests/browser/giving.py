"""What somebody who gives does, on the form and on the payment page."""

from __future__ import annotations

import re
import time

from tests.browser.screen import Screen

PAYMENT_PAGE = re.compile(r"/c/pay/")
BUTTON = "main form[method=post] button[type=submit]:visible"


def fill_in_identity(screen: Screen, email: str) -> None:
    """A name and a whole address."""
    screen.fill(
        first_name="Odile",
        last_name="Essai",
        email=email,
        address1="12 rue des Essais",
        postcode="78000",
        city="Versailles",
    )


def commit(screen: Screen) -> str:
    """Press the button that commits; without scripts a page repeats the commitment first.

    The words of the button that was pressed last.
    """
    read_it(screen)
    said = screen.press_first(BUTTON)
    if not PAYMENT_PAGE.search(screen.page.url):
        said = screen.press_first(BUTTON)
    assert PAYMENT_PAGE.search(screen.page.url), screen.main_text
    return said


def read_it(screen: Screen) -> None:
    """A person takes two seconds; a form sent faster is taken for a machine's."""
    shown_for = screen.page.evaluate("performance.now()") / 1000
    time.sleep(max(0.0, 2.2 - shown_for))


def pay(screen: Screen, outcome: str = "paid") -> None:
    """Choose how the payment ends, and send it off."""
    screen.page.locator(f"#outcome-{outcome}").check()
    screen.press_first("form.outcomes button[type=submit]")


def give(screen: Screen, email: str) -> None:
    """Give the amount that is suggested, to the end."""
    screen.open("/{lang}/give")
    fill_in_identity(screen, email)
    commit(screen)
    pay(screen)
