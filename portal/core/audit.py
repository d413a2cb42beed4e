"""Who changed what: append-only, kept by a trigger that refuses update and delete."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import g, has_request_context
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, CreatedAt, Key, db


class AuditEntry(Base):
    """One act: the actor's account (empty for the portal itself), the subject, before and after."""

    __tablename__ = "audit_entry"

    id: Mapped[Key]
    at: Mapped[CreatedAt]
    actor_id: Mapped[int | None] = mapped_column(index=True)
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    note: Mapped[str] = mapped_column(server_default="")


def _plain(values: dict[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    kept = (dt.date, dt.datetime)
    return {k: v.isoformat() if isinstance(v, kept) else _simple(v) for k, v in values.items()}


def _simple(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | list | dict | None) else str(value)


def record(
    action: str,
    subject: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
    actor_id: int | None = None,
) -> None:
    """Write the act down in the open transaction; ``subject`` is like ``child:C000001``."""
    if actor_id is None and has_request_context():
        actor_id = getattr(g, "actor_id", None)
    db.session.add(
        AuditEntry(
            actor_id=actor_id,
            action=action,
            subject=subject,
            before=_plain(before),
            after=_plain(after),
            note=note,
        )
    )


def record_many(
    action: str, acts: Sequence[tuple[str, dict[str, Any]]], *, actor_id: int | None = None
) -> None:
    """Write the same act on many records down in the open transaction: (subject, after) of each."""
    rows = [
        {"actor_id": actor_id, "action": action, "subject": subject, "after": _plain(after)}
        for subject, after in acts
    ]
    if rows:
        db.session.execute(sa.insert(AuditEntry), rows)


def history(subject: str, limit: int = 100) -> list[AuditEntry]:
    """What happened to a record, newest first."""
    newest = sa.select(AuditEntry).where(AuditEntry.subject == subject)
    return list(db.session.scalars(newest.order_by(AuditEntry.id.desc()).limit(limit)))
