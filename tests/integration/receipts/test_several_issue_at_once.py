"""Several issue at the same moment, with real commits: no number is missing or given twice."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.db import db
from portal.receipts.models import Receipt
from portal.receipts.queries import checks
from portal.receipts.queries.handed_out import handed_out
from portal.receipts.rules.content import ReceiptContent
from portal.receipts.services import GiftAlreadyReceipted, duplicates, issue_receipt
from portal.receipts.services.duplicates import take_own
from tests.factories.people import make_account, make_donor
from tests.factories.receipts import NOW, make_received_gift, plain_paper

THREADS, DONORS = 6, 18
TABLES = "receipted_gift, receipt, receipt_series, document, audit_entry, gift, donor, account"


@pytest.fixture
def house(_app: Flask) -> Flask:
    """The application on its own connections: what it commits is committed."""
    return _app


@pytest.fixture
def committed(house: Flask) -> Iterator[list[int]]:
    """Donors with two gifts each, seen by every connection; all gone afterwards."""
    with house.app_context():
        donors = [make_donor() for _ in range(DONORS)]
        for donor in donors:
            make_received_gift(donor, amount_minor=1000)
            make_received_gift(donor, amount_minor=2345)
        ids = [donor.id for donor in donors]
        db.session.remove()
    yield ids
    with house.app_context():
        db.session.execute(sa.text("set local session_replication_role = replica"))
        db.session.execute(sa.text(f"truncate {TABLES} cascade"))
        db.session.commit()


def _slow_paper(content: ReceiptContent, code: str, at: datetime) -> bytes:
    time.sleep(random.uniform(0, 0.01))
    return plain_paper(content, code, at)


def test_numbers_have_no_gap_and_no_double(house: Flask, committed: list[int]) -> None:
    start = threading.Barrier(THREADS)

    def work(mine: list[int]) -> int:
        start.wait()
        issued = 0
        with house.app_context():
            for donor_id in mine:
                issued += bool(issue_receipt(donor_id, 2025, at=NOW, printer=_slow_paper))
        return issued

    shares = [committed[n::THREADS] for n in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(work, shares)) == DONORS
    with house.app_context():
        numbers = db.session.scalars(sa.select(Receipt.sequence).order_by(Receipt.sequence)).all()
        assert numbers == list(range(1, DONORS + 1))
        assert [check()[1] for _n, check, _l in checks.CHECKS if not check()[0]] == []


def test_the_same_donor_gets_one_receipt_however_many_ask(
    house: Flask, committed: list[int]
) -> None:
    start = threading.Barrier(THREADS)

    def work(_nr: int) -> bool:
        start.wait()
        with house.app_context():
            try:
                return issue_receipt(committed[0], 2025, at=NOW, printer=_slow_paper) is not None
            except GiftAlreadyReceipted:
                return False

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(work, range(THREADS))) == 1
    with house.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Receipt.id))) == 1


def test_who_downloads_twice_at_once_gets_one_original(
    house: Flask, committed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.app_context():
        receipt = issue_receipt(committed[0], 2025, at=NOW, printer=plain_paper)
        assert receipt is not None
        known, by = receipt.id, make_account().id
        db.session.commit()
    asked = handed_out

    def slowly(receipts: Sequence[Receipt]) -> dict[int, datetime]:
        answer = asked(receipts)
        time.sleep(0.05)
        return answer

    monkeypatch.setattr(duplicates, "handed_out", slowly)
    start = threading.Barrier(THREADS)

    def work(_nr: int) -> bool:
        start.wait()
        with house.app_context():
            return take_own(known, by=by, at=NOW).again

    with ThreadPoolExecutor(THREADS) as pool:
        assert sorted(pool.map(work, range(THREADS))) == [False] + [True] * (THREADS - 1)
