"""The migrations lead to the models, and back."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command

from portal.core import db as database

SQL = Path(__file__).resolve().parents[2] / "migrations" / "sql"


@pytest.fixture
def empty_database(database_url: str):  # type: ignore[no-untyped-def]
    url = sa.make_url(database_url)
    name = f"{url.database}_migrations"
    with psycopg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    ) as server:
        server.execute(f"drop database if exists {name} with (force)")
        server.execute(f"create database {name}")
        yield url.set(database=name)
        server.execute(f"drop database {name} with (force)")


def test_the_models_are_what_the_migrations_make(empty_database: sa.URL) -> None:
    database.upgrade(empty_database)
    command.check(database.alembic_config(empty_database))


def test_every_migration_can_be_undone_and_done_again(empty_database: sa.URL) -> None:
    config = database.alembic_config(empty_database)
    command.upgrade(config, "head")
    command.downgrade(config, "base")
    command.upgrade(config, "head")


def test_the_frozen_job_schema_is_that_of_the_library() -> None:
    installed = files("procrastinate").joinpath("sql/schema.sql").read_text(encoding="utf-8")
    assert (SQL / "procrastinate-3.10.0.sql").read_text(encoding="utf-8") == installed
