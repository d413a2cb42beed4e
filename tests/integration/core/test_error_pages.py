"""Every refusal is a page with a sentence and a way on, in both languages, never a stack trace."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, abort
from werkzeug.exceptions import RequestEntityTooLarge, TooManyRequests

from portal import create_app
from portal.config import Mode, Settings
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.jobs import connect
from portal.core.web.audience import everyone
from tests.conftest import TODAY
from tests.pages import Page

HEADINGS = {
    403: ("Cette page ne vous est pas ouverte", "This page is not for you"),
    404: ("Cette page reste introuvable", "We cannot find this page"),
    405: ("Cette adresse ne s’ouvre pas de cette façon", "This address cannot be opened like this"),
    413: ("Ce fichier est trop volumineux", "This file is too large"),
    422: ("Nous n’avons pas pu lire votre envoi", "We could not read what was sent"),
    429: ("Trop de tentatives", "Too many attempts"),
    500: ("Un incident s’est produit de notre côté", "Something went wrong on our side"),
    503: ("Nous revenons dans un instant", "We will be back in a moment"),
}


class _Broken(Exception):
    """A bug, with somebody's name in it."""


@pytest.fixture(scope="module")
def fragile(settings: Settings, database_url: str) -> Iterator[Flask]:
    """The portal as visitors meet it (bugs are shown as a page), with views that fail."""
    app = create_app(replace(settings, mode=Mode.DEMO), clock=FrozenClock(TODAY))
    app.config.update(RATELIMIT_ENABLED=False)

    @everyone
    def fails(status: int) -> Any:
        if status == 1:
            raise _Broken("Claire Canari, 12 rue des Essais")
        if status == 413:
            raise RequestEntityTooLarge
        if status == 429:
            raise TooManyRequests(retry_after=120)
        if status == 503:
            raise sa.exc.OperationalError("select 1", {}, Exception("server closed"))
        return abort(status)

    app.add_url_rule("/<lang_code>/fails/<int:status>", "fails", fails, methods=["GET", "POST"])
    yield app
    with app.app_context():
        db.engine.dispose()
    connect(sa.make_url(database_url))


class _Reader:
    """A browser whose every request stands alone, as in life."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, path: str, **kw: Any) -> Page:
        return Page(self.client.get(path, **kw))

    def post(self, path: str, data: dict[str, Any]) -> Page:
        return Page(self.client.post(path, data=data))


@pytest.fixture
def reader(fragile: Flask) -> _Reader:
    return _Reader(fragile)


def _fails(reader: _Reader, status: int, language: str = "fr") -> Page:
    return reader.get(f"/{language}/fails/{status}")


@pytest.mark.parametrize("status", [s for s in HEADINGS if s != 500])
def test_each_refusal_is_a_page_in_french_and_in_english(reader: _Reader, status: int) -> None:
    for language, heading in zip(("fr", "en"), HEADINGS[status], strict=True):
        page = _fails(reader, status, language)
        assert (page.status, page.heading) == (status, heading)
        assert any(link.startswith(f"/{language}/") for link in page.links()), "a way on"


@pytest.mark.parametrize(
    ("status", "like"), [(400, 422), (401, 403), (406, 422), (410, 404), (415, 422), (501, 500)]
)
def test_a_status_without_a_page_of_its_own_borrows_one(
    reader: _Reader, status: int, like: int
) -> None:
    page = _fails(reader, status, "en")
    assert (page.status, page.heading) == (status, HEADINGS[like][1])


def test_a_bug_shows_a_page_and_nothing_of_itself(
    reader: _Reader, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        for language, heading in zip(("fr", "en"), HEADINGS[500], strict=True):
            page = _fails(reader, 1, language)
            assert (page.status, page.heading) == (500, heading)
            for word in ("Canari", "_Broken", "Traceback", "test_error_pages", "rue des Essais"):
                assert word not in page.html
    assert "unexpected error at fails" in caplog.messages
    assert not any("Canari" in message for message in caplog.messages)


def test_a_wrong_method_says_which_are_right(reader: _Reader) -> None:
    page = reader.client.post("/healthz")
    assert page.status_code in (405, 422)
    page = reader.client.put("/healthz", headers={"Sec-Fetch-Site": "same-origin"})
    assert page.status_code in (405, 422)


def test_who_comes_too_often_is_told_when_to_come_back(reader: _Reader) -> None:
    assert _fails(reader, 429).response.headers["Retry-After"] == "120"


def test_a_form_from_elsewhere_is_refused_with_a_sentence(reader: _Reader) -> None:
    for language, heading in (
        ("fr", "Ce formulaire est resté ouvert trop longtemps"),
        ("en", "This form was open for too long"),
    ):
        page = reader.post(f"/{language}/fails/200", {"x": "1"})
        assert (page.status, page.heading) == (422, heading)


def test_a_file_that_is_too_large_is_refused(fragile: Flask, reader: _Reader) -> None:
    before = fragile.config["MAX_CONTENT_LENGTH"]
    fragile.config["MAX_CONTENT_LENGTH"] = 1000
    try:
        page = reader.post("/fr/fails/200", {"file": (io.BytesIO(b"x" * 5000), "a.csv")})
    finally:
        fragile.config["MAX_CONTENT_LENGTH"] = before
    assert (page.status, page.heading) == (413, HEADINGS[413][0])


@pytest.mark.parametrize("path", ["/xx/", "/fr/../etc", "/%00", "/fr/%ff%fe", "/office/../../x"])
def test_an_address_that_leads_nowhere_is_a_404(reader: _Reader, path: str) -> None:
    assert reader.client.get(path).status_code in (301, 302, 303, 308, 404)


def test_a_program_gets_no_page(reader: _Reader) -> None:
    answer = reader.client.get("/webhooks/nothing")
    assert (answer.status_code, answer.get_data()) == (404, b"")


def test_while_the_database_is_away_readers_get_a_page_that_asks_it_nothing(
    settings: Settings, database_url: str
) -> None:
    gone = sa.make_url(database_url).set(database="no_such_database")
    away = create_app(
        replace(
            settings, mode=Mode.DEMO,
            database_url=gone.set(drivername="postgresql").render_as_string(hide_password=False),
        )
    )  # fmt: skip
    try:
        browser = _Reader(away)
        with browser.client.session_transaction() as cookie:
            cookie["_user_id"] = cookie["sid"] = "somebody"
        for path, accepts, heading in (
            ("/fr/", "en", HEADINGS[503][0]),
            ("/en/", "fr", HEADINGS[503][1]),
            ("/me/", "en", HEADINGS[503][1]),
            ("/office/", "", HEADINGS[503][0]),
        ):
            page = browser.get(path, headers={"Accept-Language": accepts})
            assert (page.status, page.heading) == (503, heading), path
            assert page.response.headers["Retry-After"] == "30"
        assert browser.get("/healthz").status == 200
        assert browser.get("/readyz").status == 503
    finally:
        connect(sa.make_url(database_url))
