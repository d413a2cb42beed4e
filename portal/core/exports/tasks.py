"""Big exports are made in the background, with their progress shown."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from portal.core.db import db, transaction
from portal.core.exports import services
from portal.core.exports.kinds import ExportKind, ExportRefused
from portal.core.exports.models import Export
from portal.core.jobs import RETRY, defer, jobs

AT_ONCE: Final = 4_000
"""So many rows are written in less than a second; more are left to a worker."""


@jobs.task(queue="papers", name="exports.make", retry=RETRY)
def make_export(export_id: int) -> None:
    """Make an export that was asked for on the page."""
    services.make(export_id, told=lambda done, total: _tell(export_id, done, total))


def _tell(export_id: int, done: int, total: int) -> None:
    with transaction() as session:
        session.execute(
            sa.update(Export).where(Export.id == export_id).values(done=done, total=total)
        )


def begin(kind: ExportKind, year: int, file_format: str, *, by: int, token: str) -> Export:
    """Make a small export now; have a big one made by a worker. A form sent twice is one export.

    :raises UnknownKind:
    """
    with transaction():
        export = services.ask(kind, year, file_format, by=by, token=token)
        big = not kind.stored or _rows(kind, year) > AT_ONCE
        if big:
            name = f"exports.make:{export.id}"
            defer(make_export, once=name, lock=name, export_id=export.id)
    if not big:
        export = services.make_at_once(export.id)
    db.session.refresh(export)
    return export


def _rows(kind: ExportKind, year: int) -> int:
    try:
        return sum(sheet.sums().rows for sheet in kind.sheets(year))
    except ExportRefused:
        return 0
