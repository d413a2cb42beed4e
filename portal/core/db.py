"""The database: typed models, one transaction a use case. Only this module commits."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar

import sqlalchemy as sa
from alembic.config import Config as AlembicConfig
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import URL
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

from portal.config import ROOT, Settings
from portal.core import localpg

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every row shares: named constraints, instants in UTC, 64-bit numbers."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dt.datetime: sa.DateTime(timezone=True),
        str: sa.Text,
        int: sa.BigInteger,
        dict[str, Any]: sa.dialects.postgresql.JSONB,
        list[Any]: sa.dialects.postgresql.JSONB,
    }


db = SQLAlchemy(metadata=Base.metadata)  # models stand on Base; db.Model is not used

Key = Annotated[int, mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)]
PublicId = Annotated[
    uuid.UUID, mapped_column(sa.Uuid, unique=True, default=uuid.uuid4, nullable=False)
]
CreatedAt = Annotated[dt.datetime, mapped_column(server_default=sa.func.now())]


def codes(enum: type[StrEnum]) -> sa.Enum:
    """A column of codes: text in the table, checked by the database, an enum in Python."""
    return sa.Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=enum.__name__.lower(),
        values_callable=lambda e: [member.value for member in e],
    )


class ReadOnlyRequest(RuntimeError):
    """A page that only shows tried to write."""


def session() -> Session:
    """The session of this request or job."""
    return db.session()


@contextmanager
def transaction() -> Iterator[Session]:
    """One use case: everything in it is kept, or nothing. Inside another it joins the outer one."""
    current = db.session()
    if current.info.get("read_only"):
        raise ReadOnlyRequest("a GET request never writes")
    depth = current.info.get("depth", 0)
    current.info["depth"] = depth + 1
    try:
        yield current
        if depth == 0:
            current.commit()
        else:
            current.flush()
    except BaseException:
        if depth == 0:
            current.rollback()
        raise
    finally:
        current.info["depth"] = depth


def violated(error: IntegrityError) -> str:
    """The name of the constraint the database defended, or '' when it does not say."""
    return str(getattr(getattr(error.orig, "diag", None), "constraint_name", None) or "")


def database_url(settings: Settings) -> URL:
    """DATABASE_URL, else the private server of the instance folder (started when needed)."""
    told = settings.database_url or localpg.ensure(settings.instance_dir / "pg")
    return sa.make_url(told.replace("postgres://", "postgresql://", 1)).set(
        drivername="postgresql+psycopg"
    )


def init_app(app: Flask, settings: Settings) -> None:
    """Connect; on the private server, bring the schema up to date first."""
    url = database_url(settings)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True, "pool_size": 10}
    db.init_app(app)
    if settings.database_url is None:
        upgrade(url)


def alembic_config(url: URL) -> AlembicConfig:
    """Alembic, told where the migrations and the database are."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    return config


def upgrade(url: URL) -> None:
    """Bring the schema to the newest revision; nothing happens when it is there already."""
    from alembic import command
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = alembic_config(url)
    heads = set(ScriptDirectory.from_config(config).get_heads())
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(sa.text("select pg_advisory_xact_lock(721995)"))
            if set(MigrationContext.configure(connection).get_current_heads()) != heads:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
    finally:
        engine.dispose()


def sql_file(name: str) -> str:
    """The text of a file of migrations/sql."""
    return (Path(ROOT) / "migrations" / "sql" / name).read_text(encoding="utf-8")
