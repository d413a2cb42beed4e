"""A real PostgreSQL, one database a process; each test in a transaction that is rolled back."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask, g, request_started

from portal import create_app
from portal.accounts.models import Account
from portal.config import Mode, Settings
from portal.core import db as database
from portal.core import localpg
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.roles import Role
from portal.core.web.limits import limiter
from tests.factories.people import make_account
from tests.pages import PageClient

# Tests never judge by the clock: a busy machine is not a fault. Nor by luck: the same change gets the same
# examples, and HYPOTHESIS_PROFILE=exploring looks for new ones.
for name, same_examples in (("unhurried", True), ("exploring", False)):
    hypothesis.settings.register_profile(
        name,
        deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
        print_blob=True,
        derandomize=same_examples,
    )
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "unhurried"))

ROOT = Path(__file__).resolve().parent.parent
TODAY = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def _migrations_mark() -> str:
    digest = hashlib.sha256()
    for path in sorted((ROOT / "migrations").rglob("*.*")):
        if path.suffix in (".py", ".sql"):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _programs_mark() -> str:
    """Each PostgreSQL that is tried has its own cluster."""
    told = os.environ.get("PG_BINDIR", "")
    return f"-{hashlib.sha256(told.encode()).hexdigest()[:6]}" if told else ""


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A fresh database, copied from one that was migrated once for this state of migrations/."""
    server = os.environ.get("TEST_DATABASE_URL") or localpg.ensure(
        ROOT / "instance" / f"test-pg{_programs_mark()}", test=True
    )
    root = sa.make_url(server).set(drivername="postgresql", database="postgres")
    mark = _migrations_mark()
    template, name = f"template_{mark}", f"test_{os.getpid()}"
    with psycopg.connect(root.render_as_string(hide_password=False), autocommit=True) as server_db:
        server_db.execute("select pg_advisory_lock(4711)")
        known = server_db.execute(
            "select 1 from pg_database where datname = %s", (template,)
        ).fetchone()
        if not known:
            server_db.execute("drop database if exists making with (force)")
            server_db.execute("create database making")
            database.upgrade(root.set(drivername="postgresql+psycopg", database="making"))
            server_db.execute(f"alter database making rename to {template}")
        server_db.execute(f"drop database if exists {name} with (force)")
        server_db.execute(f"create database {name} template {template}")
        server_db.execute("select pg_advisory_unlock(4711)")
        yield root.set(drivername="postgresql+psycopg", database=name).render_as_string(
            hide_password=False
        )
        db_gone = f"drop database if exists {name} with (force)"
        server_db.execute(db_gone)


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        mode=Mode.TEST,
        instance_dir=tmp_path_factory.mktemp("instance"),
        secret_key="test" * 16,
        public_url="http://localhost",
        port=80,
        database_url=database_url,
        stripe_secret_key=None,
        stripe_webhook_secrets=("whsec_test",),
        simulator_port=8012,
        smtp_url=None,
        mail_from="PSE <bonjour@example.org>",
    )


@pytest.fixture(scope="session")
def _app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings, clock=FrozenClock(TODAY))
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def clock(_app: Flask) -> Iterator[FrozenClock]:
    """The portal's clock, at 2026-11-22 10:00 UTC; move it with ``clock.instant = …``."""
    frozen = FrozenClock(TODAY)
    before = _app.extensions["clock"]
    _app.extensions["clock"] = frozen
    yield frozen
    _app.extensions["clock"] = before


@pytest.fixture
def app(_app: Flask, clock: FrozenClock) -> Iterator[Flask]:
    """The application inside a transaction that is rolled back; its commits become savepoints."""
    with _app.app_context():
        engines = db._app_engines[_app]
        engine = engines[None]
        connection = engine.connect()
        outer = connection.begin()
        engines[None] = connection  # type: ignore[assignment]
        db.session.configure(join_transaction_mode="create_savepoint")
        counting, limiter.enabled = limiter.enabled, False
        try:
            with request_started.connected_to(_forget_the_last_reader, _app):
                yield _app
        finally:
            limiter.enabled = counting
            db.session.remove()
            outer.rollback()
            connection.close()
            engines[None] = engine
            db.session.configure(join_transaction_mode="conditional_savepoint")


def _forget_the_last_reader(_app: Flask, **_more: object) -> None:
    """The test's context outlives its requests; who is signed in, in which language, must not."""
    g.pop("_login_user", None)
    g.pop("_flask_babel", None)


@pytest.fixture
def visitor(app: Flask) -> PageClient:
    """Somebody who is not signed in."""
    return PageClient(app)


@pytest.fixture
def signed_in_as(app: Flask) -> Callable[..., PageClient]:
    """``signed_in_as(account)`` or ``signed_in_as(Role.MATCHER)``: a browser of theirs."""

    def enter(who: Account | Role) -> PageClient:
        account = make_account(roles=[who]) if isinstance(who, Role) else who
        return PageClient(app).sign_in(account)

    return enter


@pytest.fixture
def sponsor(signed_in_as: Callable[..., PageClient]) -> PageClient:
    """A signed-in sponsor with a donor of her own (``sponsor.account.donor``)."""
    return signed_in_as(make_account(with_donor=True))


@pytest.fixture
def other_sponsor(signed_in_as: Callable[..., PageClient]) -> PageClient:
    """Another sponsor, to whom the first one's pages are none of her business."""
    return signed_in_as(make_account(with_donor=True))


@pytest.fixture
def matcher(signed_in_as: Callable[..., PageClient]) -> PageClient:
    return signed_in_as(Role.MATCHER)


@pytest.fixture
def accountant(signed_in_as: Callable[..., PageClient]) -> PageClient:
    return signed_in_as(Role.ACCOUNTANT)


@pytest.fixture
def field_officer(signed_in_as: Callable[..., PageClient]) -> PageClient:
    return signed_in_as(Role.FIELD_OFFICER)


@pytest.fixture
def editor(signed_in_as: Callable[..., PageClient]) -> PageClient:
    return signed_in_as(Role.EDITOR)


@pytest.fixture
def admin(signed_in_as: Callable[..., PageClient]) -> PageClient:
    return signed_in_as(Role.ADMINISTRATOR)
