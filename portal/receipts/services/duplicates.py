"""A lost receipt: the same paper again, with the same number and date."""

from __future__ import annotations

from portal.core import audit, documents
from portal.core.db import db, transaction
from portal.receipts.models import Receipt


def hand_out_duplicate(receipt_id: int, *, by: int | None) -> bytes:
    """The stored paper, byte for byte, and a line in its history.

    A duplicate is no new receipt: the yearly declaration (CGI art. 222 bis) does not count it.
    Raises DamagedDocument.
    """
    with transaction():
        receipt = db.session.get_one(Receipt, receipt_id)
        paper = documents.read(receipt.document)
        audit.record("receipt.duplicate", f"receipt:{receipt.number}", actor_id=by)
        return paper
