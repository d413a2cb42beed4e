"""A lost receipt: the same paper again, with the same number and date, and a sheet that says DUPLICATA.

The receipt's bytes are never touched: what the donor holds a second time is what she held first. The
sheet is a paper of its own that goes before it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from portal.core import audit, documents
from portal.core.db import db, transaction
from portal.receipts.duplicate_sheet import render_sheet
from portal.receipts.models import DuplicateKind, Receipt, ReceiptDuplicate
from portal.receipts.queries.handed_out import TAKEN, handed_out
from portal.receipts.rules.content import ReceiptContent
from portal.receipts.services.addresses import verify_address


@dataclass(frozen=True, slots=True)
class Taken:
    """A paper in its donor's hands; ``again``: she had it before, so this one is a duplicate."""

    paper: bytes
    again: bool


def take_own(receipt_id: int, *, by: int, at: dt.datetime) -> Taken:
    """The receipt into the hands of its donor, in her account: the first time it is the original,
    afterwards a duplicate, which is written down like any other. Raises DamagedDocument."""
    with transaction() as session:
        receipt = session.get_one(Receipt, receipt_id, with_for_update={"of": Receipt})
        paper = documents.read(receipt.document)
        again = bool(handed_out([receipt]))
        if again:
            _note(receipt, DuplicateKind.COPY, by, at, "")
        else:
            audit.record(TAKEN, f"receipt:{receipt.number}", actor_id=by)
        return Taken(paper, again)


def hand_out_duplicate(
    receipt_id: int, *, by: int | None, at: dt.datetime, recipient: str = ""
) -> bytes:
    """The stored paper, byte for byte; who took it, when and for whom is written down.

    ``recipient``: who it is for, the donor unless told otherwise. A duplicate is no new receipt: the
    yearly declaration (CGI art. 222 bis) does not count it. Raises DamagedDocument.
    """
    with transaction():
        receipt = db.session.get_one(Receipt, receipt_id)
        paper = documents.read(receipt.document)
        _note(receipt, DuplicateKind.COPY, by, at, recipient)
        return paper


def print_sheet(receipt_id: int, *, by: int | None, at: dt.datetime, recipient: str = "") -> bytes:
    """The sheet DUPLICATA that goes before the paper, kept like every paper of the house.

    Raises PdfError.
    """
    receipt = db.session.get_one(Receipt, receipt_id)
    given = recipient or receipt.donor.name
    sheet = render_sheet(
        ReceiptContent.from_json(receipt.content),
        verify_url=verify_address(receipt.verify_code),
        recipient=given,
        at=at,
    )
    with transaction():
        name = f"{receipt.number}-duplicata.pdf"
        stored = documents.store("receipt-duplicate", name, "application/pdf", sheet)
        _note(receipt, DuplicateKind.SHEET, by, at, given, stored.id)
    return sheet


def _note(
    receipt: Receipt,
    kind: DuplicateKind,
    by: int | None,
    at: dt.datetime,
    recipient: str,
    document_id: int | None = None,
) -> None:
    given = recipient or receipt.donor.name
    row = ReceiptDuplicate(
        receipt_id=receipt.id,
        kind=kind,
        at=at,
        by_id=by,
        recipient=given,
        document_id=document_id,
    )
    db.session.add(row)
    action = "receipt.duplicate" if kind is DuplicateKind.COPY else "receipt.duplicate_sheet"
    audit.record(action, f"receipt:{receipt.number}", note=given, actor_id=by)
    db.session.flush()
