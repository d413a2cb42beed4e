"""A browser window that looks closely at every page it opens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Download, Page, Response

AXE = next((Path(__file__).parent / "vendor").glob("axe-core*/axe.min.js"))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "RGAAv4"]
LOOK = """async (tags) => (await axe.run(document, {runOnly: tags})).violations
  .map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | '))"""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


class Screen:
    """Opens pages and clicks, and notes whatever is wrong on the way in ``troubles``."""

    def __init__(self, page: Page, language: str, *, javascript: bool) -> None:
        self.page, self.language, self.javascript = page, language, javascript
        self.troubles: list[str] = []
        page.set_default_timeout(20_000)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.troubles.append(f"script error: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            self.troubles.append(f"{self.page.url}: {message.text}")

    def enter_as(self, persona: str) -> None:
        """One click of the demonstration."""
        self.page.goto(f"/{self.language}/language?next=/demo")
        self.page.locator(f"form[action$='/enter/{persona}'] button").click()
        self.look()

    def open(self, path: str) -> Response:
        """Go there and look; ``{lang}`` stands for the language."""
        answer = self.page.goto(path.replace("{lang}", self.language))
        assert answer is not None
        self.look()
        return answer

    def press(self, name: str | re.Pattern[str], *, role: Any = "button") -> None:
        """Press the first button (or link) of that name and look at where it leads."""
        self.page.get_by_role(role, name=name).first.click()
        self.page.wait_for_load_state()
        self.look()

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Follow a link."""
        self.press(name, role="link")

    def download(self, name: str | re.Pattern[str], *, role: Any = "link") -> tuple[str, bytes]:
        """What a click downloads: its name and bytes."""
        with self.page.expect_download() as waiting:
            self.page.get_by_role(role, name=name).first.click()
        download: Download = waiting.value
        return download.suggested_filename, Path(download.path()).read_bytes()

    @property
    def text(self) -> str:
        """What is on the page, spaces folded."""
        return " ".join(self.page.inner_text("body").split())

    def shows(self, words: str) -> bool:
        return " ".join(words.split()) in self.text

    def look(self) -> None:
        """Check the page for what axe finds, at this width and at 320 px."""
        page = self.page
        if page.evaluate(TOO_WIDE):
            self.troubles.append(f"{page.url}: wider than the screen")
        if self.javascript:
            page.evaluate(AXE.read_text(encoding="utf-8"))
            found = page.evaluate(LOOK, RULES)
            self.troubles += [f"{page.url}: {violation}" for violation in found]
