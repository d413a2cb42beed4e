"""Scans that prove a gift: looked at by their bytes, kept unaltered."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from portal.core import documents
from portal.core.db import db
from portal.core.documents import Document
from portal.donations.models import ExpenseNote, GiftInKind
from portal.donations.rules.proof import media_type_of


@dataclass(frozen=True, slots=True)
class Proof:
    """A scan that proves the gift."""

    filename: str
    content: bytes


def keep_proof(kind: str, proof: Proof | None) -> Document | None:
    """Keep the scan, when there is one, in the open transaction. Raises BadProof."""
    if proof is None:
        return None
    return documents.store(kind, proof.filename, media_type_of(proof.content), proof.content)


def proof_of(gift_id: int) -> Document | None:
    """The scan that proves a gift, when one was kept."""
    of_object = sa.select(GiftInKind.document_id).where(GiftInKind.gift_id == gift_id)
    of_note = sa.select(ExpenseNote.document_id).where(ExpenseNote.gift_id == gift_id)
    found = db.session.scalar(of_object) or db.session.scalar(of_note)
    return db.session.get(Document, found) if found else None
