"""The whole house as a newcomer starts it, and a real browser.

Every page a test opens is checked: no horizontal scroll, no console message, no blocked resource,
no axe violation (WCAG 2.2 AA and RGAA).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.house import House, running_house
from tests.browser.screen import Screen

SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All browser tests share one house: one worker runs them."""
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A running portal with a small demonstration data set.

    ``BROWSER_HOUSE="portal-address simulator-address database-address"`` names one that runs already.
    """
    if running := os.environ.get("BROWSER_HOUSE"):
        yield House(*running.split())
        return
    database_url = request.getfixturevalue("database_url")
    with running_house(database_url, tmp_path_factory.mktemp("house")) as started:
        yield started


@pytest.fixture(autouse=True)
def _fresh_limits(house: House) -> None:
    house.forget_counters()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def looked_at() -> set[tuple[str, int, bool]]:
    """The pages axe has seen in this run: kind of page, width, with errors or without."""
    return set()


@pytest.fixture
def open_screen(
    chromium: Browser, house: House, looked_at: set[tuple[str, int, bool]]
) -> Iterator[Callable[..., Screen]]:
    """``open_screen(language="fr", width=1280, javascript=True, persona="")``."""
    screens: list[Screen] = []

    def open_one(
        *, language: str = "fr", width: int = 1280, javascript: bool = True, persona: str = ""
    ) -> Screen:
        context = chromium.new_context(
            base_url=house.address,
            viewport={"width": width, "height": 900},
            locale="fr-FR" if language == "fr" else "en-GB",
            java_script_enabled=javascript,
            accept_downloads=True,
        )
        screen = Screen(context.new_page(), language, javascript=javascript, looked_at=looked_at)
        screens.append(screen)
        if persona:
            screen.enter_as(persona)
        return screen

    yield open_one
    troubles = [trouble for screen in screens for trouble in screen.troubles]
    for screen in screens:
        screen.page.context.close()
    if troubles:
        pytest.fail("\n".join(troubles), pytrace=False)
