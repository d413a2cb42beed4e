"""What the nightly signer comes upon is written down once, and stays until a person answers for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from portal.core import audit
from portal.core.db import db, transaction
from portal.receipts.models import RegisterFinding
from portal.receipts.queries.findings import findings_in, named
from portal.receipts.rules.findings import THE_KEYS, Finding


def look(year: int, at: dt.datetime) -> list[RegisterFinding]:
    """What is wrong with a series now and was accepted by nobody; written down."""
    with transaction():
        found = findings_in(year, at)
        _note(found, at)
        rows = _rows((year, THE_KEYS))
        for row in rows:
            row.gone_at = None if named(row) in found else row.gone_at or at
        db.session.flush()
        return [row for row in rows if row.gone_at is None and row.accepted_at is None]


def _note(found: Collection[Finding], at: dt.datetime) -> None:
    for each in found:
        new = insert(RegisterFinding).values(
            series_year=each.series, kind=each.kind, subject=each.subject, noticed_at=at
        )
        db.session.execute(new.on_conflict_do_nothing())


def _rows(years: Collection[int]) -> list[RegisterFinding]:
    wanted = sa.select(RegisterFinding).where(RegisterFinding.series_year.in_(years))
    return list(db.session.scalars(wanted.order_by(RegisterFinding.id)))


def accept(
    rows: Iterable[RegisterFinding], reason: str, by: int | None, at: dt.datetime
) -> list[RegisterFinding]:
    """A person answers for what was found (in the open transaction)."""
    accepted = list(rows)
    for row in accepted:
        row.accepted_at, row.accepted_by, row.reason = at, by, reason
        audit.record(
            "register.accepted",
            "receipts:register",
            after={"series": row.series_year, "what": row.kind.value, "subject": row.subject},
            note=reason,
            actor_id=by,
        )
    db.session.flush()
    return accepted
