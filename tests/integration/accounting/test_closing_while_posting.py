"""Who closes a period waits for who is posting into it; without that guard the books would part."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounting.models import ClosedPeriod
from portal.accounting.queries.snapshots import closed_periods_unchanged
from portal.accounting.services.closing import SOMETHING_CHANGED, ClosingRefused
from portal.config import Settings
from portal.core.db import db, transaction
from tests.factories.closing import close_through
from tests.factories.people import make_account
from tests.factories.waiting import WHO_WAITS

ENTRY = """with made as (
  insert into entry (journal, year, sequence, number, date, piece_ref, piece_date, label,
    validated_on, source)
  values ('OD', 2020, %(n)s, 'OD-2020-00000' || %(n)s, '2020-01-15', 'p', '2020-01-15', 'Essai',
    '2020-01-15', 'deposit:' || %(n)s) returning id)
insert into entry_line (entry_id, position, account, aux, debit_minor, credit_minor, tag)
select id, 1, '512100', '', 5, 0, '' from made union all
select id, 2, %(on)s, '', 0, 5, '' from made"""
COUNTED = """insert into journal_counter (journal, year, last) values ('OD', 2020, %(n)s)
  on conflict (journal, year) do update set last = excluded.last"""


@pytest.fixture
def real(_app: Flask) -> Iterator[Flask]:
    """The application with real commits; what the test wrote is taken away again."""
    yield _app
    with _app.app_context(), transaction():
        for statement in (
            "set local session_replication_role = replica",
            "delete from entry_line",
            "delete from entry",
            "delete from closed_period",
            "delete from journal_counter",
            "delete from audit_entry",
            "delete from account",
        ):
            db.session.execute(sa.text(statement))


@pytest.fixture
def poster(settings: Settings) -> Iterator[psycopg.Connection]:
    """Somebody who posts, on a connection of her own."""
    url = sa.make_url(str(settings.database_url)).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        yield connection


def post(poster: psycopg.Connection, number: int, on: str = "758000") -> None:
    poster.execute(ENTRY, {"n": number, "on": on})
    poster.execute(COUNTED, {"n": number})


def close(app: Flask, by: int, refusals: list[str] | None = None) -> None:
    with app.app_context():
        try:
            close_through(2020, 1, by=by)
        except ClosingRefused as refusal:
            if refusals is None:
                raise
            refusals.append(refusal.reason)


def somebody(app: Flask) -> int:
    with app.app_context(), transaction():
        return make_account().id


def held(app: Flask) -> tuple[int, bool]:
    """How many entries the closing counted, and whether they are still those."""
    with app.app_context():
        count = db.session.scalars(sa.select(ClosedPeriod.entries)).one()
        return count, closed_periods_unchanged()[0]


def close_while_posting(
    app: Flask, poster: psycopg.Connection, refusals: list[str], **second: str
) -> None:
    by = somebody(app)
    post(poster, 1)
    poster.commit()
    post(poster, 2, **second)
    closing = threading.Thread(target=close, args=(app, by, refusals))
    closing.start()
    while poster.execute(WHO_WAITS).fetchone() != (1,):
        assert closing.is_alive()
    poster.commit()
    closing.join()


def test_a_closing_waits_for_what_is_being_posted(real: Flask, poster: psycopg.Connection) -> None:
    refusals: list[str] = []
    close_while_posting(real, poster, refusals)

    assert (held(real), refusals) == ((2, True), [])


def test_what_was_being_posted_and_stays_open_is_looked_at_first(
    real: Flask, poster: psycopg.Connection
) -> None:
    refusals: list[str] = []
    close_while_posting(real, poster, refusals, on="471000")

    assert refusals == [SOMETHING_CHANGED]


def test_without_the_guard_the_closed_period_would_change(
    real: Flask, poster: psycopg.Connection
) -> None:
    by = somebody(real)
    post(poster, 1)
    poster.commit()
    poster.execute("alter table entry disable trigger wait_for_closing")
    poster.commit()
    try:
        post(poster, 2)
        close(real, by)
        poster.commit()
        assert held(real) == (1, False)
    finally:
        poster.rollback()
        poster.execute("alter table entry enable trigger wait_for_closing")
        poster.commit()
