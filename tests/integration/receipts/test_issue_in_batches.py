"""A chunk of a run while others issue and records change: with real commits on other connections."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.db import db
from portal.donations.models import Gift
from portal.donations.rules.gift import GiftState
from portal.receipts.models import Receipt, ReceiptRun, RunState
from portal.receipts.printing import PaperOrder, PrintedPaper, PrintFault
from portal.receipts.queries import checks
from portal.receipts.queries.batches import records_of
from portal.receipts.queries.runs import faults_of
from portal.receipts.services import (
    batches,
    cancel_run,
    continue_run,
    issue_receipt,
    pause_run,
    resume_run,
    start_run,
)
from portal.receipts.services.batch_papers import Papers
from tests.factories.people import make_donor
from tests.factories.receipts import NOW, make_received_gift, plain_paper, plain_papers

DONORS = 12
TABLES = (
    "receipt_run_fault, receipt_chunk, receipted_gift, receipt, receipt_run, receipt_series,"
    " document, document_head, audit_entry, gift, donor"
)


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
        db.session.rollback()
        db.session.execute(sa.text("set local session_replication_role = replica"))
        db.session.execute(sa.text(f"truncate {TABLES} cascade"))
        db.session.commit()


@dataclass
class Meanwhile:
    """A printer while whose first papers are printed something happens on another connection."""

    house: Flask
    happens: Callable[[], object]
    orders: list[int] = field(default_factory=list)

    def __call__(self, orders: Iterable[PaperOrder]) -> Iterator[PrintedPaper | PrintFault]:
        asked = list(orders)
        if not self.orders:
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(self._elsewhere).result()
        self.orders.append(len(asked))
        yield from plain_papers(asked)

    def _elsewhere(self) -> None:
        with self.house.app_context():
            self.happens()
            db.session.remove()


def issue_a_single(donor_id: int) -> Receipt | None:
    return issue_receipt(donor_id, 2025, at=NOW, printer=plain_paper)


def give_some_back(donor_id: int) -> None:
    gift = db.session.scalars(sa.select(Gift).where(Gift.donor_id == donor_id)).first()
    assert gift is not None
    gift.refunded_minor, gift.state = 500, GiftState.PARTIALLY_REFUNDED
    db.session.commit()


def run_of_all_but(house: Flask, spared: list[int], printer: Meanwhile) -> ReceiptRun:
    """A run in which only these donors' gifts are not certified; gives it when it is over."""
    aside = sa.update(Gift).where(Gift.donor_id.in_(spared))
    db.session.execute(aside.values(state=GiftState.DISPUTED))
    db.session.commit()
    run = start_run(2025, at=NOW)
    db.session.execute(aside.values(state=GiftState.SETTLED))
    db.session.commit()
    return continue_run(run.id, printer=printer)


def sequences() -> list[int]:
    return list(db.session.scalars(sa.select(Receipt.sequence).order_by(Receipt.sequence)))


def what_is_wrong() -> list[str]:
    return [check()[1] for _name, check, _label in checks.CHECKS if not check()[0]]


def test_a_number_that_was_taken_meanwhile_costs_one_paper(
    house: Flask, committed: list[int]
) -> None:
    with house.app_context():
        single = committed[0]
        printer = Meanwhile(house, lambda: issue_a_single(single))
        run = run_of_all_but(house, [single], printer)
        assert (run.state, run.done) == (RunState.DONE, DONORS - 1)
        assert printer.orders == [DONORS - 1, 1]
        assert sequences() == list(range(1, DONORS + 1))
        assert what_is_wrong() == []


def test_without_the_second_look_at_the_series_nothing_could_be_kept(
    house: Flask, committed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    first_look = Papers.block_from
    monkeypatch.setattr(Papers, "block_from", lambda papers, _first: first_look(papers, 1))
    with house.app_context():
        single = committed[0]
        printer = Meanwhile(house, lambda: issue_a_single(single))
        with pytest.raises(sa.exc.IntegrityError, match="uq_receipt"):
            run_of_all_but(house, [single], printer)
        assert sequences() == [1]


def test_a_gift_that_changed_meanwhile_is_certified_as_it_is_now(
    house: Flask, committed: list[int]
) -> None:
    with house.app_context():
        printer = Meanwhile(house, lambda: give_some_back(committed[0]))
        run = continue_run(start_run(2025, at=NOW).id, printer=printer)
        assert (run.state, run.done, run.total) == (RunState.DONE, DONORS, DONORS)
        amounts = sa.select(sa.func.min(Receipt.amount_minor), sa.func.max(Receipt.amount_minor))
        assert tuple(db.session.execute(amounts).one()) == (2845, 3345)
        assert sequences() == list(range(1, DONORS + 1))
        assert what_is_wrong() == []


def test_without_the_second_look_at_the_records_a_receipt_would_be_false(
    house: Flask, committed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {}
    with house.app_context():
        records = records_of(committed, 2025, NOW.date())
        before = {donor_id: each.stand() for donor_id, each in records.items()}
        db.session.rollback()
        monkeypatch.setattr(batches, "versions_of", lambda *_asked: before)
        printer = Meanwhile(house, lambda: give_some_back(committed[0]))
        continue_run(start_run(2025, at=NOW).id, printer=printer)
        assert len(what_is_wrong()) == 1


def test_a_gift_certified_meanwhile_stands_on_one_receipt(
    house: Flask, committed: list[int]
) -> None:
    with house.app_context():
        printer = Meanwhile(house, lambda: issue_a_single(committed[0]))
        run = continue_run(start_run(2025, at=NOW).id, printer=printer)
        assert (run.state, list(faults_of(run.id))) == (RunState.DONE, [])
        assert sequences() == list(range(1, DONORS + 1))
        assert what_is_wrong() == []


def test_the_database_is_the_last_judge_of_a_gift_on_two_receipts(
    house: Flask, committed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.app_context():
        records = records_of(committed, 2025, NOW.date())
        before = {donor_id: each.stand() for donor_id, each in records.items()}
        db.session.rollback()
        monkeypatch.setattr(batches, "versions_of", lambda *_asked: before)
        printer = Meanwhile(house, lambda: issue_a_single(committed[0]))
        run = continue_run(start_run(2025, at=NOW).id, printer=printer)
        assert [fault.donor_id for fault in faults_of(run.id)] == [committed[0]]
        assert sequences() == list(range(1, DONORS + 1))
        assert what_is_wrong() == []


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (lambda run_id: pause_run(run_id, by=None), RunState.PAUSED),
        (lambda run_id: cancel_run(run_id, by=None, at=NOW), RunState.CANCELLED),
    ],
)
def test_a_run_held_while_its_only_chunk_is_printed_issues_nothing(
    house: Flask, committed: list[int], act: Callable[[int], object], state: RunState
) -> None:
    with house.app_context():
        run = start_run(2025, at=NOW)
        db.session.commit()
        held = continue_run(run.id, printer=Meanwhile(house, partial(act, run.id)))
        assert (held.state, sequences()) == (state, [])
        if state is RunState.PAUSED:
            resume_run(run.id, by=None)
            assert continue_run(run.id, printer=plain_papers).state is RunState.DONE
            assert sequences() == list(range(1, DONORS + 1))
        assert what_is_wrong() == []


def test_workers_of_the_run_and_single_receipts_at_once(house: Flask, committed: list[int]) -> None:
    with house.app_context():
        run_id = start_run(2025, at=NOW, chunk=2).id
        db.session.remove()
    start = threading.Barrier(4)

    def work_on_the_run(_share: list[int]) -> None:
        start.wait()
        with house.app_context():
            continue_run(run_id, printer=plain_papers)

    def issue_singles(share: list[int]) -> None:
        start.wait()
        with house.app_context():
            for donor_id in share:
                issue_a_single(donor_id)

    with ThreadPoolExecutor(4) as pool:
        hands = [work_on_the_run, work_on_the_run, issue_singles, issue_singles]
        shares = [[], [], committed[::2], committed[1::2]]
        for done in [pool.submit(hand, share) for hand, share in zip(hands, shares, strict=True)]:
            done.result()
    with house.app_context():
        run = db.session.get_one(ReceiptRun, run_id)
        assert (run.state, run.done, list(faults_of(run_id))) == (RunState.DONE, DONORS, [])
        assert sequences() == list(range(1, DONORS + 1))
        assert what_is_wrong() == []
