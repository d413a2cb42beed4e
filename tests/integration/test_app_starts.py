"""The application can be put together, in every mode, more than once."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import create_app
from portal.config import Mode, Settings, SettingsError
from portal.core.clock import SystemClock
from portal.core.jobs import connect


@pytest.mark.parametrize("mode", list(Mode))
def test_it_starts_in_every_mode_and_answers(settings: Settings, mode: Mode) -> None:
    told = replace(settings, mode=mode, public_url="https://sourire.example.org")
    app = create_app(told)
    try:
        assert app.testing is (mode is Mode.TEST)
        assert app.config["SESSION_COOKIE_SECURE"]
        assert app.config["SESSION_COOKIE_HTTPONLY"]
        assert not app.debug
        assert isinstance(app.extensions["clock"], SystemClock)
        assert app.test_client().get("/healthz").status_code == 200
    finally:
        connect(sa.make_url(str(settings.database_url)))


def test_behind_its_proxy_it_believes_the_proxy_and_elsewhere_nobody(settings: Settings) -> None:
    told = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
    seen: dict[Mode, str | None] = {}
    for mode in (Mode.PRODUCTION, Mode.DEMO):
        app = create_app(replace(settings, mode=mode))

        def look(mode: Mode = mode) -> None:
            from flask import request

            seen[mode] = request.remote_addr

        app.before_request_funcs[None].insert(0, look)
        app.test_client().get("/healthz", headers=told)
    connect(sa.make_url(str(settings.database_url)))
    assert seen == {Mode.PRODUCTION: "192.0.2.7", Mode.DEMO: "127.0.0.1"}


def test_without_settings_it_reads_the_environment_and_says_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PORTAL_MODE", "nothing")
    with pytest.raises(SettingsError, match="PORTAL_MODE: must be one of"):
        create_app()


def test_no_form_is_larger_than_its_longest_file(app: Flask) -> None:
    assert app.config["MAX_CONTENT_LENGTH"] == 60 * 1024 * 1024
    assert app.config["MAX_FORM_MEMORY_SIZE"] == 2 * 1024 * 1024
