"""Making an export again takes as long as making it: in the background."""

from __future__ import annotations

from typing import Final

from portal.core import audit, exports
from portal.core.db import db, transaction
from portal.core.exports import Export
from portal.core.jobs import RETRY, defer, jobs
from portal.office.exports.showing import ASKED_TO_COMPARE, COMPARED

SMALL: Final = 200_000
"""So many bytes are made again in well under a second."""


@jobs.task(queue="papers", name="exports.compare", retry=RETRY)
def compare_export(export_id: int, by: int) -> None:
    """Whether the file would come out the same today."""
    compare(db.session.get_one(Export, export_id), by)


def compare(export: Export, by: int) -> None:
    """Make it again, compare, write the answer down; one that cannot be made again is not the same."""
    try:
        exports.compare_today(export, by=by)
    except exports.ExportRefused as refusal:
        with transaction():
            told = {"same": False, "problem": " ".join(refusal.reasons)}
            audit.record(COMPARED, f"export:{export.public_id}", after=told, actor_id=by)


def begin_comparison(export: Export, *, by: int) -> None:
    """Compare a small one now, a big one in the background."""
    if (export.size or 0) <= SMALL:
        compare(export, by)
        return
    with transaction():
        audit.record(ASKED_TO_COMPARE, f"export:{export.public_id}", actor_id=by)
        name = f"exports.compare:{export.id}"
        defer(compare_export, once=name, lock=name, export_id=export.id, by=by)
