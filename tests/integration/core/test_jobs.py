"""A job exists if and only if the rows do; a worker does it, and what it asks for in turn."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.db import db, transaction
from portal.core.jobs import connect, defer, jobs, retry_stalled
from tests.integration.core.job_tasks import break_down, chain, fail, note

ROOT = Path(__file__).resolve().parents[3]
WORKER = (
    "from portal import create_app; from portal.core import jobs, logs;"
    "import tests.integration.core.job_tasks;"
    "logs.configure(); jobs.run_worker(create_app(), concurrency=2)"
)


def _queued() -> list[tuple[str, str]]:
    rows = db.session.execute(
        sa.text("select task_name, status::text from procrastinate_jobs order by id")
    )
    return [(row.task_name, row.status) for row in rows]


class Refused(Exception):
    """Something went wrong in a use case."""


def test_a_job_is_queued_with_the_rows_that_need_it(committed: Flask) -> None:
    with transaction():
        defer(note, key="a")
        with db.engine.connect() as another:
            assert another.scalar(sa.text("select count(*) from procrastinate_jobs")) == 0
    assert _queued() == [("tests.note", "todo")]


def test_when_the_rows_are_not_kept_there_is_no_job(committed: Flask) -> None:
    with pytest.raises(Refused), transaction():  # noqa: PT012 - what came before the error counts
        defer(note, key="a")
        raise Refused
    assert _queued() == []


def test_once_is_once_while_it_waits_and_spoils_nothing(app: Flask) -> None:
    with transaction():
        for _ in range(3):
            defer(note, once="the note", key="a")
        defer(note, key="b")
    assert _queued() == [("tests.note", "todo")] * 2


def test_a_job_may_wait_until_a_time(app: Flask) -> None:
    later = datetime(2030, 1, 1, tzinfo=UTC)
    with transaction():
        defer(note, at=later, lock="one after another", key="a")
    row = db.session.execute(sa.text("select scheduled_at, lock from procrastinate_jobs")).one()
    assert (row.scheduled_at, row.lock) == (later, "one after another")


class _Worker:
    """A worker in a process of its own."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            env=environment | {"PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )

    def until(self, what: str, seconds: float = 40) -> bool:
        """Wait until a query gives something true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            with db.engine.connect() as looking:
                if looking.scalar(sa.text(what)):
                    return True
            time.sleep(0.1)
        return False

    def stop(self) -> tuple[int, str]:
        """Terminate it politely; its exit status and what it said."""
        self.process.send_signal(signal.SIGTERM)
        said = self.process.communicate(timeout=20)[1]
        return self.process.returncode, said


def test_a_worker_does_a_job_and_the_one_that_job_asks_for(
    committed: Flask, environment: dict[str, str]
) -> None:
    with transaction():
        defer(chain, key="first")
        defer(fail)
        defer(break_down)
    worker = _Worker(environment)
    try:
        both = "select count(*) = 2 from outbox_mail where key like 'first%' and state = 'sent'"
        assert worker.until(both)
        assert worker.until(
            "select attempts > 0 from procrastinate_jobs where task_name = 'tests.fail'"
        )
        assert worker.until("select true from procrastinate_jobs where status = 'failed'")
    finally:
        status, said = worker.stop()
    assert status == 0
    assert "ValueError" in said
    assert "Canari" not in said
    left = db.session.execute(
        sa.text(
            "select task_name, status::text, scheduled_at is not null from procrastinate_jobs"
            " where task_name ~ '^(tests|core.mail)' order by task_name"
        )
    )
    assert [tuple(row) for row in left] == [
        ("tests.break", "failed", False),
        ("tests.fail", "todo", True),
    ]


def test_the_jobs_of_a_worker_that_died_are_given_back(committed: Flask) -> None:
    with transaction() as session:
        for key in ("dead", "alive"):
            defer(note, key=key)
        for key, silent in (("dead", timedelta(minutes=5)), ("alive", timedelta(0))):
            worker = session.scalar(
                sa.text(
                    "insert into procrastinate_workers (last_heartbeat) values (now() - :silent)"
                    " returning id"
                ),
                {"silent": silent},
            )
            session.execute(
                sa.text(
                    "update procrastinate_jobs set status = 'doing', worker_id = :worker"
                    " where args ->> 'key' = :key"
                ),
                {"worker": worker, "key": key},
            )
    _run_async_task()
    rows = db.session.execute(
        sa.text("select args ->> 'key' as key, status::text from procrastinate_jobs")
    )
    assert {row.key: row.status for row in rows} == {"dead": "todo", "alive": "doing"}


def _run_async_task() -> None:
    import asyncio

    async def run() -> None:
        async with jobs.open_async():
            await retry_stalled.func(timestamp=0)

    asyncio.run(run())


def test_every_task_says_where_it_waits_and_has_a_name_of_ours() -> None:
    for name, task in jobs.tasks.items():
        if name.startswith("builtin:"):
            continue
        assert name.count(".") >= 1, name
        assert task.queue, name


def test_the_password_of_the_database_reaches_the_queue(app: Flask) -> None:
    before = app.config["SQLALCHEMY_DATABASE_URI"]
    try:
        connect(sa.make_url("postgresql+psycopg://me:s%40cret@host/db"))
        assert jobs.connector._pool_args["conninfo"] == "postgresql://me:s%40cret@host/db"  # type: ignore[attr-defined]
    finally:
        connect(before)
