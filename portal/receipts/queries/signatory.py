"""Who signs the receipts of a day, in which capacity, and the image of the hand."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.core import documents
from portal.core.dated_rules import Period, rule_book
from portal.core.db import db

SIGNATORY = "signatory"
EVERY_RECEIPT = "receipts"
SIGNATURE = "signature"
"""The kind of document an image of a hand is kept as."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs; ``image`` is a PNG of the hand, None when receipts carry the name alone."""

    name: str
    capacity: str
    image: bytes | None


def signatory_on(on: dt.date) -> Signatory:
    """Who signs the receipts issued on that day; raises NothingHolds.

    The database is asked once a request or job, however many receipts are printed.
    """
    period = rule_book().on(SIGNATORY, EVERY_RECEIPT, on)
    found = dict(rule_book().table(SIGNATORY, _dated))
    return found[period.since]


def signatory_of(on: dt.date) -> Mapping[str, Any]:
    """The name and capacity of who signs on that day, without the image; raises NothingHolds."""
    return rule_book().on(SIGNATORY, EVERY_RECEIPT, on).version.value


def signature_named(public_id: str) -> documents.Document | None:
    """The stored image with that public id, or None."""
    try:
        wanted = uuid.UUID(public_id)
    except ValueError:
        return None
    found = sa.select(documents.Document).where(
        documents.Document.public_id == wanted, documents.Document.kind == SIGNATURE
    )
    return db.session.scalar(found)


def kept_signature(image: bytes) -> documents.Document | None:
    """The stored image with exactly these bytes, or None."""
    found = sa.select(documents.Document).where(
        documents.Document.sha256 == hashlib.sha256(image).hexdigest(),
        documents.Document.kind == SIGNATURE,
    )
    return db.session.scalars(found.order_by(documents.Document.id)).first()


def _dated(period: Period) -> tuple[dt.date, Signatory]:
    value = period.version.value
    stored = signature_named(value["image"]) if value["image"] else None
    image = documents.read(stored) if stored else None
    return period.since, Signatory(value["name"], value["capacity"], image)
