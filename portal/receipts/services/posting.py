"""Receipts to be posted, and letters about cancelled ones: printed together as one PDF, by postcode and
number of pages.

A batch takes its receipts when it is opened, so that no receipt is in two; the printing is a job
that may be begun again at any time. A batch can be taken to the printer as often as needed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from portal.core import audit, documents
from portal.core.db import db, transaction
from portal.core.pdf.joining import count_pages, join
from portal.core.spreadsheets import Column, write_csv
from portal.receipts.models import (
    BatchState,
    Channel,
    DeliveryState,
    PostBatch,
    Receipt,
    ReceiptDelivery,
    ReceiptState,
)
from portal.receipts.queries.deliveries import letters_of, undelivered
from portal.receipts.rules.content import ReceiptContent, ReceiptDonor
from portal.receipts.services.notice_letters import (
    addressee_of,
    keep_place,
    notices_in,
    paper_of_notice,
    printed_notices,
    take_notices,
)

STEP = 25
"""Letters between two notes of how far the printing is."""
ONE_AT_A_TIME = 140
"""The advisory lock (with the year) under which a batch takes its receipts."""


class NothingToPost(Exception):
    """No receipt of the year waits to be posted."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A receipt in its place among the letters of a batch; or, with ``delivery_id`` None, the letter
    that says that a receipt is cancelled."""

    delivery_id: int | None
    receipt_id: int
    number: str
    addressee: ReceiptDonor
    pages: int

    @property
    def order(self) -> tuple[str, str, int, str]:
        """France first, then by postcode, number of pages, number of the receipt."""
        abroad = "" if self.addressee.country == "FR" else self.addressee.country
        return abroad, self.addressee.postcode, self.pages, self.number


def open_batch(
    year: int, *, by: int, at: dt.datetime, form_token: str, both_sides: bool = False
) -> PostBatch:
    """Take every receipt of the year that waits to be posted, and the letters about cancelled ones;
    print_batch does the work.

    The same form sent twice is one batch. Raises NothingToPost.
    """
    with transaction() as session:
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(ONE_AT_A_TIME, year)))
        known = session.scalar(sa.select(PostBatch).where(PostBatch.form_token == form_token))
        if known is not None:
            return known
        batch = PostBatch(
            year=year, asked_by=by, both_sides=both_sides, form_token=form_token, moved_at=at
        )
        session.add(batch)
        session.flush()
        due = undelivered(year, Channel.POST)
        batch.total = take_notices(batch.id, year) + (_take(batch.id, due, by, at) if due else 0)
        if not batch.total:
            raise NothingToPost(year)
        audit.record(
            "receipts.post_batch",
            f"receipts:{year}",
            after={"batch": str(batch.public_id), "letters": batch.total},
            actor_id=by,
        )
        return batch


def _take(batch_id: int, due: Sequence[int], by: int, at: dt.datetime) -> int:
    rows = [
        {
            "receipt_id": receipt_id,
            "channel": Channel.POST,
            "state": DeliveryState.WAITING,
            "at": at,
            "by_id": by,
            "batch_id": batch_id,
        }
        for receipt_id in due
    ]
    taken = insert(ReceiptDelivery).on_conflict_do_nothing().returning(ReceiptDelivery.id)
    return len(db.session.scalars(taken, rows).all())


def print_batch(batch_id: int, now: Callable[[], dt.datetime]) -> None:
    """Print the letters and keep them; nothing when it was done before.

    Receipts cancelled since the batch was opened are left out. Raises DamagedDocument.
    """
    if _state_of(batch_id) is not BatchState.PRINTING:
        return
    with transaction():
        _drop_cancelled(batch_id)
    unsorted = [*_measured(batch_id), *_notices(batch_id, now())]
    letters = sorted(unsorted, key=lambda letter: letter.order)
    batch = db.session.get_one(PostBatch, batch_id)
    title, both_sides = f"Reçus fiscaux {batch.year}", batch.both_sides
    paper = join(_papers(batch_id, letters, now), title=title, both_sides=both_sides)
    _keep(batch_id, letters, paper, now())


def _state_of(batch_id: int) -> BatchState:
    return db.session.get_one(PostBatch, batch_id, populate_existing=True).state


def _drop_cancelled(batch_id: int) -> None:
    void = sa.select(Receipt.id).where(Receipt.state == ReceiptState.CANCELLED)
    db.session.execute(
        sa.delete(ReceiptDelivery).where(
            ReceiptDelivery.batch_id == batch_id, ReceiptDelivery.receipt_id.in_(void)
        )
    )


def _measured(batch_id: int) -> Iterator[Letter]:
    for delivery in letters_of(batch_id):
        receipt = delivery.receipt
        pages = count_pages(documents.read(receipt.document))
        db.session.expire(receipt.document)
        yield Letter(delivery.id, receipt.id, receipt.number, _addressee(receipt), pages)


def _notices(batch_id: int, at: dt.datetime) -> Iterator[Letter]:
    for each in printed_notices(batch_id, at):
        yield Letter(None, each.receipt_id, each.number, each.addressee, each.pages)


def _addressee(receipt: Receipt) -> ReceiptDonor:
    return ReceiptContent.from_json(receipt.content).donor


def _papers(
    batch_id: int, letters: list[Letter], now: Callable[[], dt.datetime]
) -> Iterator[bytes]:
    for done, letter in enumerate(letters):
        if done % STEP == 0:
            _note_progress(batch_id, done, now())
        if letter.delivery_id is None:
            yield paper_of_notice(letter.receipt_id)
            continue
        delivery = db.session.get_one(ReceiptDelivery, letter.delivery_id)
        paper = documents.read(delivery.receipt.document)
        db.session.expire(delivery.receipt.document)
        yield paper


def _note_progress(batch_id: int, done: int, at: dt.datetime) -> None:
    with transaction():
        chosen = sa.update(PostBatch).where(PostBatch.id == batch_id)
        db.session.execute(chosen.values(done=done, moved_at=at))


def _keep(batch_id: int, letters: list[Letter], paper: bytes, at: dt.datetime) -> None:
    with transaction() as session:
        batch = session.get_one(
            PostBatch, batch_id, with_for_update={"of": PostBatch}, populate_existing=True
        )
        if batch.state is not BatchState.PRINTING:
            return
        name = f"recus-{batch.year}-{batch.id}.pdf"
        batch.document_id = documents.store("letters", name, "application/pdf", paper).id
        batch.state, batch.finished_at = BatchState.PRINTED, at
        batch.total = batch.done = len(letters)
        batch.pages = sum(letter.pages for letter in letters)
        for position, letter in enumerate(letters, start=1):
            if letter.delivery_id is None:
                by, pages = batch.asked_by, letter.pages
                keep_place(letter.receipt_id, position, pages, by=by, at=at)
                continue
            session.execute(
                sa.update(ReceiptDelivery)
                .where(ReceiptDelivery.id == letter.delivery_id)
                .values(state=DeliveryState.PRINTED, position=position, pages=letter.pages, at=at)
            )


def printing_failed(batch_id: int) -> None:
    """The letters could not be printed: somebody must look."""
    _move(batch_id, BatchState.PRINTING, BatchState.FAILED)


def print_again(batch_id: int) -> None:
    """A batch whose printing failed is to be printed after all."""
    _move(batch_id, BatchState.FAILED, BatchState.PRINTING)


def _move(batch_id: int, before: BatchState, after: BatchState) -> None:
    with transaction():
        chosen = sa.update(PostBatch).where(PostBatch.id == batch_id, PostBatch.state == before)
        db.session.execute(chosen.values(state=after))


def take_to_the_printer(batch_id: int, *, by: int) -> documents.Document | None:
    """The PDF of a batch, and a note of who took it; None while it is being printed."""
    with transaction() as session:
        batch = session.get_one(PostBatch, batch_id, with_for_update={"of": PostBatch})
        if batch.document is None:
            return None
        batch.prints += 1
        audit.record(
            "receipts.post_printed",
            f"receipts:{batch.year}",
            after={"batch": str(batch.public_id), "time": batch.prints},
            actor_id=by,
        )
        return batch.document


def list_of_letters(batch_id: int, columns: list[Column], kinds: tuple[str, str]) -> bytes:
    """Who gets which letter, as CSV: place, pages, sheets, receipt, reference, name, address, kind.

    ``kinds``: the words for a receipt, and for the letter that says that one is cancelled.
    """
    both_sides = db.session.get_one(PostBatch, batch_id).both_sides
    told = [
        (each.position or 0, each.pages or 0, each.receipt, _addressee(each.receipt), kinds[0])
        for each in letters_of(batch_id)
    ]
    told += [
        (each.position or 0, each.pages or 0, each.receipt, addressee_of(each.receipt), kinds[1])
        for each in notices_in(batch_id)
    ]
    rows = [
        (
            position,
            pages,
            -(-pages // 2) if both_sides else pages,
            receipt.number,
            receipt.donor.ref,
            " ".join(to.name_lines),
            ", ".join(part for part in (to.address1, to.address2) if part),
            to.postcode,
            to.city,
            to.country,
            kind,
        )
        for position, pages, receipt, to, kind in sorted(told, key=lambda each: each[0])
    ]
    return write_csv(columns, rows)
