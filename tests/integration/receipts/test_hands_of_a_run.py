"""Two hands issue a run: one in each worker, and a worker told to stop leaves the rest to others."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.db import db
from portal.receipts import services, tasks
from portal.receipts.models import Receipt, ReceiptRun, RunState
from portal.receipts.services.chunks import issue_next_chunk
from tests.factories.people import make_donor
from tests.factories.receipts import NOW, make_received_gift, plain_papers
from tests.jobs import run_due_jobs

WAITING = (
    "select args ->> 'hand', scheduled_at is not null from procrastinate_jobs"
    " where status = 'todo' and task_name = 'receipts.issue_chunks'"
)


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> ReceiptRun:
    """A run of three chunks, its papers plain."""
    for _ in range(3):
        make_received_gift(make_donor())

    def plain(run_id: int) -> bool:
        return issue_next_chunk(run_id, printer=plain_papers)

    monkeypatch.setattr(services, "issue_next_chunk", plain)
    return services.start_run(2025, at=NOW, chunk=1)


def issued() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Receipt)) or 0


def waiting() -> list[tuple[str, bool]]:
    """The hands that are queued, and whether for later."""
    return [(hand, later) for hand, later in db.session.execute(sa.text(WAITING))]


def test_the_second_hand_in_a_process_steps_back_for_another_worker(run: ReceiptRun) -> None:
    with tasks._ONE_HAND:
        tasks.issue_chunks(run_id=run.id, hand=1)
    assert (issued(), waiting()) == (0, [("1", True)])


def test_a_worker_that_stops_ends_its_chunk_and_queues_the_rest(
    run: ReceiptRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "is_stopping", lambda: True)
    tasks.issue_chunks(run_id=run.id, hand=0)
    assert (issued(), waiting()) == (1, [("0", False)])

    monkeypatch.setattr(tasks, "is_stopping", lambda: False)
    assert run_due_jobs() == ["receipts.issue_chunks"]
    assert (issued(), db.session.get_one(ReceiptRun, run.id).state) == (3, RunState.DONE)


def test_a_chunk_that_fails_lets_go_of_the_hand(
    run: ReceiptRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_run_id: int) -> bool:
        raise RuntimeError("no")

    monkeypatch.setattr(services, "issue_next_chunk", breaks)
    with pytest.raises(RuntimeError):
        tasks.issue_chunks(run_id=run.id, hand=0)
    assert not tasks._ONE_HAND.locked()
