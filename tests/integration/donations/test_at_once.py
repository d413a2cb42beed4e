"""Many at once, with real commits, in a database of their own: one effect.

The last test takes the guard away and sees the damage, so that the others prove something.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.accounts.rules import DonorDetails
from portal.core.clock import FrozenClock
from portal.core.db import db
from portal.core.money import Money
from portal.donations import services, tasks
from portal.donations.codes import PurposeKind
from portal.donations.models import EventState, Gift, Refund, WebhookEvent
from portal.donations.rules.gift import GiftState
from portal.donations.services import GivingOrder
from tests.conftest import TODAY, _migrations_mark
from tests.factories.people import make_account
from tests.fakes.payments import FakePayments

AT_ONCE = 8
THREADS_WAIT = 30


@pytest.fixture
def real(_app: Flask, database_url: str) -> Iterator[Flask]:
    """The application on a throwaway database: what is committed there stays there."""
    server = sa.make_url(database_url)
    name = f"{server.database}_at_once"
    root = server.set(drivername="postgresql", database="postgres")
    before = _app.extensions["payments"], _app.extensions["clock"]
    with (
        psycopg.connect(root.render_as_string(hide_password=False), autocommit=True) as admin,
        _app.app_context(),
    ):
        admin.execute(f"create database {name} template template_{_migrations_mark()}")
        engines = db._app_engines[_app]
        usual = engines[None]
        engines[None] = sa.create_engine(server.set(database=name), pool_size=AT_ONCE + 2)
        _app.extensions["payments"] = FakePayments(now=TODAY)
        _app.extensions["clock"] = FrozenClock(TODAY)
        try:
            yield _app
        finally:
            db.session.remove()
            engines[None].dispose()
            engines[None] = usual
            _app.extensions["payments"], _app.extensions["clock"] = before
            admin.execute(f"drop database {name} with (force)")


def all_at_once(app: Flask, act: Callable[[], Any], times: int = AT_ONCE) -> list[BaseException]:
    """Do it in many threads that begin together; gives what went wrong."""
    gate, wrong = threading.Barrier(times), []

    def run() -> None:
        with app.app_context():
            gate.wait(THREADS_WAIT)
            try:
                act()
            except BaseException as error:  # noqa: BLE001 - handed to the test
                wrong.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(THREADS_WAIT)
    db.session.rollback()
    return wrong


def order(token: str = "form-1") -> GivingOrder:
    details = DonorDetails(
        email="camille@example.org", first_name="Camille", last_name="Durand", city="Versailles"
    )
    return GivingOrder(Money(5_000), details, details.language, token, PurposeKind.GENERAL)


def paid_gift(app: Flask) -> tuple[Gift, str, FakePayments]:
    payments: FakePayments = app.extensions["payments"]
    gift = services.open_gift(order(), TODAY)
    services.begin_checkout(gift)
    return gift, payments.donor_pays(payments.session_of(gift.public_id)), payments


def test_one_form_sent_many_times_at_once_is_one_gift(real: Flask) -> None:
    assert all_at_once(real, lambda: services.open_gift(order(), TODAY)) == []
    assert db.session.query(Gift).count() == 1


def test_one_message_many_times_at_once_is_kept_once_and_settles_once(real: Flask) -> None:
    gift, intent, payments = paid_gift(real)
    body, headers = payments.event("payment_intent.succeeded", intent)
    event = payments.verify(body, headers["Stripe-Signature"])
    assert all_at_once(real, lambda: tasks.receive(event, {"data": {}})) == []
    assert all_at_once(real, lambda: services.process_event(event.id)) == []
    mails = "select count(*) from outbox_mail"
    assert db.session.query(WebhookEvent).one().state == EventState.DONE
    assert db.session.scalar(sa.text(mails)) == 1
    assert db.session.get_one(Gift, gift.id).state == GiftState.SETTLED


def test_different_messages_about_one_gift_at_once_settle_it_once(real: Flask) -> None:
    gift, intent, payments = paid_gift(real)
    payments.gives_back(intent, Money(2_000))
    names = []
    for kind in ("payment_intent.succeeded", "charge.succeeded", "charge.refunded"):
        body, headers = payments.event(kind, intent, payment_intent=intent)
        event = payments.verify(body, headers["Stripe-Signature"])
        tasks.receive(event, {"data": {"object": {"payment_intent": intent}}})
        names.append(event.id)
    waiting = iter(names * AT_ONCE)
    assert all_at_once(real, lambda: services.process_event(next(waiting))) == []
    assert db.session.query(Refund).count() == 1
    assert db.session.get_one(Gift, gift.id).refunded == Money(2_000)
    mails = "select count(*) from outbox_mail where key like '%thanks'"
    assert db.session.scalar(sa.text(mails)) == 1


def test_one_debit_told_many_times_at_once_is_one_gift(real: Flask) -> None:
    payments: FakePayments = real.extensions["payments"]
    plan = services.open_plan(order(), None, TODAY)
    services.begin_checkout(plan)
    _subscription, invoice = payments.donor_subscribes(payments.session_of(plan.public_id))
    body, headers = payments.event("invoice.paid", invoice)
    event = payments.verify(body, headers["Stripe-Signature"])
    tasks.receive(event, {})
    assert all_at_once(real, lambda: services.process_event(event.id)) == []
    assert db.session.query(Gift).one().stripe_invoice_id == invoice


def test_many_refunds_at_once_never_give_back_more_than_came(real: Flask) -> None:
    gift, intent, payments = paid_gift(real)
    services.refresh_commitment(gift)
    by = make_account().id
    numbers = iter(range(AT_ONCE))

    def gives_back() -> None:
        token = f"refund-{next(numbers)}"
        services.refund_gift(gift.id, Money(2_000), reason="r", by=by, form_token=token)

    wrong = all_at_once(real, gives_back)
    assert {type(error) for error in wrong} == {services.RefundTooMuch}
    assert len(wrong) == AT_ONCE - 2
    assert sum(each.amount.minor for each in payments.refunds[intent]) == 4_000
    assert db.session.get_one(Gift, gift.id).refunded == Money(4_000)


def test_without_its_unique_key_one_form_would_be_many_gifts(real: Flask) -> None:
    db.session.execute(sa.text("alter table gift drop constraint uq_gift_form_token"))
    db.session.commit()
    all_at_once(real, lambda: services.open_gift(order(), TODAY))
    assert db.session.query(Gift).count() == AT_ONCE


def two_staff_give_back_thirty_of_fifty(real: Flask) -> tuple[list[BaseException], int]:
    """Both look before either has written: what went wrong, and what was asked for in all.

    They wait for one another after counting what is left. Under the lock the second one cannot
    count before the first is done, so the first waits in vain and goes on.
    """
    gift, _intent, _payments = paid_gift(real)
    services.refresh_commitment(gift)
    by, gift_id = make_account().id, gift.id
    meeting, numbers = threading.Barrier(2), iter(range(2))

    def waits(session: Session, _context: object, _instances: object) -> None:
        if any(isinstance(row, Refund) for row in session.new):
            with suppress(threading.BrokenBarrierError):
                meeting.wait(1)

    def gives_back() -> None:
        token = f"refund-{next(numbers)}"
        services.refund_gift(gift_id, Money(3_000), reason="r", by=by, form_token=token)

    sa.event.listen(db.session, "before_flush", waits)
    try:
        wrong = all_at_once(real, gives_back, times=2)
    finally:
        sa.event.remove(db.session, "before_flush", waits)
    asked = "select coalesce(sum(amount_minor), 0) from refund where state <> 'refused'"
    return wrong, int(db.session.scalar(sa.text(asked)) or 0)


@contextmanager
def without_row_locks(engine: sa.Engine) -> Iterator[None]:
    """No statement of ours locks the gift it reads."""

    def unlocked(_c: Any, _cur: Any, statement: str, parameters: Any, _ctx: Any, _m: bool) -> Any:
        return re.sub(r" FOR UPDATE OF gift", "", statement), parameters

    sa.event.listen(engine, "before_cursor_execute", unlocked, retval=True)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", unlocked)


def test_two_staff_at_once_never_ask_for_more_than_is_left(real: Flask) -> None:
    wrong, asked = two_staff_give_back_thirty_of_fifty(real)
    assert [type(error) for error in wrong] == [services.RefundTooMuch]
    assert asked == 3_000


def test_without_the_row_lock_the_database_still_refuses(real: Flask) -> None:
    with without_row_locks(db.engine):
        wrong, asked = two_staff_give_back_thirty_of_fifty(real)
    assert [type(error) for error in wrong] == [services.RefundTooMuch]
    assert asked == 3_000


def test_without_lock_and_constraint_more_would_be_asked_for_than_was_given(real: Flask) -> None:
    db.session.execute(sa.text("drop trigger within_gift on refund"))
    db.session.commit()
    counted: list[int] = []

    def look(_c: Any, _cur: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith("INSERT INTO refund"):
            counted.append(parameters["amount_minor"])

    sa.event.listen(db.engine, "before_cursor_execute", look)
    with without_row_locks(db.engine):
        two_staff_give_back_thirty_of_fifty(real)
    sa.event.remove(db.engine, "before_cursor_execute", look)
    assert counted == [3_000, 3_000]
