"""Background jobs: queued in the transaction that needs them, done at least once.

A job is deferred on the session's own connection, so it exists if and only if the rows do
(docs/adr/0003-jobs-in-the-transaction.md). Every task must be harmless when run twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import procrastinate
import sqlalchemy as sa
from flask import Flask
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task
from sqlalchemy.engine import URL

from portal.core.db import db


class _Connector(procrastinate.PsycopgConnector):
    """Requests and jobs hand over SQLAlchemy's own connection, also while a worker is open here."""

    _plain = procrastinate.SyncPsycopgConnector()  # never opened: no second pool

    def execute_query_all_with_connection(self, connection: Any, query: Any, **kw: Any) -> Any:
        return self._plain.execute_query_all_with_connection(connection, query, **kw)

    def execute_query_one_with_connection(self, connection: Any, query: Any, **kw: Any) -> Any:
        return self._plain.execute_query_one_with_connection(connection, query, **kw)


jobs = procrastinate.App(connector=_Connector(conninfo=""))
RETRY = procrastinate.RetryStrategy(max_attempts=8, exponential_wait=4)

AnyTask = Task[Any, Any, Any]
_stopping = threading.Event()


def _connection() -> Any:
    return db.session.connection().connection.driver_connection


def defer(
    task: AnyTask,
    *,
    at: datetime | None = None,
    lock: str | None = None,
    once: str | None = None,
    **arguments: Any,
) -> None:
    """Queue a job in the open transaction.

    ``lock``: jobs with the same lock run one after another. ``once``: nothing is queued while
    a job with this name still waits.
    """
    options = {"schedule_at": at, "lock": lock, "queueing_lock": once}
    given: dict[str, Any] = {n: value for n, value in options.items() if value is not None}
    db.session.flush()
    if once is None:
        task.configure(connection=_connection(), **given).defer(**arguments)
        return
    try:
        with db.session.begin_nested():  # a second one breaks only the savepoint
            task.configure(connection=_connection(), **given).defer(**arguments)
    except AlreadyEnqueued:
        return


def is_under_way(lock: str) -> bool:
    """Whether a job with that lock is at work at this moment, or waits for the worker."""
    wanted = "select 1 from procrastinate_jobs where lock = :lock and status in ('todo', 'doing')"
    return db.session.scalar(sa.text(wanted).bindparams(lock=lock)) is not None


@jobs.periodic(cron="*/5 * * * *")
@jobs.task(queue="cron", queueing_lock="retry_stalled", name="core.retry_stalled")
async def retry_stalled(timestamp: int) -> None:
    """Give the jobs of workers that died to those that live."""
    del timestamp
    for job in await jobs.job_manager.get_stalled_jobs():
        await jobs.job_manager.retry_job(job)


def connect(url: URL) -> None:
    """Tell the queue where its database is (the pool opens only in a worker)."""
    conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
    jobs.connector._pool_args.update(conninfo=conninfo, min_size=1, max_size=4)  # type: ignore[attr-defined]


def is_stopping() -> bool:
    """Whether the worker was told to stop: a job that goes on and on queues what is left and ends."""
    return _stopping.is_set()


def run_worker(app: Flask, *, concurrency: int = 4) -> None:
    """Work until SIGTERM or SIGINT; tasks run in threads, each with the app's context."""
    gc.collect()
    gc.freeze()  # what is loaded now stays: looking through it again and again costs a tenth

    def with_app(call: Callable[[], Any], _context: Any, _worker: Any) -> Any:
        with app.app_context():
            return call()

    async def main() -> None:
        async with jobs.open_async():
            work = asyncio.create_task(
                jobs.run_worker_async(
                    task_middleware=[with_app],
                    delete_jobs="successful",
                    concurrency=concurrency,
                    fetch_job_polling_interval=2.0,
                    install_signal_handlers=False,
                )
            )
            for each in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(each, _stop, work)
            with contextlib.suppress(asyncio.CancelledError):
                await work

    asyncio.run(main())


def _stop(work: asyncio.Task[None]) -> None:
    if not _stopping.is_set():  # told twice, the jobs at work still end
        _stopping.set()
        work.cancel()
