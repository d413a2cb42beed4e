"""Each file that leaves the house has an id, its parameters, a SHA-256, and gives the same bytes again."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.core import exports
from portal.core.db import db, transaction
from portal.core.documents import DamagedDocument
from portal.core.exports import Export, ExportState
from portal.receipts.services import cancel_receipt
from tests.factories.books import booked_gift, refund
from tests.factories.people import make_account
from tests.factories.receipts import make_receipt
from tests.jobs import run_due_jobs


@pytest.fixture
def journal(app: Flask) -> Export:
    """The journal of 2025 as CSV, made."""
    booked_gift(on=date(2025, 6, 1))
    return exports.make_now(exports.kind_of("journal"), 2025, "csv")


def bytes_of(export: Export) -> bytes:
    with exports.hand_out(export, by=None) as content:
        return content.read()


def test_it_keeps_its_parameters_its_hash_and_what_is_in_it(journal: Export) -> None:
    content = bytes_of(journal)

    assert journal.parameters == {"kind": "journal", "year": 2025, "format": "csv"}
    assert journal.sha256 == hashlib.sha256(content).hexdigest()
    assert journal.size == len(content)
    assert journal.contents == [
        {"name": "Journal", "rows": 2, "sums": {"Débit": 5_000, "Crédit": 5_000}}
    ]
    assert journal.made_at is not None


def test_it_gives_the_same_bytes_when_the_books_went_on(journal: Export) -> None:
    before = bytes_of(journal)
    booked_gift(on=date(2025, 7, 1))

    assert bytes_of(journal) == before
    assert exports.compare_today(journal, by=None) is False


@pytest.mark.parametrize("code", ["journal", "ledger", "balance", "gifts", "fec"])
def test_made_twice_it_is_the_same_file_kept_once(app: Flask, code: str) -> None:
    refund(booked_gift(on=date(2025, 6, 1)), 1_000, date(2025, 8, 1))
    kind = exports.kind_of(code)
    for file_format in kind.formats:
        first = exports.make_now(kind, 2025, file_format)
        again = exports.make_now(kind, 2025, file_format)

        assert first.id != again.id
        assert first.sha256 == again.sha256
        assert first.document_id == again.document_id


def test_altered_bytes_are_not_handed_out(journal: Export) -> None:
    db.session.execute(sa.text("alter table document disable trigger kept"))
    db.session.execute(
        sa.text("update document set content = 'x' where id = :id"), {"id": journal.document_id}
    )
    db.session.expire_all()

    with pytest.raises(DamagedDocument):
        exports.hand_out(journal, by=None)


@pytest.mark.parametrize("change", ["update export set year = 2024", "delete from export"])
def test_the_database_refuses_to_change_one_that_was_made(journal: Export, change: str) -> None:
    with pytest.raises(IntegrityError, match="never changed"), transaction():
        db.session.execute(sa.text(change))


def test_an_archive_of_papers_is_made_again_and_compared(app: Flask) -> None:
    make_receipt()
    archive = exports.make_now(exports.kind_of("receipts"), 2025, "zip")

    assert archive.document_id is None
    assert hashlib.sha256(bytes_of(archive)).hexdigest() == archive.sha256
    db.session.execute(sa.text("alter table receipt disable trigger kept"))
    db.session.execute(sa.text("update receipt set chain_hash = repeat('0', 64)"))
    db.session.expire_all()
    with pytest.raises(exports.NotTheSameBytes):
        exports.hand_out(archive, by=None)


def test_an_archive_is_what_it_was_whatever_is_issued_and_cancelled_since(app: Flask) -> None:
    receipt = make_receipt()
    archive = exports.make_now(exports.kind_of("receipts"), 2025, "zip")
    assert archive.made_at is not None
    later = archive.made_at + timedelta(minutes=5)

    make_receipt()
    cancel_receipt(receipt.id, reason="Erreur", by=make_account().id, at=later)

    assert hashlib.sha256(bytes_of(archive)).hexdigest() == archive.sha256
    assert not exports.compare_today(archive, by=None)


def test_what_cannot_be_made_says_why_and_is_kept_as_refused(app: Flask) -> None:
    with pytest.raises(exports.ExportRefused, match="2019"):
        exports.make_now(exports.kind_of("journal"), 2019, "csv")

    refused = db.session.scalars(sa.select(Export)).one()
    assert (refused.state, refused.sha256) == (ExportState.FAILED, None)


def test_a_form_sent_twice_is_one_export(app: Flask) -> None:
    booked_gift(on=date(2025, 6, 1))
    kind = exports.kind_of("journal")

    one = exports.begin(kind, 2025, "csv", by=1, token="a" * 22)
    other = exports.begin(kind, 2025, "csv", by=1, token="a" * 22)

    assert one.id == other.id
    assert one.state is ExportState.MADE


def test_a_big_one_is_made_by_a_worker(app: Flask) -> None:
    make_receipt()

    asked = exports.begin(exports.kind_of("receipts"), 2025, "zip", by=1, token="b" * 22)
    assert asked.state is ExportState.WAITING
    run_due_jobs(only="exports.make")

    made = db.session.scalar(sa.select(Export.state).where(Export.id == asked.id))
    assert made is ExportState.MADE
