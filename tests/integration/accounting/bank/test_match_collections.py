"""A line of the statement shows a file of our own direct debits: its gifts are settled once."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounting.models import BankMatch, BankPart
from portal.accounting.queries.bank_proposals import proposals_for
from portal.accounting.rules.bank import MatchKind
from portal.accounting.services import bank
from portal.accounting.services.bank import MatchOrder, MatchRefused
from portal.core.checks import run_checks
from portal.core.db import db
from portal.core.money import Money
from portal.donations.models import Collection, CollectionState, Gift
from portal.donations.rules.gift import GiftState
from portal.donations.services import direct_debits as debits
from portal.donations.services.provider import today
from tests.factories.bank import one_line
from tests.factories.books import balance_of
from tests.factories.handed_over import make_accountant
from tests.integration.donations.test_direct_debits import collect, make_mandate


def sent_file(clock: object) -> Collection:
    return collect(clock, make_mandate(first_due_on=today() + dt.timedelta(days=16)))


def matched(collection: Collection, by: int) -> None:
    line = one_line(minor=4_700, text="REMISE PRELEVEMENTS", on=collection.collect_on)
    order = MatchOrder(kind=MatchKind.GIFT, collection_id=collection.id)
    bank.match_line(line.id, order, by=by)


def gifts() -> list[Gift]:
    return list(db.session.scalars(sa.select(Gift).order_by(Gift.id)))


def test_the_line_settles_the_debits_and_books_them_once(app: Flask, clock: object) -> None:
    collection = sent_file(clock)
    matched(collection, make_accountant().id)
    assert collection.state is CollectionState.CREDITED
    assert [(gift.amount, gift.tax_on) for gift in gifts()] == [
        (Money(4_700), collection.collect_on)
    ]
    assert balance_of("512100") == Money(4_700)
    assert [check.name for check in run_checks() if not check.ok] == []


def test_what_was_noted_by_hand_is_only_shown_by_the_line(app: Flask, clock: object) -> None:
    collection, by = sent_file(clock), make_accountant().id
    debits.collection_credited(collection.id, collection.collect_on, by=by)
    matched(collection, by)
    [gift] = gifts()
    assert balance_of("512100") == Money(4_700)
    part = db.session.scalars(sa.select(BankPart)).one()
    assert (part.gift_id, part.live) == (gift.id, True)
    assert [check.name for check in run_checks() if not check.ok] == []


def test_a_credit_noted_by_hand_is_shown_by_the_line_that_names_its_file(
    app: Flask, clock: object
) -> None:
    collection, by = sent_file(clock), make_accountant().id
    debits.collection_credited(collection.id, collection.collect_on, by=by)
    line = one_line(minor=4_700, text=f"REMISE {collection.message_id}", on=collection.collect_on)
    assert (collection.statement_line_ref, len(gifts())) == (line.ref, 1)
    assert balance_of("512100") == Money(4_700)


def test_the_right_line_shows_the_file_once_the_wrong_one_is_undone(
    app: Flask, clock: object
) -> None:
    collection, by = sent_file(clock), make_accountant().id
    matched(collection, by)
    match = db.session.scalars(sa.select(BankMatch)).one()
    bank.undo_match(match.id, reason="another file", by=by)
    assert collection.state is CollectionState.SENT
    assert [gift.state for gift in gifts()] == [GiftState.FAILED]
    assert balance_of("512100") == Money(0)
    right = one_line(minor=4_700, text="REMISE", on=collection.collect_on)
    [proposal] = proposals_for([right])[right.id]
    assert proposal.target == f"collection:{collection.id}"
    bank.match_line(right.id, bank.order_of(right, proposal), by=by)
    assert collection.statement_line_ref == right.ref
    assert [gift.state for gift in gifts()] == [GiftState.FAILED, GiftState.SETTLED]
    assert balance_of("512100") == Money(4_700)
    assert [check.name for check in run_checks() if not check.ok] == []


def test_a_credit_noted_by_hand_stands_when_the_line_that_showed_it_is_undone(
    app: Flask, clock: object
) -> None:
    collection, by = sent_file(clock), make_accountant().id
    debits.collection_credited(collection.id, collection.collect_on, by=by)
    matched(collection, by)
    match = db.session.scalars(sa.select(BankMatch)).one()
    bank.undo_match(match.id, reason="another file", by=by)
    assert collection.state is CollectionState.CREDITED
    assert (collection.statement_line_ref, [gift.state for gift in gifts()]) == (
        "",
        [GiftState.SETTLED],
    )


def test_a_line_before_the_day_of_the_debits_is_another_one_s(app: Flask, clock: object) -> None:
    collection, by = sent_file(clock), make_accountant().id
    early = one_line(minor=4_700, text="REMISE", on=collection.collect_on - dt.timedelta(days=3))
    assert not any(
        each.target.startswith("collection:") for each in proposals_for([early])[early.id]
    )
    order = MatchOrder(kind=MatchKind.GIFT, collection_id=collection.id)
    with pytest.raises(MatchRefused):
        bank.match_line(early.id, order, by=by)
    db.session.expire_all()
    assert (collection.state, gifts()) == (CollectionState.SENT, [])


def test_a_debit_that_came_back_since_keeps_the_line_where_it_is(app: Flask, clock: object) -> None:
    collection, by = sent_file(clock), make_accountant().id
    matched(collection, by)
    debits.debit_came_back(collection.attempts[0].end_to_end, "AM04", on=today(), by=by)
    match = db.session.scalars(sa.select(BankMatch)).one()
    with pytest.raises(MatchRefused):
        bank.undo_match(match.id, reason="another file", by=by)
    db.session.expire_all()
    assert collection.state is CollectionState.CREDITED
