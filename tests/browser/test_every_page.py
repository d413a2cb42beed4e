"""Everybody opens every page they may open, on a small telephone, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from tests.browser.screen import CHANGING, Screen

FILES = re.compile(
    r"\.(pdf|csv|xlsx|zip|json|jpg|png|xml)$|/(pdf|body|image)$|/language$|/photos/|/bank/files/"
)
ENGLISH = re.compile(r"\b(the|and|with|your|you|this|that|are|was|has|have|from|will|not|of)\b")
PROSE = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent && !parent.closest('[lang=en], script, style, pre, code, textarea')) {
      found.push(walker.currentNode.textContent.replace(/\\s+/g, ' ').trim());
    }
  }
  return found.filter(Boolean);
}"""
LETTERS = "/demo/mailbox"
LANGUAGES = ("fr", "en")


def english_on(screen: Screen) -> list[str]:
    """Sentences of a French page that are English."""
    return [text for text in screen.page.evaluate(PROSE) if len(ENGLISH.findall(text.lower())) > 1]


def links_on(screen: Screen) -> Iterator[str]:
    """The addresses of this portal the page leads to."""
    here = urlsplit(screen.page.url)
    for link in screen.page.evaluate("[...document.links].map(link => link.href)"):
        address = urlsplit(link)
        if address.netloc == here.netloc and not FILES.search(address.path):
            yield address.path + (f"?{address.query}" if address.query else "")


def walk(screen: Screen, *, prefix: tuple[str, ...]) -> list[str]:
    """Open one page of each kind that can be reached; the kinds in the order they were found."""
    waiting, kinds = [screen.page.url.removeprefix(_origin(screen))], []
    while waiting:
        path = waiting.pop(0)
        kind = CHANGING.sub("*", path.partition("?")[0])
        if kind in kinds or not path.startswith(prefix):
            continue
        kinds.append(kind)
        answer = screen.open(path)
        if answer.status >= 400:
            screen.troubles.append(f"{path}: answers {answer.status}")
            continue
        if path.startswith(LETTERS):  # in their reader's language; their links work once
            waiting += [link for link in links_on(screen) if link.startswith(LETTERS)]
            continue
        if screen.language == "fr":
            screen.troubles += [f"{path}: English: {text}" for text in english_on(screen)]
        waiting += links_on(screen)
    return kinds


def _origin(screen: Screen) -> str:
    address = urlsplit(screen.page.url)
    return f"{address.scheme}://{address.netloc}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("persona", "area"), [("sponsor", "/me"), ("waiting", "/me"), ("administrator", "/office")]
)
def test_every_page_one_can_reach_is_sound_on_a_telephone(
    open_screen: Callable[..., Screen], persona: str, area: str, language: str
) -> None:
    screen = open_screen(language=language, width=320, persona=persona)
    kinds = walk(screen, prefix=(area,))
    assert len(kinds) > 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_page_is_sound_on_a_telephone(
    open_screen: Callable[..., Screen], language: str
) -> None:
    screen = open_screen(language=language, width=320)
    screen.open("/{lang}/")
    assert len(walk(screen, prefix=(f"/{language}/", "/demo"))) > 10


@pytest.mark.parametrize("persona", ["matcher", "accountant", "editor", "field_officer"])
def test_the_menu_leads_nowhere_one_may_not_go(
    open_screen: Callable[..., Screen], persona: str
) -> None:
    screen = open_screen(persona=persona)
    places = [link.get_attribute("href") for link in screen.page.locator(".desk__nav a").all()]
    assert places
    for place in places:
        assert screen.open(str(place)).status == 200
