"""A payment goes onto 471 in the moment Stripe tells of its gift: it stands in the books once.

The second test takes the lock away and sees the damage, so that the first one proves something.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from portal.accounting.services import strays
from portal.core.db import db
from portal.core.money import Money
from portal.donations import services
from portal.donations.models import Finding
from portal.donations.services.converge import refresh_checkout
from tests.conftest import TODAY
from tests.factories.books import balance_of
from tests.factories.people import make_account
from tests.factories.waiting import WHO_WAITS
from tests.integration.donations import test_at_once as at_once

LOCK = "pg_advisory_xact_lock("
real = at_once.real


def a_payment_nobody_told_of(app: Flask) -> tuple[str, int, int]:
    """Its checkout, the difference it is, and who is about to book it."""
    gift, _intent, payments = at_once.paid_gift(app)
    app.extensions["clock"].instant = TODAY + timedelta(days=2)
    services.reconcile()
    found = db.session.scalars(sa.select(Finding.id)).one()
    by = make_account().id
    db.session.commit()
    return payments.session_of(gift.public_id), found, by


def told_while_it_is_booked(app: Flask) -> list[BaseException]:
    """Stripe's message is about to write its entry when the accountant presses her button.

    Gives what she was told went wrong.
    """
    session, found, by = a_payment_nobody_told_of(app)
    wrong: list[BaseException] = []

    def books() -> None:
        with app.app_context():
            try:
                strays.book_stray(found, reason="À identifier", by=by)
            except strays.StrayRefused as error:
                wrong.append(error)
            finally:
                db.session.remove()

    accountant = threading.Thread(target=books)

    def begins(_c: Any, _cur: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("INSERT INTO entry ") or accountant.ident is not None:
            return
        accountant.start()
        with db.engine.connect() as watching:
            while not watching.scalar(sa.text(WHO_WAITS)):
                assert accountant.is_alive()

    sa.event.listen(db.engine, "before_cursor_execute", begins)
    try:
        refresh_checkout(session)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", begins)
        accountant.join(at_once.THREADS_WAIT)
    db.session.rollback()
    return wrong


def test_who_comes_second_is_told_that_it_is_known(real: Flask) -> None:
    assert [type(error) for error in told_while_it_is_booked(real)] == [strays.NoStray]
    assert balance_of("471000") == Money(0)
    assert balance_of("517100") == Money(4_900)


def test_without_the_lock_it_would_stand_there_twice(real: Flask) -> None:
    def unlocked(_c: Any, _cur: Any, statement: str, parameters: Any, *_more: Any) -> Any:
        free = LOCK in statement and strays._ONE_SOURCE in dict(parameters or {}).values()
        return ("select 1" if free else statement), (() if free else parameters)

    sa.event.listen(db.engine, "before_cursor_execute", unlocked, retval=True)
    try:
        assert told_while_it_is_booked(real) == []
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", unlocked)
    assert balance_of("471000") == Money(-5_000)
    assert balance_of("517100") == Money(9_800)
