"""What every page of the office counts, and what the list of corrections asks for, at any volume."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.accounts.services import update_donor
from portal.core.db import db, violated
from portal.core.roles import Role
from portal.donations.rules.gift import GiftState
from portal.receipts.models import Receipt
from portal.receipts.queries.corrections import causes_by_receipt
from portal.receipts.queries.register import (
    gifts_on,
    how_many_to_correct,
    receipts_to_correct,
)
from portal.receipts.rules.corrections import Cause
from portal.receipts.services import leave_as_it_is
from tests.factories.people import make_account
from tests.factories.receipts import NOW, make_receipt

TODAY = dt.date(2026, 11, 22)


@contextmanager
def _statements() -> Iterator[list[str]]:
    asked: list[str] = []

    def hear(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", hear)


def _left_receipt(by: int) -> Receipt:
    receipt = make_receipt()
    update_donor(receipt.donor_id, {"address1": "1 place Neuve"}, by=by)
    leave_as_it_is(receipt.id, reason="She moved", by=by, at=NOW)
    return receipt


def _cost() -> int:
    db.session.expire_all()
    with _statements() as asked:
        assert causes_by_receipt(TODAY) == {}
    return len(asked)


def test_receipts_left_as_they_are_cost_no_statement_each(app: Flask) -> None:
    by = make_account(roles=[Role.ACCOUNTANT]).id
    _left_receipt(by)
    for_one = _cost()
    for _ in range(3):
        _left_receipt(by)
    assert _cost() == for_one


def test_one_receipt_is_looked_at_alone(app: Flask) -> None:
    by = make_account(roles=[Role.ACCOUNTANT]).id
    first, other = make_receipt(), make_receipt()
    for receipt in (first, other):
        update_donor(receipt.donor_id, {"address1": "1 place Neuve"}, by=by)
    assert causes_by_receipt(TODAY, only=other.id) == {other.id: frozenset({Cause.ADDRESS})}


def test_the_count_of_the_menu_is_that_of_the_list(app: Flask) -> None:
    moved, kept, disputed = make_receipt(), make_receipt(), make_receipt()
    gifts_on(moved.id)[0].gift.refunded_minor = 100
    gifts_on(disputed.id)[0].gift.state = GiftState.DISPUTED
    db.session.commit()
    found = receipts_to_correct()
    assert [each.receipt.id for each in found] == [moved.id, disputed.id]
    assert [each.kept.minor for each in found] == [moved.amount_minor - 100, 0]
    assert how_many_to_correct() == 2
    assert receipts_to_correct(only=kept.id) == []
    with _statements() as asked:
        how_many_to_correct()
    assert len(asked) == 1


def test_the_database_keeps_the_amount_of_a_gift_on_a_receipt(app: Flask) -> None:
    gift = gifts_on(make_receipt().id)[0].gift
    gift.amount_minor += 1
    with pytest.raises(IntegrityError) as refused, db.session.begin_nested():
        db.session.flush()
    assert violated(refused.value) == "kept_receipted_amount"
