"""The register proves itself; each check sees the damage it is there for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.checks import run_checks
from portal.core.db import db
from portal.receipts.queries import checks
from portal.receipts.services import cancel_receipt
from tests.factories.receipts import NOW, make_receipt


def _damage(*statements: str) -> None:
    """As somebody with the keys to the database could."""
    db.session.execute(sa.text("set constraints all immediate"))
    db.session.execute(sa.text("set constraints all deferred"))
    db.session.execute(sa.text("alter table receipt_series disable trigger given"))
    for table in ("receipt", "receipted_gift", "receipt_series"):
        db.session.execute(sa.text(f"alter table {table} disable trigger kept"))
    for statement in statements:
        db.session.execute(sa.text(statement))
    db.session.commit()
    db.session.expire_all()


def test_a_sound_register_passes_every_check(app: Flask) -> None:
    make_receipt()
    cancel_receipt(make_receipt().id, reason="x", by=None, at=NOW)
    make_receipt(year=2024)
    assert [check() for _name, check, _label in checks.CHECKS if not check()[0]] == []


@pytest.mark.parametrize(
    ("check", "statements"),
    [
        (checks.numbers_without_gaps, ["update receipt_series set last = 4"]),
        (
            checks.numbers_without_gaps,
            ["delete from receipted_gift where receipt_id in (select id from receipt where sequence = 2)",
             "delete from receipt where sequence = 2"],
        ),
        (checks.numbers_without_gaps, ["update receipt set number = 'R2025-000009' where sequence = 3"]),
        (checks.chain_unbroken, ["update receipt set sha256 = repeat('0', 64) where sequence = 1"]),
        (
            checks.chain_unbroken,
            ["update receipt set content = jsonb_set(content, '{donor,city}', '\"Ailleurs\"') where sequence = 2"],
        ),
        (checks.chain_unbroken, ["update receipt set amount_minor = 9999 where sequence = 2"]),
        (checks.chain_unbroken, ["update receipt_series set last_hash = 'x'"]),
        (
            checks.gifts_on_one_receipt,
            ["drop index uq_receipted_gift_live",
             ("insert into receipted_gift (receipt_id, gift_id, amount_minor, live)"
             " select (select id from receipt where sequence = 1), gift_id, 1, true from receipted_gift"
             " where receipt_id = (select id from receipt where sequence = 2)")],
        ),
        (checks.gifts_on_one_receipt, ["update receipted_gift set live = false"]),
        (checks.sums_agree, ["update receipted_gift set amount_minor = 1"]),
        (checks.amounts_kept, ["update gift set refunded_minor = 1, state = 'partially_refunded'"]),
    ],
)  # fmt: skip
def test_a_check_sees_the_damage(
    app: Flask, check: Callable[[], tuple[bool, str]], statements: list[str]
) -> None:
    for _ in range(3):
        make_receipt()
    assert check()[0]
    _damage(*statements)
    ok, detail = check()
    assert not ok
    assert detail


def test_the_checks_of_the_books_include_those_of_the_register(app: Flask) -> None:
    names = {result.name for result in run_checks()}
    assert {name for name, _run, _label in checks.CHECKS} <= names
