"""Files that left the house: what each was made of, when, for whom, and its SHA-256."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.core.documents import Document


class ExportState(StrEnum):
    """Asked for, being made, made, or impossible to make."""

    WAITING = "waiting"
    MAKING = "making"
    MADE = "made"
    FAILED = "failed"


class Export(Base):
    """One file, known for ever by its ``public_id``; never changed once it is made.

    ``document`` holds its bytes; None for one that is made again out of kept papers and compared
    with ``sha256`` each time. ``contents``: of each sheet its name, rows and sums in cents of euro.
    ``done`` of ``total`` rows are written while it is being made. ``asked_by`` is None for a command.
    """

    __tablename__ = "export"
    __table_args__ = (
        sa.CheckConstraint(
            "(state = 'made') = (made_at is not null and sha256 is not null and size is not null)",
            name="made",
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        sa.CheckConstraint("(state = 'failed') = (problem <> '')", name="problem"),
        sa.Index("ix_export_kind_year", "kind", "year"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    kind: Mapped[str]
    year: Mapped[int]
    format: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    state: Mapped[ExportState] = mapped_column(codes(ExportState), default=ExportState.WAITING)
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    asked_by: Mapped[int | None]
    form_token: Mapped[str | None] = mapped_column(unique=True)
    made_at: Mapped[dt.datetime | None]
    filename: Mapped[str] = mapped_column(default="", server_default="")
    media_type: Mapped[str] = mapped_column(default="", server_default="")
    sha256: Mapped[str | None]
    size: Mapped[int | None]
    contents: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"))
    problem: Mapped[str] = mapped_column(default="", server_default="")

    document: Mapped[Document | None] = relationship()

    @property
    def ref(self) -> str:
        """The first figures of its identity, as people say it."""
        return f"EXP-{self.id:06}"
