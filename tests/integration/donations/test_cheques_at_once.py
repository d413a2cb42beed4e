"""A slip is made while somebody else corrects its cheques, with real commits: the slip sees it.

The second person commits at the very moment the slip is about to lock its gifts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask import Flask

from portal.core.db import db, transaction
from portal.core.money import Money
from portal.donations import in_hand
from portal.donations.models import Deposit, Gift, ReturnReason
from portal.donations.rules.gift import GiftState
from portal.donations.services import cheques, deposits, entry
from portal.donations.services.imported import facts_of
from tests.factories.handed_over import (
    ACCOUNT,
    CAME_ON,
    cheque_of,
    make_accountant,
    make_cheque_gift,
    token,
)
from tests.integration.donations.test_at_once import all_at_once, real

__all__ = ["real"]
WAITS = 20


def slip_while(app: Flask, gift_id: int, by: int, act: Callable[[], object]) -> list[Exception]:
    """Begin a slip of that cheque while ``act`` is done and not committed; gives what went wrong."""
    about_to_lock = threading.Event()
    wrong: list[Exception] = []

    def tell(_c: Any, _cur: Any, statement: str, *_more: Any) -> None:
        if statement.rstrip().endswith("FOR UPDATE OF gift") and slip is threading.current_thread():
            about_to_lock.set()

    def deposit() -> None:
        with app.app_context():
            try:
                deposits.deposit_cheques([gift_id], ACCOUNT, CAME_ON, by=by, form_token=token())
            except deposits.NotInHand as error:
                wrong.append(error)
            finally:
                about_to_lock.set()
                db.session.remove()

    slip = threading.Thread(target=deposit)
    sa.event.listen(db.engine, "before_cursor_execute", tell)
    try:
        with transaction():
            act()
            slip.start()
            assert about_to_lock.wait(WAITS)
        slip.join(WAITS)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", tell)
    db.session.rollback()
    db.session.expire_all()
    return wrong


def test_a_cheque_withdrawn_meanwhile_stands_on_no_slip(real: Flask) -> None:
    gift, by = make_cheque_gift(5_000), make_accountant().id
    wrong = slip_while(
        real, gift.id, by, lambda: entry.withdraw_gift(gift.id, reason="Doublon", by=by)
    )
    assert [type(error) for error in wrong] == [deposits.NotInHand]
    assert db.session.get_one(Gift, gift.id).state is GiftState.FAILED
    assert db.session.query(Deposit).count() == 0


def test_a_slip_adds_up_what_its_cheques_are_corrected_to(real: Flask) -> None:
    gift, by = make_cheque_gift(5_000), make_accountant().id
    corrected = replace(facts_of(gift), amount=Money(500))
    wrong = slip_while(
        real, gift.id, by, lambda: entry.correct_gift(gift.id, corrected, reason="Lu", by=by)
    )
    assert wrong == []
    assert db.session.query(Deposit).one().amount == Money(500)


def test_one_return_sent_twice_at_once_is_one(real: Flask) -> None:
    gift, by = make_cheque_gift(5_000), make_accountant().id
    cheque_id = cheque_of(gift).id
    order = cheques.ReturnOrder(
        on=CAME_ON, reason=ReturnReason.NO_FUNDS, fee=Money(0), form_token=token()
    )
    assert all_at_once(real, lambda: cheques.return_cheque(cheque_id, order, by=by), times=4) == []
    assert len(in_hand.returns_of(cheque_id)) == 1
