"""The editor writes an issue, sends it, and a sponsor reads it, in a real browser."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.house import House
from tests.browser.screen import Screen

SAVE = {"fr": "Enregistrer", "en": "Save"}
STORY = {"fr": "Ajouter un récit", "en": "Add a story"}
KEEP = {"fr": "Enregistrer le récit", "en": "Keep the story"}
SEND = {"fr": "Envoyer la lettre", "en": "Send the newsletter"}
FIGURES = {
    "flip.parents_trained": "select count(*) from flip_parent where course <> 'business'",
    "flip.parents_employed": "select count(*) from flip_parent where outcome = 'employed'",
    "flip.businesses_started": "select count(*) from flip_parent where outcome = 'business'",
    "flip.schools_renovated": "select count(*) from school",
}
NUMBER = re.compile(r"\d+")


def text_of(pdf: bytes, folder: Path) -> str:
    """The words of a PDF, as a reader finds them."""
    path = folder / "issue.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def counted(house: House) -> list[str]:
    """What the figures must be: 520, 330, 484 and 4 in the demonstration, before any import."""
    return [str(house.ask(query)) for query in FIGURES.values()]


def write(screen: Screen, title: str) -> str:
    """A draft with a letter, figures and a story; its address."""
    screen.open("/office/newsletters/new")
    page = screen.page
    page.locator(f"[name=language][value={screen.language}]").check()
    screen.fill(title=title, letter="Chers parrains,\n\nvoici **de vraies** nouvelles.")
    for code in FIGURES:
        page.locator(f"[name=figures][value='{code}']").check()
    screen.press(SAVE[screen.language])
    address = page.url
    screen.follow(STORY[screen.language])
    screen.fill(title="Le premier jour", text="Bopha (បុប្ផា) est entrée à l’école.")
    screen.press(KEEP[screen.language])
    return address


@pytest.mark.parametrize(
    ("language", "width", "javascript"), [("fr", 1280, True), ("en", 320, False)]
)
def test_an_issue_is_written_seen_three_ways_and_sent(
    open_screen: Callable[..., Screen],
    house: House,
    tmp_path: Path,
    language: str,
    width: int,
    javascript: bool,
) -> None:
    screen = open_screen(language=language, width=width, javascript=javascript, persona="editor")
    title = f"Nouvelles de Phnom Penh {language} {width}"
    address = write(screen, title)
    for view in ("mail", "page", "pdf"):
        screen.open(f"{address}/preview?view={view}")
    screen.open(f"{address}/preview?view=page")
    assert all(screen.shows(value) for value in counted(house))
    status, pdf = screen.fetch(f"{address}/preview/pdf")
    assert status == 200
    words = text_of(pdf, tmp_path)
    assert title in words
    assert all(value in words for value in counted(house))
    assert "Bopha" in words

    screen.open(f"{address}/send")
    told = NUMBER.search(screen.page.locator("main p.lede").last.inner_text())
    assert told
    screen.press(SEND[language])
    reader = house.ask(
        "select d.email from donor d where d.language = %s and d.email <> '' and exists"
        " (select 1 from sponsorship s where s.donor_id = d.id) order by d.id limit 1",
        language,
    )
    if reader:
        screen.letter(reader, title)
    screen.open(address)
    screen.wait_for(".badge--success")
    assert house.ask("select count(*) from outbox_mail where subject like %s", f"%{title}%") == int(
        told[0]
    )


def test_the_sponsor_reads_it_on_her_page_and_keeps_the_pdf(
    open_screen: Callable[..., Screen], house: House, tmp_path: Path
) -> None:
    editor = open_screen(language="fr", persona="editor")
    title = "Une lettre à garder"
    address = write(editor, title)
    editor.open(f"{address}/send")
    editor.press(SEND["fr"])
    editor.wait_for(".badge--success")
    screen = open_screen(language="fr", width=320, persona="sponsor")
    screen.open("/me/news")
    screen.follow(title)
    assert screen.heading == title
    assert all(screen.shows(value) for value in counted(house))
    name, pdf = screen.download("La garder en PDF")
    assert name.endswith(".pdf")
    assert title in text_of(pdf, tmp_path)


def test_what_is_missing_in_an_issue_is_said_at_its_field(
    open_screen: Callable[..., Screen],
) -> None:
    screen = open_screen(language="fr", width=320, persona="editor")
    screen.open("/office/newsletters/new")
    screen.fill(letter="Une lettre sans titre")
    screen.press(SAVE["fr"])
    assert screen.page.locator(".error-summary a").count() >= 1
    assert screen.page.locator("[name=letter]").input_value() == "Une lettre sans titre"
