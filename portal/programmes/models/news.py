"""What may be told: facts drawn from records and photos, each approved by a person first."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.core.documents import Document
from portal.programmes.models.children import Child


class FactKind(StrEnum):
    """The kinds of news a record can give; health is never one of them."""

    ADMITTED = "admitted"
    STARTED = "started"
    FINISHED = "finished"
    ATTENDED = "attended"
    RECEIVED = "received"
    EMPLOYED = "employed"


class FactState(StrEnum):
    """A fact is shown only once a person has approved it."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


class Fact(Base):
    """One line of a child's timeline. ``source`` names the record it rests on."""

    __tablename__ = "fact"
    __table_args__ = (sa.UniqueConstraint("child_id", "source"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    child_id: Mapped[int] = mapped_column(sa.ForeignKey("child.id"))
    kind: Mapped[FactKind] = mapped_column(codes(FactKind))
    on: Mapped[dt.date]
    details: Mapped[dict[str, Any]]
    source: Mapped[str]
    state: Mapped[FactState] = mapped_column(
        codes(FactState), default=FactState.PROPOSED, index=True
    )
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    decided_at: Mapped[dt.datetime | None]

    child: Mapped[Child] = relationship()


class Photo(Base):
    """A photo, re-encoded without metadata. One that shows a child is bound to that child's consent."""

    __tablename__ = "photo"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    child_id: Mapped[int | None] = mapped_column(sa.ForeignKey("child.id"), index=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"))
    alt_fr: Mapped[str]
    alt_en: Mapped[str]
    taken_on: Mapped[dt.date | None]
    width: Mapped[int]
    height: Mapped[int]
    approved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    approved_at: Mapped[dt.datetime | None]

    child: Mapped[Child | None] = relationship()
    document: Mapped[Document] = relationship()
