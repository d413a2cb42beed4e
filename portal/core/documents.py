"""Papers are never edited: stored bytes with their SHA-256, immutable by trigger.

Papers of one press begin with the same bytes (fonts, logo, colours): that beginning is kept once, as
a head, and of each paper only what follows. What is read is always the whole file, and checked.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, deferred, mapped_column

from portal.core.db import Base, CreatedAt, Key, PublicId, db

HEADS_AT_HAND = 64


class DamagedDocument(Exception):
    """The stored bytes no longer have the hash they were stored with."""


class DocumentHead(Base):
    """The bytes many papers begin with, known by their SHA-256."""

    __tablename__ = "document_head"
    __table_args__ = (sa.CheckConstraint("octet_length(sha256) = 64", name="sha256"),)

    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)


class Document(Base):
    """A file that left the house, or came into it, as it was.

    ``sha256`` and ``size`` are the whole file's; ``content`` is what follows its head, all of it
    when there is none. Read it with ``read``.
    """

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
    head_sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("document_head.sha256"))
    content: Mapped[bytes] = deferred(mapped_column(sa.LargeBinary, nullable=False))


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A file to be kept: ``head + tail``, whose SHA-256 (hexadecimal) is ``sha256``."""

    filename: str
    head: bytes
    tail: bytes
    sha256: str


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


def store_many(kind: str, media_type: str, files: Sequence[NewDocument]) -> list[int]:
    """Keep many files in the open transaction, each head once; their ids, in the same order."""
    if not files:
        return []
    heads = _kept_heads({file.head for file in files if file.head})
    rows: list[dict[str, Any]] = [
        {
            "public_id": uuid.uuid4(),
            "kind": kind,
            "filename": file.filename,
            "media_type": media_type,
            "sha256": file.sha256,
            "size": len(file.head) + len(file.tail),
            "head_sha256": heads.get(file.head),
            "content": file.tail,
        }
        for file in files
    ]
    db.session.execute(sa.insert(Document), rows)  # one short statement, many rows
    names = [row["public_id"] for row in rows]
    wanted = sa.select(Document.public_id, Document.id).where(Document.public_id.in_(names))
    ids = dict(db.session.execute(wanted).all())
    return [ids[name] for name in names]


def _kept_heads(heads: set[bytes]) -> dict[bytes, str]:
    """Each head with its SHA-256, kept now if it was not."""
    named = {head: hashlib.sha256(head).hexdigest() for head in heads}
    rows = [
        {"sha256": name, "content": head}
        for head, name in sorted(named.items(), key=lambda each: each[1])
    ]
    known = set(
        db.session.scalars(
            sa.select(DocumentHead.sha256).where(DocumentHead.sha256.in_(named.values()))
        )
    )
    if missing := [row for row in rows if row["sha256"] not in known]:
        db.session.execute(insert(DocumentHead).on_conflict_do_nothing(), missing)
    return named


def read(document: Document) -> bytes:
    """The bytes, unaltered; raises DamagedDocument when they are not."""
    whole = joined(document.head_sha256, document.content)
    if hashlib.sha256(whole).hexdigest() != document.sha256:
        raise DamagedDocument(f"document {document.public_id} is damaged")
    return whole


def joined(head_sha256: str | None, tail: bytes) -> bytes:
    """A whole file of its two parts. Raises DamagedDocument when the head is not what it was."""
    return tail if head_sha256 is None else _head(head_sha256) + tail


@lru_cache(HEADS_AT_HAND)  # by their content: the same in every database
def _head(sha256: str) -> bytes:
    wanted = sa.select(DocumentHead.content).where(DocumentHead.sha256 == sha256)
    content = db.session.scalar(wanted)
    if content is None or hashlib.sha256(content).hexdigest() != sha256:
        raise DamagedDocument(f"the beginning {sha256} is damaged")
    return content
