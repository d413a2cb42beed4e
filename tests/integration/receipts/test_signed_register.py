"""The register is signed each night; what is changed afterwards is found, by us and by anybody."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from flask import Flask

from portal.core.db import db
from portal.core.i18n import in_language
from portal.receipts.models import Receipt, ReceiptSeries, SignedHead
from portal.receipts.queries.checks import chain_unbroken, heads_signed
from portal.receipts.queries.findings import findings
from portal.receipts.queries.signed_heads import broken_heads, head_of, heads_of, register_keys
from portal.receipts.rules.content import ReceiptContent
from portal.receipts.rules.findings import Finding, FindingKind
from portal.receipts.rules.register import chain_hash
from portal.receipts.services import cancel_receipt
from portal.receipts.services.signing import rotate_key, sign_register
from tests.factories.receipts import NOW, make_receipt

NIGHT = NOW + dt.timedelta(hours=12)


def _rewrite(statement: sa.Update | sa.Delete) -> None:
    """What somebody with the database's password could do."""
    db.session.execute(sa.text("set session_replication_role = replica"))
    db.session.execute(statement)
    db.session.execute(sa.text("set session_replication_role = origin"))
    db.session.commit()


def test_each_night_the_head_of_a_series_that_moved_is_signed(app: Flask) -> None:
    assert sign_register(NIGHT).heads == ()
    make_receipt()
    last = make_receipt(amount_minor=7000)
    (head,) = sign_register(NIGHT).heads
    assert (head.number, head.sequence, head.sum.minor) == (last.number, 2, 12000)
    assert head.chain_hash == last.chain_hash
    assert sign_register(NIGHT).heads == ()
    with in_language("en"):
        assert heads_signed() == (True, "One signature, proved again.")


def test_an_hour_later_nothing_is_due(app: Flask) -> None:
    make_receipt()
    assert sign_register(NIGHT, when_due=True).heads
    make_receipt()
    assert not sign_register(NIGHT + dt.timedelta(hours=1), when_due=True).heads
    assert sign_register(NIGHT + dt.timedelta(hours=20), when_due=True).heads


def test_a_chain_that_was_computed_anew_is_found(app: Flask) -> None:
    receipt = make_receipt()
    sign_register(NIGHT)
    forged = dict(receipt.content) | {"purpose": "x", "total_words": "mille euros"}
    del forged["purpose"]
    chain = chain_hash("", receipt.sha256, ReceiptContent.from_json(forged))
    chosen = sa.update(Receipt).where(Receipt.id == receipt.id)
    _rewrite(chosen.values(content=forged, chain_hash=chain))
    _rewrite(sa.update(ReceiptSeries).values(last_hash=chain))
    assert chain_unbroken()[0]
    assert not heads_signed()[0]
    assert list(broken_heads()) == [Finding(2025, FindingKind.CHAIN, receipt.number)]


def test_a_cancelled_receipt_made_valid_again_is_found(app: Flask) -> None:
    receipt = make_receipt()
    cancel_receipt(receipt.id, reason="Wrong name", by=None, at=NOW)
    (head,) = sign_register(NIGHT).heads
    assert head.cancelled_now == [receipt.number]
    revived = sa.update(Receipt).values(state="issued", cancelled_at=None, cancel_reason="")
    _rewrite(revived)
    assert [found.kind for found in broken_heads()] == [FindingKind.CANCELLED]


def test_another_reason_for_a_cancelling_is_found(app: Flask) -> None:
    receipt = make_receipt()
    sign_register(NIGHT)
    cancel_receipt(receipt.id, reason="Wrong name", by=None, at=NOW)
    sign_register(NIGHT + dt.timedelta(days=1))
    assert heads_signed()[0]
    _rewrite(sa.update(Receipt).values(cancel_reason="Refund"))
    assert [found.kind for found in broken_heads()] == [FindingKind.CANCELLED]


def test_a_head_that_was_taken_away_is_missed(app: Flask) -> None:
    make_receipt()
    (first,) = sign_register(NIGHT).heads
    make_receipt()
    sign_register(NIGHT + dt.timedelta(days=1))
    _rewrite(sa.delete(SignedHead).where(SignedHead.id == first.id))
    assert {found.kind for found in findings(NIGHT)} == {FindingKind.MISSING}


def test_before_the_first_receipt_nothing_is_claimed_to_be_proved(app: Flask) -> None:
    with in_language("en"):
        told = "Nothing is signed yet: the first signature follows the first receipt."
        assert heads_signed() == (True, told)


def test_what_waits_for_its_signature_for_days_is_said(app: Flask) -> None:
    receipt = make_receipt()
    assert heads_signed()[0]
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    _rewrite(sa.update(Receipt).where(Receipt.id == receipt.id).values(created_at=long_ago))
    assert not heads_signed()[0]


def test_a_new_key_is_vouched_for_by_the_old_one(app: Flask) -> None:
    make_receipt()
    sign_register(NIGHT)
    rotate_key(NIGHT)
    make_receipt()
    sign_register(NIGHT + dt.timedelta(days=1))
    newest, oldest = register_keys()
    assert newest.endorsement
    assert not oldest.endorsement
    assert [head.key_id for head in heads_of(2025)] == [oldest.id, newest.id]
    assert heads_signed()[0]


def test_the_statement_is_lines_anybody_can_read(app: Flask) -> None:
    receipt = make_receipt()
    (head,) = sign_register(NIGHT).heads
    lines = head_of(head).statement().decode().splitlines()
    assert "series: 2025" in lines
    assert f"last-number: {receipt.number}" in lines
    assert "sum-cents-eur: 5000" in lines
    assert "signed-at: 2026-11-22T22:00:00.000000Z" in lines
