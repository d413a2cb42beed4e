"""An account from the first form to the forgotten password, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.screen import Screen

FIRST, SECOND = "trois petits cailloux blancs", "quatre grands arbres verts"
CONFIRM = {"fr": "Confirmez votre adresse", "en": "Confirm your address"}
NEW_PASSWORD = {"fr": "Choisir un nouveau mot de passe", "en": "Choose a new password"}
LOOK = {"fr": "Regardez votre messagerie", "en": "Look into your mailbox"}
WRONG = {
    "fr": "L’adresse et le mot de passe ne vont pas ensemble.",
    "en": "The address and the password do not go together.",
}
SIGN_OUT = {"fr": "Se déconnecter", "en": "Sign out"}


def sign_in(screen: Screen, email: str, password: str) -> None:
    screen.open("/{lang}/sign-in")
    screen.fill(email=email, password=password)
    screen.send()


def sign_out(screen: Screen) -> None:
    screen.press(SIGN_OUT[screen.language])


@pytest.mark.parametrize(
    ("language", "width", "javascript"), [("fr", 320, True), ("en", 1280, False)]
)
def test_sign_up_confirm_leave_come_back_and_forget_the_password(
    open_screen: Callable[..., Screen], language: str, width: int, javascript: bool
) -> None:
    screen = open_screen(language=language, width=width, javascript=javascript)
    email = f"account-{language}@example.org"
    screen.open("/{lang}/sign-up")
    screen.fill(name="Odile Essai", email=email)
    screen.send()
    assert screen.heading == LOOK[language]
    screen.open(screen.letter(email, CONFIRM[language])[0])
    screen.fill(password=FIRST)
    screen.send()
    assert "/me/" in screen.page.url
    sign_out(screen)
    sign_in(screen, email, SECOND)
    assert screen.shows(WRONG[language])
    sign_in(screen, email, FIRST)
    assert "/me/" in screen.page.url
    sign_out(screen)

    screen.open("/{lang}/forgotten-password")
    screen.fill(email=email)
    screen.send()
    screen.open(screen.letter(email, NEW_PASSWORD[language])[0])
    screen.fill(password=SECOND)
    screen.send()
    if "/me/" in screen.page.url:
        sign_out(screen)
    sign_in(screen, email, SECOND)
    assert "/me/" in screen.page.url


def test_no_answer_tells_whether_an_address_is_known(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(language="fr")
    for page, values in {
        "sign-up": {"name": "Odile Essai"},
        "forgotten-password": {},
        "confirm-address": {},
        "sign-in": {"password": FIRST},
    }.items():
        answers = set()
        for email in ("sponsor@example.org", "nobody-knows@example.org"):
            screen.open(f"/fr/{page}")
            screen.fill(email=email, **values)
            screen.send()
            answers.add((screen.page.url, screen.text.replace(email, "")))
        assert len(answers) == 1, page


def test_a_link_works_once(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(language="en", width=320)
    screen.open("/{lang}/sign-up")
    screen.fill(name="Odile Essai", email="once@example.org")
    screen.send()
    link = screen.letter("once@example.org", CONFIRM["en"])[0]
    screen.open(link)
    screen.fill(password=FIRST)
    screen.send()
    sign_out(screen)
    assert screen.open(link).status == 410
