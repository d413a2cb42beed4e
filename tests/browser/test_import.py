"""The field officer brings a delivery of tables in, in a real browser."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload

from tests.browser.screen import Screen
from tests.factories.deliveries import CHILDREN, delivery

TRY = {"fr": "Essayer ces tableaux", "en": "Try these tables"}
IMPORT = {"fr": "Importer ces données", "en": "Import these records"}
REFERENCE = re.compile(rb"\b([FCPSD])(\d)\b")


def of_its_own(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same tables with references nobody else uses."""
    mark = uuid.uuid4().hex[:6].upper().encode()
    return {name: REFERENCE.sub(rb"\g<1>X" + mark + rb"\2", text) for name, text in files.items()}


def hand_in(screen: Screen, files: dict[str, bytes]) -> None:
    """Choose the files, send them, and wait until they have been tried."""
    screen.open("/office/imports/")
    screen.page.locator("input[type=file]").set_input_files(
        [FilePayload(name=name, mimeType="text/csv", buffer=text) for name, text in files.items()]
    )
    screen.press(TRY[screen.language])
    screen.wait_for("form[action$='/drop'], .notice--danger")


def counts(screen: Screen, table: str) -> list[str]:
    """Rows, new, changed, same and faulty of a table."""
    row = screen.page.locator("tbody tr").filter(
        has=screen.page.get_by_role("rowheader", name=table, exact=True)
    )
    return row.locator("td").all_inner_texts()


@pytest.mark.parametrize(
    ("language", "width", "javascript"), [("fr", 1280, True), ("en", 320, True), ("fr", 320, False)]
)
def test_a_fault_is_named_mended_and_everything_comes_in(
    open_screen: Callable[..., Screen], language: str, width: int, javascript: bool
) -> None:
    screen = open_screen(
        language=language, width=width, javascript=javascript, persona="field_officer"
    )
    good = of_its_own(delivery())
    wrong = good | {"children.csv": good["children.csv"].replace(b"Dara,M,", b"Dara,X,")}
    hand_in(screen, wrong)
    fault = screen.page.locator("table", has=screen.page.locator("code")).locator("tbody tr").first
    assert [cell.strip() for cell in fault.locator("td").all_inner_texts()][:4] == [
        "children", "3", "sex", "X",
    ]  # fmt: skip
    assert not screen.page.get_by_role("button", name=IMPORT[language]).count()

    hand_in(screen, good)
    assert counts(screen, "children") == ["2", "2", "0", "0", "0"]
    assert counts(screen, "gifts") == ["2", "2", "0", "0", "0"]
    screen.press(IMPORT[language])
    screen.wait_for("main .notice--success")
    hand_in(screen, good)
    assert counts(screen, "children") == ["2", "0", "0", "2", "0"]


def test_the_faults_can_be_taken_away_as_a_list(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(language="en", persona="field_officer")
    children = CHILDREN.replace("2015-03-02", "2015-02-30")
    hand_in(screen, of_its_own(delivery(children=children)))
    name, content = screen.download(re.compile("CSV"))
    assert name.endswith(".csv")
    assert "2015-02-30" in content.decode("utf-8-sig")


def test_a_file_that_is_no_table_gets_a_sentence(open_screen: Callable[..., Screen]) -> None:
    screen = open_screen(language="fr", width=320, persona="field_officer")
    hand_in(screen, {"children.xlsx": b"PK\x03\x04 this is no workbook"})
    assert screen.page.locator(".notice--danger").first.inner_text().strip()
    assert not screen.page.get_by_role("button", name=IMPORT["fr"]).count()
