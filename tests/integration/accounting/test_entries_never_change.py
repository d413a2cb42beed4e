"""The database keeps the books, however one writes to them: balance, no change, no emptying."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.accounting.models import Entry, EntryLine
from portal.core.db import db, violated
from tests.factories.books import booked_gift

ENTRY = """insert into entry (journal, year, sequence, number, date, piece_ref, piece_date, label,
  validated_on, source) values ('OD', 2026, 7, 'OD-2026-000007', '2026-05-05', 'p', '2026-05-05',
  'Essai', '2026-05-05', 'raw:7') returning id"""
LINE = """insert into entry_line (entry_id, position, account, aux, debit_minor, credit_minor, tag)
  values (:entry, :position, :account, '', :debit, :credit, '')"""


def line(entry: int, position: int, debit: int, credit: int) -> dict[str, object]:
    return {
        "entry": entry,
        "position": position,
        "account": "471000",
        "debit": debit,
        "credit": credit,
    }


def judged(write: Callable[[], object]) -> None:
    """Write, and judge it as at a commit."""
    with db.session.begin_nested():
        write()
        db.session.execute(sa.text("set constraints all immediate"))


def refused(write: Callable[[], object]) -> str:
    """Which guard of the database refuses it."""
    with pytest.raises(IntegrityError) as caught:
        judged(write)
    db.session.execute(sa.text("set constraints all deferred"))
    return violated(caught.value)


def run(statement: str, values: Any = None) -> Callable[[], object]:
    return lambda: db.session.execute(sa.text(statement), values)


@pytest.fixture
def entry(app: Flask) -> Entry:
    booked_gift()
    return db.session.scalars(sa.select(Entry)).one()


class TestBalance:
    @pytest.mark.parametrize(
        "lines",
        [
            pytest.param([], id="no line"),
            pytest.param([(100, 0)], id="one line"),
            pytest.param([(100, 0), (0, 99)], id="a cent is missing"),
            pytest.param([(100, 0), (0, 100), (1, 0)], id="a cent too much"),
        ],
    )
    def test_raw_sql_and_lines_in_bulk_are_refused(
        self, app: Flask, lines: list[tuple[int, int]]
    ) -> None:
        def write() -> None:
            made = db.session.execute(sa.text(ENTRY)).scalar_one()
            told = [line(made, n, debit, credit) for n, (debit, credit) in enumerate(lines, 1)]
            if told:
                db.session.execute(sa.text(LINE), told)

        assert refused(write) == "entry_balances"

    def test_copy_is_refused(self, app: Flask) -> None:
        made = db.session.execute(sa.text(ENTRY)).scalar_one()
        raw = db.session.connection().connection.driver_connection
        assert raw is not None
        columns = "entry_id, position, account, aux, debit_minor, credit_minor, tag"

        def write() -> None:
            with raw.cursor().copy(f"copy entry_line ({columns}) from stdin") as copy:
                copy.write_row((made, 1, "471000", "", 500, 0, ""))

        with pytest.raises((IntegrityError, psycopg.IntegrityError)):
            judged(write)

    def test_what_balances_is_taken(self, app: Flask) -> None:
        made = db.session.execute(sa.text(ENTRY)).scalar_one()
        db.session.execute(sa.text(LINE), [line(made, 1, 100, 0), line(made, 2, 0, 100)])
        db.session.execute(sa.text("set constraints all immediate"))


class TestNothingChanges:
    @pytest.mark.parametrize("table", ["entry", "entry_line"])
    def test_an_entry_is_never_changed_or_deleted(self, entry: Entry, table: str) -> None:
        changed = "label = 'x'" if table == "entry" else "debit_minor = 1, credit_minor = 0"
        assert refused(run(f"update {table} set {changed}")) == f"kept_{table}"
        assert refused(run(f"delete from {table}")) == f"kept_{table}"

    def test_a_validated_entry_gets_no_more_lines(self, entry: Entry) -> None:
        db.session.execute(sa.text("set local session_replication_role = replica"))
        earlier = sa.text("update entry set created_at = created_at - interval '1 second'")
        db.session.execute(earlier)
        db.session.execute(sa.text("set local session_replication_role = origin"))
        more = [line(entry.id, 3, 1, 0), line(entry.id, 4, 0, 1)]

        assert refused(run(LINE, more)) == "kept_entry"
        assert len(db.session.scalars(sa.select(EntryLine)).all()) == 2

    @pytest.mark.parametrize(
        "table",
        ["entry_line", "entry", "receipt", "receipted_gift", "document", "audit_entry", "bank_line",
         "closed_period", "ledger_figure", "provider_line", "journal_counter"],
    )  # fmt: skip
    def test_a_table_that_is_kept_is_never_emptied(self, app: Flask, table: str) -> None:
        assert refused(run(f"truncate {table} cascade")).startswith("kept_")
