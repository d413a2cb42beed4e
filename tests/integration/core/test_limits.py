"""How often somebody may try: all web processes count together, and forget."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import create_app
from portal.config import Settings
from portal.core.db import db
from portal.core.web.audience import everyone
from portal.core.web.limits import COUNTERS, PostgresStorage, forget_counters, limiter


@pytest.fixture
def storage(committed: Flask) -> PostgresStorage:
    return PostgresStorage("portal-postgres://")


def test_a_counter_counts_and_forgets(storage: PostgresStorage) -> None:
    assert storage.get("a") == 0
    assert [storage.incr("a", 60) for _ in range(3)] == [1, 2, 3]
    assert storage.incr("a", 60, amount=4) == 7
    assert storage.get("a") == 7
    assert storage.get("b") == 0
    storage.clear("a")
    assert storage.get("a") == 0
    assert storage.check()


def test_a_window_that_is_over_begins_anew(storage: PostgresStorage) -> None:
    storage.incr("a", 0.2)
    storage.incr("a", 60)
    assert storage.get_expiry("a") == pytest.approx(time.time(), abs=0.3), "not prolonged"
    time.sleep(0.25)
    assert storage.get("a") == 0
    assert storage.incr("a", 60) == 1
    assert storage.get_expiry("a") == pytest.approx(time.time() + 60, abs=2)


def test_everything_can_be_forgiven(storage: PostgresStorage) -> None:
    for key in ("a", "b"):
        storage.incr(key, 60)
    assert storage.reset() == 2
    assert storage.get("a") == 0


def test_no_try_is_lost_when_many_come_at_once(committed: Flask, storage: PostgresStorage) -> None:
    def try_it(_: int) -> int:
        with committed.app_context():
            return storage.incr("a", 60)

    with ThreadPoolExecutor(8) as many:
        counted = list(many.map(try_it, range(40)))
    assert sorted(counted) == list(range(1, 41))


def test_the_addresses_of_visitors_are_not_kept(storage: PostgresStorage) -> None:
    storage.incr("LIMITS:192.0.2.1", 0.01)
    storage.incr("LIMITS:192.0.2.2", 60)
    time.sleep(0.05)
    forget_counters(timestamp=0)
    with db.engine.connect() as looking:
        assert list(looking.scalars(sa.select(COUNTERS.c.key))) == ["LIMITS:192.0.2.2"]


@pytest.fixture
def two_processes(committed: Flask, committed_settings: Settings) -> Iterator[list[Flask]]:
    """The portal twice on one database, each with a page that may be opened twice a minute."""
    apps = []
    for _ in range(2):
        app = create_app(replace(committed_settings))
        page = limiter.limit("2/minute")(everyone(lambda: "ok"))
        app.add_url_rule("/limited", "limited", page)
        apps.append(app)
    yield apps
    for app in apps:
        with app.app_context():
            db.engine.dispose()


def test_two_web_processes_count_together(two_processes: list[Flask]) -> None:
    one, other = (app.test_client() for app in two_processes)
    assert [one.get("/limited").status_code, other.get("/limited").status_code] == [200, 200]
    for refused in (one.get("/limited"), other.get("/limited")):
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 60
    elsewhere = one.get("/limited", environ_base={"REMOTE_ADDR": "192.0.2.9"})
    assert elsewhere.status_code == 200
