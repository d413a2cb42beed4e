"""The beginning that many papers share is kept once; what is read is the whole file, checked."""

from __future__ import annotations

import hashlib

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core import documents
from portal.core.db import db
from portal.donations.codes import GiftMode
from portal.donations.models import GiftInKind
from portal.donations.models.kind import ValuationBasis
from portal.receipts.models import Receipt
from portal.receipts.rules.content import ReceiptContent
from portal.receipts.services import continue_run, start_run
from tests.factories.people import make_donor
from tests.factories.receipts import NOW, PLAIN_HEAD, make_received_gift, plain_papers

KEEP = "alter table document_head {} trigger kept"


def _issue(donors: int) -> list[Receipt]:
    for _ in range(donors):
        donor = make_donor()
        make_received_gift(donor)
        make_received_gift(donor)
    continue_run(start_run(2025, at=NOW).id, printer=plain_papers)
    return list(db.session.scalars(sa.select(Receipt).order_by(Receipt.sequence)))


def test_papers_share_their_head_and_come_back_whole(app: Flask) -> None:
    receipts = _issue(3)
    assert db.session.scalars(sa.select(documents.DocumentHead.content)).all() == [PLAIN_HEAD]
    for receipt in receipts:
        paper = documents.read(receipt.document)
        assert paper.startswith(PLAIN_HEAD)
        assert paper.endswith(ReceiptContent.from_json(receipt.content).canonical())
        assert hashlib.sha256(paper).hexdigest() == receipt.sha256
        assert receipt.document.size == len(paper)


def test_a_head_is_never_changed_and_a_damaged_one_is_seen(app: Flask) -> None:
    document = _issue(1)[0].document
    damage = sa.text("update document_head set content = 'x'")
    with pytest.raises(sa.exc.IntegrityError, match="never changed"), db.session.begin_nested():
        db.session.execute(damage)
    documents._head.cache_clear()
    db.session.execute(sa.text(KEEP.format("disable")))
    db.session.execute(damage)
    with pytest.raises(documents.DamagedDocument):
        documents.read(document)


def test_a_document_that_shares_nothing_is_kept_whole(app: Flask) -> None:
    document = documents.store("receipt", "a.pdf", "application/pdf", b"all of it")
    assert document.head_sha256 is None
    assert documents.read(document) == b"all of it"


def test_more_donors_in_a_chunk_cost_no_more_reading(app: Flask) -> None:
    def statements(donors: int) -> int:
        counted: list[str] = []

        def note(_c: object, _k: object, statement: str, *_more: object) -> None:
            counted.append(statement)

        engine = db.session.connection().engine
        for _ in range(donors):
            donor = make_donor()
            make_received_gift(donor)
            make_received_gift(donor)
        run = start_run(2025, at=NOW)
        sa.event.listen(engine, "before_cursor_execute", note)
        continue_run(run.id, printer=plain_papers)
        sa.event.remove(engine, "before_cursor_execute", note)
        return len(counted)

    _issue(1)
    few = statements(2)
    assert statements(9) == few


def test_a_run_names_what_was_given_in_kind(app: Flask) -> None:
    gift = make_received_gift(make_donor(), mode=GiftMode.IN_KIND)
    basis = ValuationBasis.INVOICE
    db.session.add(GiftInKind(gift_id=gift.id, description="Un vélo", basis=basis))
    db.session.commit()
    continue_run(start_run(2025, at=NOW).id, printer=plain_papers)
    content = db.session.scalars(sa.select(Receipt.content)).one()
    assert content["payments"][0]["description"] == "Un vélo"
