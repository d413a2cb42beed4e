"""A browser window that looks closely at every page it opens."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from playwright.sync_api import ConsoleMessage, Download, Locator, Page, Response

AXE = next((Path(__file__).parent / "vendor").glob("axe-core*/axe.min.js"))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "RGAAv4"]
LOOK = """async (tags) => (await axe.run(document, {runOnly: tags})).violations
  .map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | '))"""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
CHANGING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|cs_\w+|[\w-]{30,}|\d+")
MAIL_COMES_WITHIN = 30.0


class Screen:
    """Opens pages and clicks, and notes whatever is wrong on the way in ``troubles``."""

    def __init__(
        self,
        page: Page,
        language: str,
        *,
        javascript: bool,
        looked_at: set[tuple[str, int, bool]],
    ) -> None:
        self.page, self.language, self.javascript = page, language, javascript
        self.looked_at = looked_at
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
        self._go(self.page.locator(f"form[action$='/enter/{persona}'] button"))

    def open(self, path: str) -> Response:
        """Go there and look; ``{lang}`` stands for the language."""
        answer = self.page.goto(path.replace("{lang}", self.language))
        assert answer is not None
        self.look()
        return answer

    def _go(self, there: Locator) -> None:
        with self.page.expect_navigation():
            there.click()
        self.look()

    def press_first(self, selector: str) -> str:
        """Press the first of these; its words, spaces folded."""
        button = self.page.locator(selector).first
        said = " ".join(button.inner_text().split())
        self._go(button)
        return said

    def press(
        self, name: str | re.Pattern[str], *, role: Any = "button", within: Locator | None = None
    ) -> None:
        """Press the first visible button (or link) of that name and look at where it leads."""
        place = within or self.page
        self._go(place.get_by_role(role, name=name).first)

    def follow(self, name: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        """Follow a link."""
        self.press(name, role="link", within=within)

    def send(self, form: str = "main form[method=post]") -> None:
        """Send a form with its own button."""
        self._go(self.page.locator(f"{form} button[type=submit]:visible").last)

    def fill(self, **values: str) -> None:
        """Write into the fields of these names."""
        for name, value in values.items():
            self.page.locator(f"main [name={name}]:visible").first.fill(value)

    def download(self, name: str | re.Pattern[str], *, role: Any = "link") -> tuple[str, bytes]:
        """What a click downloads: its name and bytes."""
        with self.page.expect_download() as waiting:
            self.page.get_by_role(role, name=name).first.click()
        download: Download = waiting.value
        return download.suggested_filename, Path(download.path()).read_bytes()

    def fetch(self, path: str) -> tuple[int, bytes]:
        """The status and bytes of an address, asked for as this visitor."""
        answer = self.page.context.request.get(path.replace("{lang}", self.language))
        return answer.status, answer.body()

    def letter(self, to: str, subject: str | re.Pattern[str]) -> list[str]:
        """Wait for a letter in the mailbox of the demonstration, open it; the links it holds."""
        end = time.monotonic() + MAIL_COMES_WITHIN
        found = self.page.get_by_role("link", name=subject)
        self.page.goto(f"/demo/mailbox?q={quote(to)}")
        while not found.count():
            assert time.monotonic() < end, f"no letter {subject} to {to}: {self.text}"
            time.sleep(0.3)
            self.page.reload()
        self.look()
        self._go(found.first)
        links = self.page.locator("main ul a[href^=http]").all()
        return [str(link.get_attribute("href")) for link in links]

    def wait_for_heading(self, words: str, within: float = 20.0) -> None:
        """Load the page again until it says so."""
        end = time.monotonic() + within
        while words not in self.heading:
            assert time.monotonic() < end, f"{self.page.url} still says {self.heading}"
            time.sleep(0.3)
            self.page.reload()
        self.look()

    def wait_for(self, selector: str, within: float = 30.0) -> None:
        """Load the page again until something of this kind is on it, then look."""
        end = time.monotonic() + within
        while not self.page.locator(selector).count():
            assert time.monotonic() < end, f"{self.page.url}: no {selector} in {self.main_text}"
            time.sleep(0.4)
            self.page.reload()
        self.look()

    @property
    def text(self) -> str:
        """What is on the page, spaces folded."""
        return " ".join(self.page.inner_text("body").split())

    @property
    def main_text(self) -> str:
        """What the page says itself, without menus; spaces folded."""
        return " ".join(self.page.inner_text("main").split())

    @property
    def heading(self) -> str:
        """The page's h1, spaces folded."""
        return " ".join(self.page.locator("h1").first.inner_text().split())

    def shows(self, words: str) -> bool:
        """Whether the words are on the page, whatever the kind of spaces between them."""
        return " ".join(words.split()) in self.text

    def look(self) -> None:
        """Check the page: not wider than the screen and, once for each kind of page, axe."""
        page = self.page
        if page.evaluate(TOO_WIDE):
            self.troubles.append(f"{page.url}: wider than the screen")
        if not self.javascript or self._seen_before():
            return
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate(LOOK, RULES)
        self.troubles += [f"{page.url}: {violation}" for violation in found]

    def _seen_before(self) -> bool:
        kind = CHANGING.sub("*", urlsplit(self.page.url).path)
        wrong = self.page.locator("[aria-invalid=true]").count() > 0
        size = self.page.viewport_size
        key = (
            f"{kind} {self.heading if '*' not in kind else ''}",
            size["width"] if size else 0,
            wrong,
        )
        if key in self.looked_at:
            return True
        self.looked_at.add(key)
        return False
