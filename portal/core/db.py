"""The database: typed models, one transaction a use case. Only this module commits."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import URL
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

from portal.config import ROOT, Settings
from portal.core import localpg

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

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
        dict[str, Any]: postgresql.JSONB,
        list[Any]: postgresql.JSONB,
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
    """One use case: everything in it is kept, or nothing.

    Inside another it joins it: kept when the outer one is. One that fails inside leaves nothing
    behind, even when the outer one catches the error and goes on. Raises ReadOnlyRequest in a GET.
    """
    current = db.session()
    if current.info.get("read_only"):
        raise ReadOnlyRequest("a GET request never writes")
    depth = current.info.get("depth", 0)
    current.info["depth"] = depth + 1
    try:
        with current.begin_nested() if depth else nullcontext():
            yield current
        if depth == 0:
            current.commit()
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
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_pre_ping": True,
        "pool_size": 10,
        "hide_parameters": True,  # errors are logged; what people typed is not
    }
    db.init_app(app)
    if settings.database_url is None:
        upgrade(url)


def alembic_config(url: URL) -> AlembicConfig:
    """Alembic, told where the migrations and the database are."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    return config


def upgrade(url: URL) -> None:
    """Bring the schema to the newest revision; nothing happens when it is there already."""
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(sa.text("select pg_advisory_xact_lock(721995)"))
            if _revisions_in(connection) != newest_revisions():
                from alembic import command

                config = alembic_config(url)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
    finally:
        engine.dispose()


def _revisions_in(connection: sa.Connection) -> set[str]:
    if not sa.inspect(connection).has_table("alembic_version"):
        return set()
    return set(connection.scalars(sa.text("select version_num from alembic_version")))


def newest_revisions() -> set[str]:
    """The revisions no other one builds on, read without Alembic: every start asks."""
    made, built_on = set(), set()
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        made |= {
            found[1] for found in re.finditer(r"^revision = ['\"](\w+)['\"]", text, re.MULTILINE)
        }
        if below := re.search(r"^down_revision = (.+)$", text, re.MULTILINE):
            built_on |= set(re.findall(r"['\"](\w+)['\"]", below[1]))
    return made - built_on


def sql_file(name: str) -> str:
    """The text of a file of migrations/sql."""
    return (Path(ROOT) / "migrations" / "sql" / name).read_text(encoding="utf-8")
