"""The accountant issues the receipts of a year, and a donor takes hers, in a real browser."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable

import pytest

from tests.browser.house import House
from tests.browser.screen import Screen

YEAR = 2025
COUNT = re.compile(r"\d+")
ISSUED = (
    "select count(*) from receipt where tax_year = %s and state = 'issued'"  # of the whole year
)


@pytest.fixture
def issued(open_screen: Callable[..., Screen], house: House) -> int:
    """The receipts of the year, issued once for all these tests; how many there are."""
    screen = open_screen(language="fr", persona="accountant")
    screen.open(f"/office/receipts?year={YEAR}")
    if screen.page.locator(f"a[href$='/{YEAR}/run']").count():
        screen.press_first(f"main a[href$='/{YEAR}/run']")
        planned = int(COUNT.search(screen.page.locator("main dd").first.inner_text())[0])  # type: ignore[index]
        before = house.ask(ISSUED, YEAR)
        screen.send()
        screen.page.locator("a[href*='/exports/new/receipts']").wait_for(timeout=240_000)
        screen.page.locator("[data-look-again]").wait_for(state="detached", timeout=240_000)
        assert house.ask(ISSUED, YEAR) == before + planned
    return int(house.ask(ISSUED, YEAR))


@pytest.mark.parametrize(
    ("language", "width", "javascript"), [("fr", 320, True), ("en", 1280, False)]
)
def test_who_is_blocked_is_listed_with_the_reason(
    open_screen: Callable[..., Screen], issued: int, language: str, width: int, javascript: bool
) -> None:
    screen = open_screen(
        language=language, width=width, javascript=javascript, persona="accountant"
    )
    screen.open(f"/office/receipts?year={YEAR}")
    screen.press_first(f"main .actions a[href$='/receipts/blocked?year={YEAR}']")
    blocked = screen.page.locator("main tbody tr")
    assert blocked.count() > 1
    assert all(row.locator("td").first.inner_text().strip() for row in blocked.all())
    name, content = screen.download(re.compile(r"CSV"), role="link")
    assert name.endswith(".csv")
    assert content


def _taken(screen: Screen, code: str, file_format: str) -> bytes:
    """A file of the exports: looked at, made, downloaded."""
    screen.open(f"/office/exports/new/{code}?year={YEAR}")
    screen.page.get_by_label(file_format).check()
    screen.press("Make the file")
    ready = screen.page.get_by_role("button", name=re.compile("^Download"))
    ready.wait_for(timeout=240_000)
    return screen.download(re.compile("^Download"), role="button")[1]


def test_the_register_and_the_archive_hold_every_receipt(
    open_screen: Callable[..., Screen], issued: int
) -> None:
    screen = open_screen(language="en", persona="accountant")
    register = _taken(screen, "register", "CSV")
    assert len(register.decode("utf-8-sig").strip().splitlines()) - 1 >= issued
    assert zipfile.is_zipfile(io.BytesIO(_taken(screen, "register", "XLSX")))
    papers = _taken(screen, "receipts", "ZIP")
    with zipfile.ZipFile(io.BytesIO(papers)) as archive:
        pdfs = [name for name in archive.namelist() if name.endswith(".pdf")]
        assert len(pdfs) >= issued
        assert archive.read(pdfs[0]).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("language", "width", "javascript"), [("fr", 320, True), ("en", 1280, False)]
)
def test_the_sponsor_downloads_hers_and_nobody_else_does(
    open_screen: Callable[..., Screen],
    house: House,
    issued: int,
    language: str,
    width: int,
    javascript: bool,
) -> None:
    assert issued
    screen = open_screen(language=language, width=width, javascript=javascript, persona="sponsor")
    screen.open("/me/receipts")
    taking = screen.page.locator("main form[action$='.pdf']").first
    path = str(taking.get_attribute("action"))
    with screen.page.expect_download() as waiting:
        taking.locator("button").click()
    paper = waiting.value.path().read_bytes()
    assert hashlib.sha256(paper).hexdigest() == house.ask(
        "select d.sha256 from document d join receipt r on r.document_id = d.id"
        " where r.public_id::text = %s",
        path.rpartition("/")[2].removesuffix(".pdf"),
    )
    stranger = open_screen(language=language, persona="waiting")
    assert stranger.fetch(path)[0] == 404
    assert not open_screen(language=language).fetch(path)[1].startswith(b"%PDF")
