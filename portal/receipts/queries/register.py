"""The register of receipts: single papers, a donor's, a year's, and those to be corrected."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.doubles import ids_of_one
from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.documents import Document
from portal.core.money import Money
from portal.donations.models import Gift, money_moved
from portal.receipts.models import (
    DuplicateKind,
    Receipt,
    ReceiptDuplicate,
    ReceiptedGift,
    ReceiptSeries,
    ReceiptState,
)
from portal.receipts.queries.receiptable import kept_minor


def receipt_by_public_id(public_id: uuid.UUID) -> Receipt | None:
    """A receipt with its donor."""
    return db.session.scalar(
        sa.select(Receipt).options(joinedload(Receipt.donor)).where(Receipt.public_id == public_id)
    )


def receipt_by_code(code: str) -> Receipt | None:
    """The receipt that carries this code, cancelled or not."""
    return db.session.scalar(sa.select(Receipt).where(Receipt.verify_code == code))


def receipt_with_hash(sha256: str) -> Receipt | None:
    """The receipt whose paper has this SHA-256 (hexadecimal)."""
    return db.session.scalar(sa.select(Receipt).where(Receipt.sha256 == sha256))


def receipt_of_sheet(sha256: str) -> Receipt | None:
    """The receipt before which the sheet DUPLICATA with this SHA-256 goes."""
    return db.session.scalar(
        sa.select(Receipt)
        .join(ReceiptDuplicate, ReceiptDuplicate.receipt_id == Receipt.id)
        .join(Document, Document.id == ReceiptDuplicate.document_id)
        .where(Document.sha256 == sha256, ReceiptDuplicate.kind == DuplicateKind.SHEET)
        .limit(1)
    )


def duplicates_of(receipt_id: int) -> Sequence[ReceiptDuplicate]:
    """Each time a receipt was handed out again, the newest first."""
    wanted = sa.select(ReceiptDuplicate).where(ReceiptDuplicate.receipt_id == receipt_id)
    return db.session.scalars(wanted.order_by(ReceiptDuplicate.id.desc())).all()


def receipt_of_donor(donor_id: int, public_id: uuid.UUID) -> Receipt | None:
    """A receipt that is this donor's and still stands, else None."""
    return db.session.scalar(
        sa.select(Receipt).where(
            Receipt.public_id == public_id,
            Receipt.donor_id.in_(ids_of_one(donor_id)),
            Receipt.state == ReceiptState.ISSUED,
        )
    )


def receipts_of(donor_id: int) -> Sequence[Receipt]:
    """A donor's receipts, cancelled ones too, the latest year first; those of records that were
    joined to hers are hers."""
    return db.session.scalars(
        sa.select(Receipt)
        .where(Receipt.donor_id.in_(ids_of_one(donor_id)))
        .order_by(Receipt.tax_year.desc(), Receipt.sequence.desc())
    ).all()


def replaced_by(receipt_id: int) -> Receipt | None:
    """The receipt that took this one's place."""
    return db.session.scalar(sa.select(Receipt).where(Receipt.replaces_id == receipt_id))


def gifts_on(receipt_id: int) -> Sequence[ReceiptedGift]:
    """The gifts a receipt certifies, in the order of their day."""
    return db.session.scalars(
        sa.select(ReceiptedGift)
        .join(ReceiptedGift.gift)
        .options(contains_eager(ReceiptedGift.gift))
        .where(ReceiptedGift.receipt_id == receipt_id)
        .order_by(Gift.tax_on, Gift.id)
    ).all()


def live_number_of(gift_id: int) -> str | None:
    """The number of the receipt on which a gift stands now."""
    return db.session.scalar(
        sa.select(Receipt.number)
        .join(ReceiptedGift, ReceiptedGift.receipt_id == Receipt.id)
        .where(ReceiptedGift.gift_id == gift_id, ReceiptedGift.live)
    )


def register_of(year: int | None = None, state: ReceiptState | None = None) -> sa.Select[Receipt]:
    """The receipts with their donors, for lists."""
    wanted = sa.select(Receipt).join(Receipt.donor).options(contains_eager(Receipt.donor))
    if year is not None:
        wanted = wanted.where(Receipt.tax_year == year)
    return wanted if state is None else wanted.where(Receipt.state == state)


def numbers_of(year: int) -> list[int]:
    """The ids of a year's receipts in the order of their numbers."""
    return list(
        db.session.scalars(
            sa.select(Receipt.id).where(Receipt.series_year == year).order_by(Receipt.sequence)
        )
    )


def receipt_ids_between(year: int, first: int, last: int) -> list[int]:
    """The ids of a year's receipts from one place in the series to another, in their order."""
    places = sa.and_(Receipt.series_year == year, Receipt.sequence.between(first, last))
    return list(db.session.scalars(sa.select(Receipt.id).where(places).order_by(Receipt.sequence)))


def next_sequence(year: int) -> int:
    """The place in the series the next receipt would take."""
    return (
        int(db.session.scalar(sa.select(ReceiptSeries.last).where(ReceiptSeries.year == year)) or 0)
        + 1
    )


def receipt_years() -> list[int]:
    """The tax years that have receipts, the latest first."""
    year = Receipt.tax_year
    return list(db.session.scalars(sa.select(year).distinct().order_by(year.desc())))


@dataclass(frozen=True, slots=True)
class Issued:
    """How many receipts of a year (or form) stand, and their sum."""

    count: int
    amount: Money


def issued_in(year: int) -> dict[str, Issued]:
    """The receipts of a tax year that stand, by official form."""
    rows = db.session.execute(
        sa.select(Receipt.form, sa.func.count(), sa.func.sum(Receipt.amount_minor))
        .where(Receipt.tax_year == year, Receipt.state == ReceiptState.ISSUED)
        .group_by(Receipt.form)
        .order_by(Receipt.form)
    )
    return {form: Issued(count, Money(int(minor))) for form, count, minor in rows}


def cancelled_in(year: int) -> int:
    """How many receipts of a tax year were cancelled."""
    return int(
        db.session.scalar(
            sa.select(sa.func.count()).where(
                Receipt.tax_year == year, Receipt.state == ReceiptState.CANCELLED
            )
        )
        or 0
    )


@dataclass(frozen=True, slots=True)
class ToCorrect:
    """A receipt that states another sum than what the house kept of its gifts."""

    receipt: Receipt
    donor: Donor
    kept: Money


def receipts_to_correct(year: int | None = None, *, only: int | None = None) -> list[ToCorrect]:
    """Standing receipts (of a year, or this one) whose gifts were sent back, disputed or restored
    since; oldest first."""
    sums = _kept_of_others(year, only)
    if not sums:
        return []
    found = db.session.scalars(register_of().where(Receipt.id.in_(sums)).order_by(Receipt.id))
    return [ToCorrect(receipt, receipt.donor, sums[receipt.id]) for receipt in found]


def how_many_to_correct() -> int:
    """The count of ``receipts_to_correct``, for every page of the office."""
    return len(_kept_of_others(None, None))


def _kept_of_others(year: int | None, only: int | None) -> dict[int, Money]:
    """What is kept of the gifts of each receipt that states another sum.

    The amount of a gift that stands on a receipt does not change (the database refuses it): only
    receipts with a gift whose money moved are added up.
    """
    touched = (
        sa.select(ReceiptedGift.receipt_id)
        .join(Gift, Gift.id == ReceiptedGift.gift_id)
        .where(ReceiptedGift.live, money_moved())
    )
    if only is not None:
        touched = touched.where(ReceiptedGift.receipt_id == only)
    kept = sa.func.sum(kept_minor())
    wanted = (
        sa.select(Receipt.id, kept)
        .join(ReceiptedGift, ReceiptedGift.receipt_id == Receipt.id)
        .join(Gift, Gift.id == ReceiptedGift.gift_id)
        .where(Receipt.state == ReceiptState.ISSUED, Receipt.id.in_(touched))
        .group_by(Receipt.id)
        .having(sa.func.bool_or(kept_minor() != ReceiptedGift.amount_minor))
    )
    if year is not None:
        wanted = wanted.where(Receipt.tax_year == year)
    return {receipt_id: Money(int(minor)) for receipt_id, minor in db.session.execute(wanted)}


def chain_of(receipt: Receipt) -> tuple[Receipt | None, Receipt | None]:
    """The receipt this one replaces and the one that replaces it."""
    before = db.session.get(Receipt, receipt.replaces_id) if receipt.replaces_id else None
    return before, replaced_by(receipt.id)
