"""A portal whose commits are real, its process that can be killed, and a stand-in for Stripe."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest
import requests
import sqlalchemy as sa

from portal import create_app
from portal.config import Settings
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.jobs import connect
from portal.donations.stripe_gateway import StripeGateway
from portal.stripe_simulator import Simulator
from tests.conftest import TODAY, _migrations_mark
from tests.integration.donations.test_with_the_simulator import world
from tests.integration.scenarios.house import House, rehearse
from tests.integration.scenarios.mortal import Mortal
from tests.integration.stripe.actors import KEY, SECRET, Donor, Hand

__all__ = ["world"]  # a fixture
NOBODY_LISTENS = "http://127.0.0.1:9/webhooks/stripe"


@pytest.fixture(scope="package")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """Stripe's stand-in; it tells nobody anything."""
    state = tmp_path_factory.mktemp("stripe") / "stripe.sqlite3"
    each = Simulator(0, state, NOBODY_LISTENS, SECRET)
    thread = threading.Thread(target=each.serve)
    thread.start()
    yield each
    each.stop()
    thread.join()


@pytest.fixture(scope="package")
def mortal(settings: Settings, database_url: str, simulator: Simulator) -> Iterator[Mortal]:
    """The portal's process, prepared once."""
    own = sa.make_url(database_url)
    url = own.set(drivername="postgresql", database=f"{own.database}_mortal")
    told = replace(settings, database_url=url.render_as_string(hide_password=False))
    each = Mortal(told, simulator.address)
    yield each
    each.stop()


@pytest.fixture
def house(mortal: Mortal, simulator: Simulator, database_url: str) -> Iterator[House]:
    """An empty database and an empty provider; the portal here looks on while its process acts."""
    app = create_app(mortal.settings, clock=FrozenClock(TODAY))
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    app.extensions["payments"] = gateway = StripeGateway(KEY, (SECRET,), simulator.address, 5.0)
    with requests.Session() as http:
        http.trust_env = False
        hand = Hand(simulator.address, http)
        each = House(app, mortal, hand, Donor(http), gateway)
        if not mortal.is_ready:
            with _an_empty_world(mortal, hand):
                rehearse(each)
        with _an_empty_world(mortal, hand), app.app_context():
            yield each
            db.session.remove()
            db.engine.dispose()
    gateway.close()
    connect(sa.make_url(database_url))


@contextmanager
def _an_empty_world(mortal: Mortal, hand: Hand) -> Iterator[None]:
    url = sa.make_url(str(mortal.settings.database_url))
    root = url.set(database="postgres").render_as_string(hide_password=False)
    gone = f"drop database if exists {url.database} with (force)"
    with psycopg.connect(root, autocommit=True) as server:
        server.execute(gone)
        server.execute(f"create database {url.database} template template_{_migrations_mark()}")
        hand.does("reset")
        hand.does("webhooks", mode="drop")
        try:
            yield
        finally:
            server.execute(gone)
