"""The versions people wrote: never edited, never deleted; one not yet in force can be withdrawn."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, CreatedAt, Key, PublicId


class DatedRule(Base):
    """A version of a rule: what it says from a day on, why, by which source, by whom.

    The database keeps it: no column changes but the three of a withdrawal, once, and only before
    the version's first day (Europe/Paris).
    """

    __tablename__ = "dated_rule"
    __table_args__ = (
        sa.UniqueConstraint("kind", "code", "number"),
        sa.CheckConstraint("number > 0", name="number"),
        sa.CheckConstraint("reason <> '' and source <> ''", name="explained"),
        sa.CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_by is null)"
            " and (withdrawn_at is null) = (withdrawn_reason = '')",
            name="withdrawn",
        ),
        sa.CheckConstraint(
            "(withdrawn_at at time zone 'Europe/Paris')::date < effective_from",
            name="withdrawn_before_its_day",
        ),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    kind: Mapped[str]
    code: Mapped[str]
    number: Mapped[int]
    effective_from: Mapped[dt.date]
    value: Mapped[dict[str, Any]]
    source: Mapped[str]
    reason: Mapped[str]
    made_at: Mapped[dt.datetime]
    made_by: Mapped[int]
    withdrawn_at: Mapped[dt.datetime | None]
    withdrawn_by: Mapped[int | None]
    withdrawn_reason: Mapped[str] = mapped_column(server_default="", default="")
