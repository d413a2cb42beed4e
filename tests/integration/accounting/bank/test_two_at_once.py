"""Several people match one line, or bring in one file, at the same moment: one effect.

With real commits, in a database of their own. The last test takes the constraint away and sees the
double, so that the others prove something.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounting.models import BankLine, BankMatch
from portal.accounting.rules.bank import MatchedBy, MatchKind
from portal.accounting.services import bank
from portal.accounting.services.bank import (
    AlreadyMatched,
    GiftPart,
    MatchOrder,
    OtherPart,
    TakenByAnother,
)
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.money import Money
from portal.donations.models import Gift
from tests.conftest import TODAY, _migrations_mark
from tests.factories.bank import all_lines, to_donor
from tests.factories.books import booked_gift
from tests.factories.handed_over import make_accountant
from tests.factories.people import make_donor
from tests.factories.statements import Wire, camt

AT_ONCE = 6
FILE = camt([Wire(5_000, text="un"), Wire(3_000, text="deux")])


@pytest.fixture
def real(_app: Flask, database_url: str) -> Iterator[Flask]:
    """The application on a throwaway database: what is committed there stays there."""
    server = sa.make_url(database_url)
    name = f"{server.database}_bank"
    root = server.set(drivername="postgresql", database="postgres")
    before = _app.extensions["clock"]
    with (
        psycopg.connect(root.render_as_string(hide_password=False), autocommit=True) as admin,
        _app.app_context(),
    ):
        admin.execute(f"create database {name} template template_{_migrations_mark()}")
        engines = db._app_engines[_app]
        usual = engines[None]
        engines[None] = sa.create_engine(server.set(database=name), pool_size=AT_ONCE + 2)
        _app.extensions["clock"] = FrozenClock(TODAY)
        try:
            yield _app
        finally:
            db.session.remove()
            engines[None].dispose()
            engines[None] = usual
            _app.extensions["clock"] = before
            admin.execute(f"drop database {name} with (force)")


def all_at_once(app: Flask, *acts: Callable[[], Any]) -> list[BaseException]:
    """Do them in threads that begin together; gives what went wrong."""
    gate, wrong = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        with app.app_context():
            gate.wait(30)
            try:
                act()
            except BaseException as error:  # noqa: BLE001 - handed to the test
                wrong.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def count(model: type) -> int:
    db.session.rollback()
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0)


def test_one_wins_and_the_others_are_told(real: Flask) -> None:
    bank.import_statements(FILE, "x.xml", by=None)
    line, donor, by = all_lines()[0], make_donor(), make_accountant().id
    order = to_donor(line, donor)
    line_id = line.id

    wrong = all_at_once(
        real, *[lambda: bank.match_line(line_id, order, by=by) for _ in range(AT_ONCE)]
    )

    assert [type(each) for each in wrong] == [AlreadyMatched] * (AT_ONCE - 1)
    assert (count(BankMatch), count(Gift)) == (1, 1)


def test_a_file_brought_in_by_all_is_brought_in_once(real: Flask) -> None:
    def act() -> None:
        bank.import_statements(FILE, "x.xml", by=None)

    assert all_at_once(real, *[act] * AT_ONCE) == []
    assert count(BankLine) == 2


def test_a_recorded_gift_goes_to_one_of_two_lines(real: Flask) -> None:
    bank.import_statements(camt([Wire(5_000, text="un"), Wire(5_000, text="deux")]), "x", by=None)
    gift, by = booked_gift(), make_accountant().id
    order = MatchOrder(kind=MatchKind.GIFT, parts=(GiftPart(amount=Money(5_000), gift_id=gift.id),))
    first, second = (line.id for line in all_lines())

    wrong = all_at_once(
        real,
        lambda: bank.match_line(first, order, by=by),
        lambda: bank.match_line(second, order, by=by),
    )

    assert [type(each) for each in wrong] == [TakenByAnother]
    assert count(BankMatch) == 1


def test_undone_and_matched_again_by_all_it_is_still_one(real: Flask) -> None:
    bank.import_statements(FILE, "x.xml", by=None)
    line_id, by = all_lines()[0].id, make_accountant().id
    part = OtherPart(amount=Money(5_000), account="471000")
    order = MatchOrder(kind=MatchKind.ACCOUNT, parts=(part,))
    match_id = bank.match_line(line_id, order, by=by).id

    def act() -> None:
        bank.undo_match(match_id, reason="x", by=by)
        bank.match_line(line_id, order, by=by)

    all_at_once(real, *[act] * AT_ONCE)
    live = sa.select(sa.func.count()).select_from(BankMatch).where(BankMatch.live)
    assert db.session.scalar(live) == 1


def test_without_the_constraint_a_line_would_be_two_things(real: Flask) -> None:
    bank.import_statements(FILE, "x.xml", by=None)
    line_id = all_lines()[0].id

    def behind_the_lock() -> None:
        row = BankMatch(
            line_id=line_id,
            kind=MatchKind.ACCOUNT,
            matched_by=MatchedBy.PERSON,
            made_at=TODAY,
        )
        db.session.add(row)
        db.session.commit()

    assert len(all_at_once(real, behind_the_lock, behind_the_lock)) == 1
    db.session.execute(sa.text("drop index uq_bank_match_line"))
    db.session.commit()
    assert all_at_once(real, behind_the_lock) == []
    assert count(BankMatch) == 2
