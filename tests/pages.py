"""A browser without a screen: every page it opens is checked, whatever the test is about.

Each HTML page must be valid HTML5, have one ``h1``, a title, a language, no duplicate ids, a label
on every field, no inline script or style, and no untranslated leftovers.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.accounts.models import Account, AccountSession
from portal.accounts.sign_in import _hash
from portal.core.db import db

X = "{http://www.w3.org/1999/xhtml}"


class Page:
    """An answer, read."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.html = (
            response.get_data(as_text=True) if (response.mimetype or "").startswith("text/") else ""
        )
        self.location = response.headers.get("Location", "")
        self.tree: Element | None = None
        if (
            response.mimetype == "text/html"
            and self.html
            and response.status_code not in (301, 302, 303, 308)
        ):
            self.tree = _checked(self.html)

    @property
    def text(self) -> str:
        """What a reader sees, spaces folded (no-break spaces become spaces)."""
        return " ".join("".join((self.tree or Element("x")).itertext()).split())

    @property
    def heading(self) -> str:
        found = (self.tree or Element("x")).find(f".//{X}h1")
        return " ".join("".join(found.itertext()).split()) if found is not None else ""

    def links(self) -> list[str]:
        """The addresses the page leads to."""
        return [a.get("href", "") for a in (self.tree or Element("x")).iter(f"{X}a")]

    def has(self, words: str) -> bool:
        return " ".join(words.split()) in self.text


def _checked(html: str) -> Element:
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=True)
    tree: Element = parser.parse(html)
    problems = [str(error[1]) for error in parser.errors]
    assert not problems, f"invalid HTML: {problems[:5]}"
    every = list(tree.iter())
    assert len([e for e in every if e.tag == f"{X}h1"]) == 1, "a page has one h1"
    assert tree.get("lang") in ("fr", "en"), "a page says its language"
    ids = [e.get("id") for e in every if e.get("id")]
    double = {i for i in ids if ids.count(i) > 1}
    assert not double, f"duplicate ids: {double}"
    assert not [e for e in every if e.get("style")], "no inline style under our CSP"
    inline = [e for e in every if e.tag == f"{X}script" and not e.get("src")]
    assert not [e for e in inline if e.get("type") in (None, "module")], "no inline script"
    _labels(every)
    return tree


def _labels(every: list[Element]) -> None:
    labelled = {e.get("for") for e in every if e.tag == f"{X}label"}
    for element in every:
        if element.tag not in (f"{X}input", f"{X}select", f"{X}textarea"):
            continue
        if element.get("type") in ("hidden", "submit", "button"):
            continue
        named = element.get("aria-label") or element.get("aria-labelledby")
        assert named or element.get("id") in labelled, f"no label on {element.attrib}"


class PageClient:
    """Opens pages and sends forms as somebody."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self._account: Account | None = None

    @property
    def account(self) -> Account:
        assert self._account is not None, "nobody is signed in"
        return self._account

    def sign_in(self, account: Account) -> PageClient:
        """Be signed in as that account (the sign-in page has tests of its own)."""
        secret = f"secret-{account.id}-{id(self)}"
        now = self.app.extensions["clock"].now()
        db.session.add(
            AccountSession(
                token_hash=_hash(secret),
                account_id=account.id,
                created_at=now,
                authenticated_at=now,
                expires_at=now.replace(year=now.year + 1),
            )
        )
        db.session.commit()
        with self.client.session_transaction() as cookie:
            cookie["sid"] = secret
            cookie["_user_id"] = secret
        self._account = account
        return self

    def get(self, path: str, **kw: Any) -> Page:
        return self._page(self.client.get(path, **kw))

    def post(self, path: str, data: dict[str, Any] | None = None, **kw: Any) -> Page:
        return self._page(self.client.post(path, data=data or {}, **kw))

    def follow(self, page: Page) -> Page:
        """Where the answer sends the reader."""
        return self.get(re.sub(r"^https?://[^/]+", "", page.location))

    def _page(self, response: TestResponse) -> Page:
        db.session.info.pop("read_only", None)
        return Page(response)
