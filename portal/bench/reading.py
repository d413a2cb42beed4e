"""One step of the reconciliation in a process of its own, so that its memory can be measured.

``python -m portal.bench.reading reconcile | naive`` prints seconds and peak memory as JSON.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from portal import create_app
from portal.core.db import db, transaction
from portal.donations import services
from portal.donations.models import Gift, ProviderLine, ReconciliationRun
from portal.donations.rules.reconciliation import LEDGER_BEGINS
from portal.donations.services.provider import payments

SAMPLE: Final = 1_000
STATUS: Final = Path("/proc/self/status")


def reconcile() -> int:
    """A whole nightly run: messages, lines, payouts, comparison; gives how many lines."""
    run = db.session.get_one(ReconciliationRun, services.reconcile())
    if run.problem:
        raise RuntimeError(run.problem)
    return run.lines_compared


def naive() -> int:
    """The same, line by line, as it is often written: a row, a look-up and a commit each."""
    done = 0
    for line in islice(payments().ledger(LEDGER_BEGINS), SAMPLE):
        with transaction() as session:
            if session.get(ProviderLine, line.id) is None:
                session.add(
                    ProviderLine(
                        id=line.id,
                        category=line.category,
                        gross_minor=line.gross.minor,
                        fee_minor=line.fee.minor,
                        net_minor=line.net.minor,
                        currency=line.net.currency,
                        source_id=line.source_id,
                        created_at=line.created_at,
                        available_at=line.available_on,
                        description=line.description,
                    )
                )
            gift = session.scalar(sa.select(Gift).where(Gift.stripe_charge_id == line.source_id))
            done += gift is None or gift.amount == line.gross
    return SAMPLE


STEPS: Final[dict[str, Callable[[], int]]] = {"reconcile": reconcile, "naive": naive}


def main(step: str) -> dict[str, float]:
    """Carry out one step; seconds of it alone, megabytes of the process."""
    with create_app().app_context():
        began = time.perf_counter()
        lines = STEPS[step]()
        seconds = time.perf_counter() - began
    return {"lines": lines, "seconds": round(seconds, 2), "rss_mb": round(peak_mb(), 1)}


def peak_mb() -> float:
    """The most memory this process has held, in megabytes.

    Linux hands the peak of whoever started a process on to it in `getrusage`; its own stands in
    its status.
    """
    if STATUS.exists():
        found = re.search(r"^VmHWM:\s+(\d+) kB", STATUS.read_text(), re.MULTILINE)
        if found:
            return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))  # noqa: T201
