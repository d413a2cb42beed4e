"""The letters that tell donors without e-mail that a receipt is cancelled: one by one, or in a batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app

from portal.accounts.doubles import surviving
from portal.core import audit, documents
from portal.core.db import db, transaction
from portal.core.documents import Document
from portal.core.pdf import PdfError
from portal.core.pdf.joining import count_pages
from portal.receipts.cancel_letter import CancelLetter, render_letter
from portal.receipts.models import CancelNotice, Receipt
from portal.receipts.queries.corrections import notices_to_post
from portal.receipts.queries.particulars import receipt_donor
from portal.receipts.queries.register import chain_of
from portal.receipts.rules.content import ReceiptDonor
from portal.receipts.services.addresses import verify_address


class NoLetterDue(Exception):
    """The donor was told of the cancelling by mail, or the receipt is not cancelled."""


class AddressMissing(Exception):
    """The donor's record has no complete postal address: no letter would arrive."""


@dataclass(frozen=True, slots=True)
class PrintedNotice:
    """The letter about a cancelled receipt, ready to be put among those of a batch."""

    receipt_id: int
    number: str
    addressee: ReceiptDonor
    pages: int


def addressee_of(receipt: Receipt) -> ReceiptDonor:
    """The donor where she lives now: the letter must reach her, whatever the paper said."""
    return receipt_donor(surviving(receipt.donor))


def can_be_posted(receipt: Receipt) -> bool:
    """Whether the donor's record has an address to write to."""
    to = addressee_of(receipt)
    return bool(to.address1 and to.postcode and to.city)


def print_notice(receipt_id: int, *, by: int, at: dt.datetime) -> Document:
    """The letter about a cancelled receipt, to be posted by whoever asks for it: noted as sent.

    Asked for again it is the same paper. Raises NoLetterDue, AddressMissing, PdfError.
    """
    with transaction() as session:
        notice = session.scalar(
            sa.select(CancelNotice)
            .where(CancelNotice.receipt_id == receipt_id)
            .with_for_update(of=CancelNotice)
            .execution_options(populate_existing=True)
        )
        if notice is None or notice.mail_id is not None:
            raise NoLetterDue(receipt_id)
        paper = _paper(notice, at)
        if notice.posted_at is None:
            notice.posted_at, notice.posted_by = at, by
            number = notice.receipt.number
            audit.record("receipt.notice_printed", f"receipt:{number}", actor_id=by)
        session.flush()
        return paper


def _paper(notice: CancelNotice, at: dt.datetime) -> Document:
    """The letter, laid out once (in the open transaction)."""
    if notice.document is not None:
        return notice.document
    receipt = notice.receipt
    if not can_be_posted(receipt):
        raise AddressMissing(receipt.number)
    letter = CancelLetter(
        receipt,
        chain_of(receipt)[1],
        addressee_of(receipt),
        surviving(receipt.donor).language.value,
        verify_address(receipt.verify_code),
        current_app.extensions["settings"].organisation.email,
    )
    name, printed = f"{receipt.number}-annulation.pdf", render_letter(letter, at)
    notice.document = documents.store("receipt-notice", name, "application/pdf", printed)
    return notice.document


def take_notices(batch_id: int, year: int) -> int:
    """The letters about cancelled receipts of the year go with this batch (in the open transaction)."""
    due = [each for each in notices_to_post(year) if can_be_posted(each.receipt)]
    for notice in due:
        notice.batch_id = batch_id
    db.session.flush()
    return len(due)


def printed_notices(batch_id: int, at: dt.datetime) -> Iterator[PrintedNotice]:
    """The letters of a batch about cancelled receipts, each printed and kept.

    One that cannot be printed leaves the batch and stays on the list of those to post.
    """
    for notice in notices_in(batch_id):
        with transaction():
            try:
                pages = count_pages(documents.read(_paper(notice, at)))
            except (AddressMissing, PdfError):
                notice.batch_id = None
                continue
        receipt = notice.receipt
        yield PrintedNotice(receipt.id, receipt.number, addressee_of(receipt), pages)


def paper_of_notice(receipt_id: int) -> bytes:
    """The stored letter about a cancelled receipt. Raises DamagedDocument."""
    paper = db.session.get_one(CancelNotice, receipt_id).document
    assert paper is not None
    content = documents.read(paper)
    db.session.expire(paper)
    return content


def keep_place(
    receipt_id: int, position: int, pages: int, *, by: int | None, at: dt.datetime
) -> None:
    """The letter is printed with its batch: its place is kept, it counts as sent (in the open transaction)."""
    notice = db.session.get_one(CancelNotice, receipt_id)
    notice.position, notice.pages = position, pages
    if notice.posted_at is None:
        notice.posted_at, notice.posted_by = at, by
    audit.record("receipt.notice_printed", f"receipt:{notice.receipt.number}", actor_id=by)


def notices_in(batch_id: int) -> list[CancelNotice]:
    """The letters of a batch that are about cancelled receipts, in their place once it is printed."""
    wanted = sa.select(CancelNotice).where(CancelNotice.batch_id == batch_id)
    return list(db.session.scalars(wanted.order_by(CancelNotice.position, CancelNotice.receipt_id)))
