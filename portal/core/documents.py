"""Papers are never edited: stored bytes with their SHA-256, immutable by trigger."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, deferred, mapped_column

from portal.core.db import Base, CreatedAt, Key, PublicId, db


class DamagedDocument(Exception):
    """The stored bytes no longer have the hash they were stored with."""


class Document(Base):
    """A file that left the house, or came into it, as it was."""

    __tablename__ = "document"
    __table_args__ = (sa.CheckConstraint("octet_length(sha256) = 64", name="sha256"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    kind: Mapped[str]
    filename: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    size: Mapped[int]
    content: Mapped[bytes] = deferred(mapped_column(sa.LargeBinary, nullable=False))


def store(kind: str, filename: str, media_type: str, content: bytes) -> Document:
    """Keep the bytes in the open transaction; the row has its id when this returns."""
    document = Document(
        kind=kind,
        filename=filename,
        media_type=media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content=content,
    )
    db.session.add(document)
    db.session.flush()
    return document


def read(document: Document) -> bytes:
    """The bytes, unaltered; raises DamagedDocument when they are not."""
    if hashlib.sha256(document.content).hexdigest() != document.sha256:
        raise DamagedDocument(f"document {document.public_id} is damaged")
    return document.content
