"""Sponsors who pay by transfer are told to the books, without a word of the child."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from portal.core.db import db
from portal.core.money import Money
from portal.donations.codes import GiftMode
from portal.sponsorships.models import Wish, WishState
from portal.sponsorships.transfers import promised_transfers
from tests.factories.people import make_donor

SINCE = dt.date(2026, 3, 1)


def make_wish(**given: object) -> Wish:
    values: dict[str, object] = {
        "donor_id": make_donor().id,
        "monthly_minor": 4_700,
        "payment": GiftMode.TRANSFER.value,
        "since": SINCE,
        "state": WishState.WAITING,
    }
    wish = Wish(**(values | given))
    db.session.add(wish)
    db.session.flush()
    return wish


def test_who_waits_for_a_child_has_promised_already(app: Flask) -> None:
    wish = make_wish()
    (promise,) = promised_transfers()
    assert (promise.donor_id, promise.amount, promise.since) == (wish.donor_id, Money(4_700), SINCE)
    assert promise.ended_on is None


@pytest.mark.parametrize(
    "given",
    [{"payment": "card"}, {"monthly_minor": None}, {"state": WishState.WITHDRAWN}],
    ids=["by card", "no sum", "withdrawn"],
)
def test_others_promise_no_transfer(app: Flask, given: dict[str, object]) -> None:
    make_wish(**given)
    assert list(promised_transfers()) == []
