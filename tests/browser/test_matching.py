"""The sponsorship desk decides pairs, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.house import House
from tests.browser.screen import Screen

CHILD_OF = """select jsonb_build_object('called', c.called, 'surname', c.family_name_latin,
    'khmer', c.name_km, 'born', c.born_on, 'ref', c.ref, 'family', f.ref, 'district', f.district)
    from child c join family f on f.id = c.family_id"""
HELD_BY_ANOTHER = {"fr": "Quelqu’un a été plus rapide", "en": "Somebody was faster"}


def first_pair(screen: Screen) -> dict[str, str]:
    """The wish, the child and the sponsor's reference of the first proposed pair."""
    form = screen.page.locator("form[action$='/matching/accept']").first
    return {name: form.locator(f"[name={name}]").input_value() for name in ("wish", "child")}


def button(screen: Screen, action: str, pair: dict[str, str]) -> str:
    """The selector of the button that does this to the pair."""
    assert screen.page.url
    return (
        f"form[action$='/{action}']:has([name=wish][value='{pair['wish']}'])"
        f":has([name=child][value='{pair['child']}']) button"
    )


@pytest.mark.parametrize(
    ("language", "width", "javascript"), [("fr", 1280, True), ("en", 320, False)]
)
def test_accepting_a_pair_writes_to_the_sponsor(
    open_screen: Callable[..., Screen], house: House, language: str, width: int, javascript: bool
) -> None:
    screen = open_screen(language=language, width=width, javascript=javascript, persona="matcher")
    screen.open("/office/matching")
    pair = first_pair(screen)
    assert screen.page.locator("article li").count()  # the reasons, in words
    screen.press_first(button(screen, "accept", pair))
    assert screen.page.locator(".flash, .notice--success").first.is_visible()
    child = house.ask(CHILD_OF + " where c.public_id = %s", pair["child"])
    email = house.ask(
        "select email from donor join wish on donor_id = donor.id where wish.public_id = %s",
        pair["wish"],
    )
    if email:
        screen.letter(email, re.compile(rf"{child['called']}"))
        letter = screen.page.locator("pre").text_content() or ""
        assert not re.search(rf"\b{child['surname']}\b", letter)


@pytest.mark.parametrize(
    ("language", "width", "javascript"), [("en", 1280, True), ("fr", 320, False)]
)
def test_a_child_is_held_for_longer_and_released(
    open_screen: Callable[..., Screen], language: str, width: int, javascript: bool
) -> None:
    screen = open_screen(language=language, width=width, javascript=javascript, persona="matcher")
    screen.open("/office/matching")
    pair = first_pair(screen)
    screen.press_first(button(screen, "hold", pair))
    assert screen.page.locator("#holds").is_visible()
    screen.press_first("form[action$='/extend'] button")
    screen.press_first("form[action$='/release'] button")
    assert screen.page.locator(button(screen, "accept", pair)).count()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_of_two_who_click_the_same_child_one_reads_why_not(
    open_screen: Callable[..., Screen], house: House, language: str
) -> None:
    one = open_screen(language=language, persona="matcher")
    other = open_screen(language=language, width=320, persona="administrator")
    for screen in (one, other):
        screen.open("/office/matching")
    pair = first_pair(one)
    theirs = open_wish_of_somebody_else(other, pair)
    one.press_first(button(one, "hold", pair))
    other.press_first(button(other, "accept", theirs))
    assert HELD_BY_ANOTHER[language] in other.text
    running = "select count(*) from sponsorship s join child c on c.id = s.child_id where c.public_id = %s"
    assert house.ask(running, pair["child"]) == 0
    one.press_first("#holds ~ * form[action$='/release'] button, form[action$='/release'] button")


def open_wish_of_somebody_else(screen: Screen, pair: dict[str, str]) -> dict[str, str]:
    """Another sponsor's page, open at the same child."""
    wishes = [
        str(link.get_attribute("href"))
        for link in screen.page.locator("a[href^='/office/matching/']").all()
    ]
    for path in dict.fromkeys(wishes):
        wish = path.rpartition("/")[2]
        if wish in (pair["wish"], "sponsors", "children"):
            continue
        screen.open(path)
        theirs = {"wish": wish, "child": pair["child"]}
        if screen.page.locator(button(screen, "accept", theirs)).count():
            return theirs
    raise AssertionError("no other sponsor could be given this child")


@pytest.mark.parametrize(("language", "width"), [("fr", 320), ("en", 1280)])
def test_the_page_of_the_child_shows_only_what_it_may(
    open_screen: Callable[..., Screen], house: House, language: str, width: int
) -> None:
    screen = open_screen(language=language, width=width, persona="sponsor")
    screen.page.locator("a[href^='/me/child/']").first.click()
    screen.page.wait_for_url("**/me/child/**")
    screen.look()
    public_id = screen.page.url.rpartition("/")[2]
    child = house.ask(
        CHILD_OF + " join sponsorship s on s.child_id = c.id"
        " where s.public_id::text = %s or c.public_id::text = %s",
        public_id,
        public_id,
    )
    assert screen.heading == child["called"]
    source = screen.page.locator("main").inner_html()
    for hidden in ("surname", "khmer", "born", "family", "district", "ref"):
        assert not re.search(rf"\b{re.escape(child[hidden])}\b", source), hidden


def test_a_child_of_another_sponsor_does_not_exist(
    open_screen: Callable[..., Screen], house: House
) -> None:
    screen = open_screen(language="fr", width=320, persona="waiting")
    child = house.ask(
        "select c.public_id from child c join sponsorship s on s.child_id = c.id limit 1"
    )
    assert screen.open(f"/me/child/{child}").status == 404
