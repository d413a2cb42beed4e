"""Limits on how often: counted in PostgreSQL, so that all web processes share them.

The counters live in an unlogged table (losing them in a crash only forgives). They are counted
on a connection of their own: a refused request must leave its count behind.
"""

from __future__ import annotations

import time
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits.storage import Storage

from portal.core.db import Base, db, transaction
from portal.core.jobs import jobs

COUNTERS = sa.Table(
    "rate_counter",
    Base.metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.Double, nullable=False),
    prefixes=["UNLOGGED"],
)


class PostgresStorage(Storage):
    """Fixed-window counters for ``limits``."""

    STORAGE_SCHEME = ["portal-postgres"]  # noqa: RUF012 - the name limits asks for

    @property
    def base_exceptions(self) -> Any:
        return sa.exc.SQLAlchemyError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = time.time()
        row = sa.dialects.postgresql.insert(COUNTERS).values(
            key=key, amount=amount, expires_at=now + expiry
        )
        live = COUNTERS.c.expires_at > now
        statement = row.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "amount": sa.case((live, COUNTERS.c.amount + amount), else_=amount),
                "expires_at": sa.case((live, COUNTERS.c.expires_at), else_=now + expiry),
            },
        ).returning(COUNTERS.c.amount)
        with db.engine.begin() as connection:
            return int(connection.scalar(statement) or 0)

    def _live(self, key: str) -> Any:
        with db.engine.connect() as connection:
            return connection.execute(
                sa.select(COUNTERS.c.amount, COUNTERS.c.expires_at).where(
                    COUNTERS.c.key == key, COUNTERS.c.expires_at > time.time()
                )
            ).first()

    def get(self, key: str) -> int:
        row = self._live(key)
        return int(row.amount) if row else 0

    def get_expiry(self, key: str) -> float:
        row = self._live(key)
        return float(row.expires_at) if row else time.time()

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with db.engine.begin() as connection:
            return int(connection.execute(sa.delete(COUNTERS)).rowcount)

    def clear(self, key: str) -> None:
        with db.engine.begin() as connection:
            connection.execute(sa.delete(COUNTERS).where(COUNTERS.c.key == key))


@jobs.periodic(cron="23 * * * *")
@jobs.task(queue="cron", queueing_lock="forget_counters", name="core.forget_counters")
def forget_counters(timestamp: int) -> None:
    """Counters name the address of a visitor: gone within an hour of their last use."""
    del timestamp
    with transaction() as session:
        session.execute(sa.delete(COUNTERS).where(COUNTERS.c.expires_at <= time.time()))


limiter = Limiter(
    key_func=get_remote_address,
    storage_uri="portal-postgres://",
    strategy="fixed-window",
    headers_enabled=True,
    swallow_errors=True,
)


def init_app(app: Flask) -> None:
    """Start counting."""
    limiter.init_app(app)
