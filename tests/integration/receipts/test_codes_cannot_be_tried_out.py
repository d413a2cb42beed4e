"""Codes cannot be tried out in numbers: the door closes for a while."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import create_app
from portal.config import Settings
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.web.limits import COUNTERS, limiter
from tests.conftest import TODAY


@pytest.fixture
def counting(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An application that counts."""
    app = create_app(settings, clock=FrozenClock(TODAY))
    app.config.update(RATELIMIT_ENABLED=True)
    monkeypatch.setattr(limiter, "enabled", True)
    yield app
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(sa.delete(COUNTERS))
        db.engine.dispose()


def test_the_thirty_first_code_in_five_minutes_is_refused(counting: Flask) -> None:
    browser = counting.test_client()
    answers = [browser.get(f"/fr/verify/AAAABBBBCC{n:02}").status_code for n in range(31)]
    assert set(answers[:30]) == {404}
    assert answers[30] == 429
