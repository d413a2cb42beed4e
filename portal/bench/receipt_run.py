"""How long the receipts of a year take: two workers share the run, beside one transaction a receipt."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from flask import Flask

from portal import create_app
from portal.bench.donors import make_donors
from portal.bench.reading import peak_mb
from portal.bench.scratch import House
from portal.core.clock import paris_date
from portal.core.db import db
from portal.receipts import tasks
from portal.receipts.models import ReceiptRun, RunState
from portal.receipts.paper import render_receipt
from portal.receipts.queries.receiptable import plan_of
from portal.receipts.queries.runs import faults_of, outcome_of
from portal.receipts.rules.content import ReceiptContent
from portal.receipts.services.addresses import verify_address
from portal.receipts.services.issuing import issue_receipt

WORKERS: Final = 2
SAMPLE: Final = 20
PATIENCE: Final = 3_600.0
TABLES: Final = ("document", "document_head", "receipt", "receipted_gift", "audit_entry")


@dataclass(frozen=True, slots=True)
class RunFigures:
    """``seconds`` from the accountant's click to the last receipt; ``ratio`` is what a receipt costs
    one by one, over that; ``maker_rss_mb`` is the most a process held that lays out for a worker;
    ``papers_mb`` what the papers take in the database, ``stored_mb`` all."""

    receipts: int
    gifts: int
    seconds: float
    receipts_per_second: float
    plan_seconds: float
    worker_rss_mb: float
    maker_rss_mb: float
    command_rss_mb: float
    papers_mb: float
    stored_mb: float
    naive_ms_a_receipt: float
    ratio: float
    faults: int
    checks_ok: bool


def measure_run(house: House, *, receipts: int) -> RunFigures:
    """Write donors and gifts down, issue a sample one by one, then all others in a run."""
    app = create_app(house.settings)
    year = paris_date(app.extensions["clock"].now()).year - 1
    with app.app_context():
        gifts = make_donors(receipts + SAMPLE, year)
        naive = _one_by_one(app, year)
        empty = _megabytes(*TABLES), _megabytes("document", "document_head")
        began = time.perf_counter()
        plan_of(year, paris_date(app.extensions["clock"].now()))
        planned = time.perf_counter() - began
        db.session.rollback()
        with _workers(house) as workers:
            began = time.perf_counter()
            watch = Makers(workers)
            run = _run(app, year, watch)
            seconds = time.perf_counter() - began
            peak = max(_peak_of(worker) for worker in workers)
        issued = outcome_of(run.id).issued
        faults = len(faults_of(run.id))
        ok = _register_holds()
        stored = _megabytes(*TABLES) - empty[0]
        papers = _megabytes("document", "document_head") - empty[1]
        db.session.remove()
        db.engine.dispose()
    return RunFigures(
        receipts=issued,
        gifts=gifts,
        seconds=round(seconds, 1),
        receipts_per_second=round(issued / seconds, 1),
        plan_seconds=round(planned, 2),
        worker_rss_mb=round(peak, 1),
        maker_rss_mb=round(watch.peak, 1),
        command_rss_mb=round(peak_mb(), 1),
        papers_mb=round(papers, 1),
        stored_mb=round(stored, 1),
        naive_ms_a_receipt=round(naive, 1),
        ratio=round(naive * issued / 1000 / seconds, 1),
        faults=faults,
        checks_ok=ok,
    )


def _one_by_one(app: Flask, year: int) -> float:
    """Milliseconds a receipt, each laid out by itself in a transaction of its own."""

    def printer(content: ReceiptContent, code: str, at: object) -> bytes:
        return render_receipt(content, verify_url=verify_address(code), created_at=at)  # type: ignore[arg-type]

    wanted = sa.text("select id from donor where ref like 'BENCH%' order by id limit :some")
    donors = list(db.session.scalars(wanted, {"some": SAMPLE}))
    now = app.extensions["clock"].now()
    issue_receipt(donors.pop(), year, at=now, printer=printer)  # fonts are read, queries compiled
    began = time.perf_counter()
    for donor_id in donors:
        issue_receipt(donor_id, year, at=now, printer=printer)
    return 1000 * (time.perf_counter() - began) / len(donors)


@dataclass(slots=True)
class Makers:
    """Watches the processes that lay out for the workers; they end when they are not needed."""

    workers: Sequence[subprocess.Popen[bytes]]
    peak: float = 0.0

    def look(self) -> None:
        """See how much they have held until now."""
        for worker in self.workers:
            with suppress(FileNotFoundError, ProcessLookupError):
                for listed in Path(f"/proc/{worker.pid}/task").glob("*/children"):
                    for child in listed.read_text().split():
                        self.peak = max(self.peak, _high_water(Path(f"/proc/{child}/status")))


def _run(app: Flask, year: int, watch: Makers) -> ReceiptRun:
    run = tasks.begin_run(year, at=app.extensions["clock"].now(), by=None)
    until = time.monotonic() + PATIENCE
    while run.state is RunState.RUNNING and time.monotonic() < until:
        time.sleep(0.1)
        watch.look()
        db.session.rollback()
        db.session.refresh(run)
    if run.state is not RunState.DONE:
        raise RuntimeError(f"the run is {run.state.value} {run.problem}".strip())
    return run


@contextmanager
def _workers(house: House) -> Iterator[list[subprocess.Popen[bytes]]]:
    names = [f"worker-{number}" for number in range(1, WORKERS + 1)]
    command = [sys.executable, "-m", "portal", "worker"]
    started = [house.start(name, command) for name in names]
    until = time.monotonic() + 60
    ready = sa.text("select count(*) from procrastinate_workers")
    while int(db.session.scalar(ready) or 0) < WORKERS and time.monotonic() < until:
        db.session.rollback()
        time.sleep(0.1)
    try:
        yield started
    finally:
        for name in names:
            house.stop(name)


def _peak_of(process: subprocess.Popen[bytes]) -> float:
    """The most memory a process has held, in megabytes; of this one where that cannot be read."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return _high_water(status)


def _high_water(status: Path) -> float:
    lines = (each for each in status.read_text().splitlines() if each.startswith("VmHWM:"))
    return int(next(lines, "VmHWM: 0 kB").split()[1]) / 1024


def _megabytes(*tables: str) -> float:
    size = sa.text("select pg_total_relation_size(cast(:name as regclass))")
    return sum(int(db.session.scalar(size, {"name": name}) or 0) for name in tables) / 1e6


def _register_holds() -> bool:
    from portal.receipts.queries.checks import CHECKS

    return all(check()[0] for _name, check, _label in CHECKS)
