"""A database with real commits, for what a rolled-back transaction cannot show."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from portal import create_app
from portal.config import Settings
from portal.core import db as database
from portal.core.db import db
from portal.core.jobs import connect


@pytest.fixture(scope="module")
def committed_settings(settings: Settings, database_url: str) -> Iterator[Settings]:
    """Settings of a portal whose commits are real, on an empty database of its own."""
    here = sa.make_url(database_url)
    name = f"{here.database}_committed"
    server = here.set(drivername="postgresql", database="postgres")
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as admin:
        admin.execute(f"drop database if exists {name} with (force)")
        admin.execute(f"create database {name}")
        url = here.set(drivername="postgresql+psycopg", database=name)
        database.upgrade(url)
        yield replace(
            settings,
            database_url=url.set(drivername="postgresql").render_as_string(hide_password=False),
        )
        admin.execute(f"drop database {name} with (force)")
    connect(here)


@pytest.fixture
def committed(committed_settings: Settings) -> Iterator[Flask]:
    """An application on that database, its context pushed; the tables it filled are emptied."""
    app = create_app(committed_settings)
    app.config.update(WTF_CSRF_ENABLED=False)
    with app.app_context():
        yield app
        db.session.remove()
        with db.engine.begin() as connection:
            connection.execute(sa.text("set local session_replication_role = replica"))
            for table in ("procrastinate_jobs", "procrastinate_workers", "outbox_mail", "account"):
                connection.execute(sa.text(f"truncate {table} cascade"))
            connection.execute(sa.text("truncate rate_counter"))
        db.engine.dispose()


@pytest.fixture
def environment(committed_settings: Settings) -> dict[str, str]:
    """What a process of that portal is told."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "PG_BINDIR", "LANG")}
    return kept | {
        "PORTAL_MODE": "test",
        "INSTANCE_DIR": str(committed_settings.instance_dir),
        "DATABASE_URL": str(committed_settings.database_url),
        "PYTHONPYCACHEPREFIX": str(committed_settings.instance_dir / "bytecode"),
    }
