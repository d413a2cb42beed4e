"""What the nightly check wrote down, and which files left the house."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from portal.core.audit import AuditEntry
from portal.core.db import db

CHECKED = "books.checked"
FEC_EXPORTED = "accounting.fec_exported"


def last_check() -> AuditEntry | None:
    """The last check that was recorded; ``after`` holds ``ok`` and the failed names."""
    chosen = sa.select(AuditEntry).where(AuditEntry.subject == "books")
    chosen = chosen.where(AuditEntry.action == CHECKED).order_by(AuditEntry.id.desc()).limit(1)
    return db.session.scalar(chosen)


def fec_exports(year: int, limit: int = 10) -> Sequence[AuditEntry]:
    """The FEC files made of a year, the newest first."""
    chosen = sa.select(AuditEntry).where(AuditEntry.subject == f"books:{year}")
    chosen = chosen.where(AuditEntry.action == FEC_EXPORTED)
    return db.session.scalars(chosen.order_by(AuditEntry.id.desc()).limit(limit)).all()
