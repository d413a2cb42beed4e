"""The database itself refuses to change a paper, an entry or a trace."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.accounting.models import Entry, EntryLine
from portal.core import audit, documents
from portal.core.db import db, transaction, violated
from portal.core.documents import DamagedDocument, Document
from portal.receipts.models import Receipt, ReceiptState
from tests.factories.receipts import make_receipt

NOW = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)
COLUMNS = {"audit_entry": "note", "document": "filename", "entry": "label", "entry_line": "account"}


def _refusal(statement: str) -> str:
    with pytest.raises(IntegrityError) as refused, transaction() as session:
        session.execute(sa.text(statement))
    return violated(refused.value)


def _entry(*sides: tuple[int, int]) -> Entry:
    """An entry with these debits and credits, in cents."""
    day = dt.date(2026, 3, 14)
    lines = [
        EntryLine(position=place, account="512000", debit_minor=debit, credit_minor=credit)
        for place, (debit, credit) in enumerate(sides, 1)
    ]
    return Entry(
        journal="OD", year=2026, sequence=1, number="OD-1", date=day, piece_ref="P1",
        piece_date=day, label="Essai", validated_on=day, source=str(uuid.uuid4()), lines=lines,
    )  # fmt: skip


def _one_of_each() -> None:
    with transaction() as session:
        audit.record("test", "test:1")
        documents.store("test", "a.txt", "text/plain", b"abc")
        session.add(_entry((5000, 0), (0, 5000)))


@pytest.mark.parametrize("table", COLUMNS)
def test_no_row_of_these_is_changed(app: Flask, table: str) -> None:
    _one_of_each()
    assert _refusal(f"update {table} set {COLUMNS[table]} = 'x'") == f"kept_{table}"


@pytest.mark.parametrize("table", COLUMNS)
def test_no_row_of_these_is_deleted(app: Flask, table: str) -> None:
    _one_of_each()
    assert _refusal(f"delete from {table}") == f"kept_{table}"


@pytest.mark.parametrize(
    "sides",
    [((5000, 0), (0, 4999)), ((5000, 0),), (), ((5000, 0), (0, 5000), (1, 0))],
    ids=["a cent short", "one side", "no line", "a cent too much"],
)
def test_an_entry_that_does_not_balance_is_not_kept(
    app: Flask, sides: tuple[tuple[int, int], ...]
) -> None:
    with pytest.raises(IntegrityError) as refused, transaction() as session:  # noqa: PT012
        session.add(_entry(*sides))
        session.flush()
        session.execute(sa.text("set constraints all immediate"))
    assert violated(refused.value) == "entry_balances"


@pytest.mark.parametrize(
    "change",
    [
        "amount_minor = amount_minor + 1",
        "number = number || '0'",
        "content = '{}'",
        "state = 'cancelled', amount_minor = 1",
    ],
)
def test_an_issued_receipt_keeps_what_it_says(app: Flask, change: str) -> None:
    make_receipt()
    assert _refusal(f"update receipt set {change}") == "kept_receipt"


def test_a_receipt_is_not_deleted(app: Flask) -> None:
    make_receipt()
    assert _refusal("delete from receipt") == "kept_receipt"


def test_a_receipt_is_cancelled_once_and_never_comes_back(app: Flask) -> None:
    receipt = make_receipt()
    with transaction() as session:
        session.execute(
            sa.update(Receipt).values(
                state=ReceiptState.CANCELLED, cancelled_at=NOW, cancel_reason="address"
            )
        )
    db.session.refresh(receipt)
    assert receipt.state is ReceiptState.CANCELLED
    assert _refusal("update receipt set state = 'issued'") == "kept_receipt"
    assert _refusal("update receipt set cancel_reason = 'other'") == "kept_receipt"


def test_a_document_gives_the_bytes_it_was_given(app: Flask) -> None:
    with transaction():
        kept = documents.store("test", "a.bin", "application/octet-stream", bytes(range(256)))
    db.session.expire_all()
    assert documents.read(kept) == bytes(range(256))
    assert (kept.size, len(kept.sha256)) == (256, 64)


def test_a_document_whose_bytes_changed_is_not_handed_out() -> None:
    damaged = Document(public_id=uuid.uuid4(), content=b"abd", sha256="0" * 64)
    with pytest.raises(DamagedDocument, match=str(damaged.public_id)):
        documents.read(damaged)


def test_an_act_tells_who_what_before_and_after(app: Flask) -> None:
    with transaction():
        audit.record(
            "child.moved", "child:C1", actor_id=7, note="why",
            before={"on": dt.date(2026, 1, 2), "site": "A"},
            after={"on": NOW, "site": uuid.UUID(int=1), "left": None, "n": 3},
        )  # fmt: skip
        audit.record("child.read", "child:C1")
        audit.record("child.read", "child:C2")
    read, moved = audit.history("child:C1")
    assert (read.action, read.actor_id, read.before) == ("child.read", None, None)
    assert (moved.actor_id, moved.note) == (7, "why")
    assert moved.before == {"on": "2026-01-02", "site": "A"}
    assert moved.after == {
        "on": NOW.isoformat(), "site": str(uuid.UUID(int=1)), "left": None, "n": 3,
    }  # fmt: skip
    assert [entry.action for entry in audit.history("child:C1", limit=1)] == ["child.read"]
