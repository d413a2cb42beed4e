"""Several workers post to one journal at once: the numbers still run without gap or double."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.accounting.models import Entry, EntryLine
from portal.accounting.rules.draft import Draft, credit, debit
from portal.accounting.rules.journals import Journal
from portal.accounting.services.posting import post
from portal.core.db import db, transaction, violated
from portal.core.money import Money

YEAR, WORKERS, EACH = 2099, 4, 5
ON = date(YEAR, 1, 1)
DRAFT = Draft(
    Journal.OTHER, ON, "piece", ON, "Essai", (debit("512100", Money(1)), credit("580000", Money(1)))
)


@pytest.fixture
def real(_app: Flask) -> Iterator[Flask]:
    """The application with real commits; what the test wrote is taken away again."""
    yield _app
    with _app.app_context(), transaction():
        for statement in (
            "set local session_replication_role = replica",
            f"delete from entry_line where entry_id in (select id from entry where year = {YEAR})",
            f"delete from entry where year = {YEAR}",
            f"delete from journal_counter where year = {YEAR}",
        ):
            db.session.execute(sa.text(statement))


def at_once(app: Flask, work: Callable[[int], None]) -> list[BaseException]:
    """Run the work in several threads that start together; gives what they raised."""
    gate, raised = threading.Barrier(WORKERS), list[BaseException]()

    def run(worker: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                work(worker)
            except BaseException as error:  # noqa: BLE001 - handed to the test
                raised.append(error)

    threads = [threading.Thread(target=run, args=(worker,)) for worker in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_numbers_run_without_gap_when_many_post_at_once(real: Flask) -> None:
    now = real.extensions["clock"].now()

    def work(worker: int) -> None:
        for turn in range(EACH):
            post(DRAFT, f"test:{worker}:{turn}", now)

    assert at_once(real, work) == []
    with real.app_context():
        chosen = sa.select(Entry.sequence).where(Entry.year == YEAR).order_by(Entry.sequence)
        assert list(db.session.scalars(chosen)) == list(range(1, WORKERS * EACH + 1))


def test_one_fact_posted_by_several_is_booked_once(real: Flask) -> None:
    now = real.extensions["clock"].now()
    posted: list[bool] = []

    assert at_once(real, lambda _worker: posted.append(post(DRAFT, "test:same", now))) == []
    assert sorted(posted) == [False, False, False, True]


def test_without_the_lock_several_would_take_the_same_number(real: Flask) -> None:
    read = threading.Barrier(WORKERS)

    def unlocked(worker: int) -> None:
        with transaction() as session:
            taken = session.scalar(sa.select(sa.func.count()).where(Entry.year == YEAR)) or 0
            read.wait()
            session.add(
                Entry(
                    journal="OD", year=YEAR, sequence=taken + 1, number="x", date=ON,
                    piece_ref="p", piece_date=ON, label="x", validated_on=ON,
                    source=f"test:unlocked:{worker}",
                    lines=[
                        EntryLine(position=1, account="512100", debit_minor=1),
                        EntryLine(position=2, account="580000", credit_minor=1),
                    ],
                )
            )  # fmt: skip

    raised = [error for error in at_once(real, unlocked) if isinstance(error, IntegrityError)]

    assert [violated(error) for error in raised] == ["uq_entry_journal_year_sequence"] * 3
