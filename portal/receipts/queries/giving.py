"""A donor's gifts of a tax year as her receipts see them: certified, or waiting and for what."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Donor
from portal.core.clock import paris_date
from portal.core.db import db
from portal.core.money import Money, total
from portal.donations.codes import GiftMode
from portal.donations.models import Gift
from portal.donations.rules.gift import GiftState, PaymentMode
from portal.donations.rules.tax_year import DatedGift
from portal.donations.tax_terms import category_on
from portal.receipts.models import (
    Receipt,
    ReceiptedGift,
    ReceiptPreference,
    ReceiptState,
    ReceiptTiming,
)
from portal.receipts.queries.holds import waits_no_more
from portal.receipts.queries.particulars import reasons_against
from portal.receipts.queries.receiptable import receiptable
from portal.receipts.rules.eligibility import Reason
from portal.receipts.rules.waiting import FOR_EVER, GiftAsSeen, Wait, wait_of

SHOWN = (
    GiftState.PROCESSING,
    GiftState.SETTLED,
    GiftState.PARTIALLY_REFUNDED,
    GiftState.REFUNDED,
    GiftState.DISPUTED,
)


@dataclass(frozen=True, slots=True)
class GiftLine:
    """One gift: what of it counts for tax, the receipt it stands on or what it waits for."""

    gift: Gift
    on: dt.date
    amount: Money | None
    category: str
    receipt: Receipt | None
    wait: Wait | None

    @property
    def counts(self) -> bool:
        """Whether it can be declared, with its receipt at hand or to come."""
        return self.receipt is not None or (
            self.wait is not None and self.wait.what not in FOR_EVER and self.amount is not None
        )


@dataclass(frozen=True, slots=True)
class YearOfGiving:
    """A donor's gifts of a tax year in the order of their day."""

    year: int
    lines: tuple[GiftLine, ...]

    @property
    def receipted(self) -> Money:
        """The sum that stands on valid receipts."""
        return total([line.amount for line in self.lines if line.receipt and line.amount])

    @property
    def waiting(self) -> Money:
        """The sum that counts and stands on no receipt yet."""
        rest = [line for line in self.lines if line.counts and not line.receipt]
        return total([line.amount for line in rest if line.amount])

    @property
    def to_declare(self) -> Money:
        """Both: what the year's receipts will say in the end."""
        return self.receipted + self.waiting

    @property
    def without_receipt(self) -> tuple[GiftLine, ...]:
        """The gifts that stand on no receipt."""
        return tuple(line for line in self.lines if line.receipt is None)

    @property
    def ready(self) -> tuple[GiftLine, ...]:
        """Those whose receipt could be made now."""
        return tuple(line for line in self.without_receipt if line.wait and line.wait.ready)

    @property
    def ready_sum(self) -> Money:
        """The sum of those."""
        return total([line.amount for line in self.ready if line.amount])

    @property
    def held(self) -> tuple[GiftLine, ...]:
        """Those whose receipt must wait, or will never be."""
        return tuple(line for line in self.without_receipt if line.wait and not line.wait.ready)

    @property
    def counting(self) -> int:
        """How many gifts count for tax."""
        return sum(line.counts for line in self.lines)

    @property
    def as_taxed(self) -> tuple[DatedGift, ...]:
        """The gifts that count, as the tax sees them."""
        return tuple(
            DatedGift(line.amount, line.on, line.category)
            for line in self.lines
            if line.counts and line.amount
        )


def year_of_giving(donor: Donor, year: int, today: dt.date) -> YearOfGiving:
    """What a donor gave in a tax year, and where each gift stands with its receipt."""
    missing = reasons_against(donor)
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    rows = db.session.execute(
        sa.select(Gift, ReceiptedGift, Receipt)
        .outerjoin(ReceiptedGift, sa.and_(ReceiptedGift.gift_id == Gift.id, ReceiptedGift.live))
        .outerjoin(
            Receipt,
            sa.and_(Receipt.id == ReceiptedGift.receipt_id, Receipt.state == ReceiptState.ISSUED),
        )
        .where(
            Gift.donor_id == donor.id,
            Gift.state.in_(SHOWN),
            _day().between(first, last),
        )
        .order_by(_day(), Gift.id)
    )
    lines = (_line(gift, stated, receipt, missing, today) for gift, stated, receipt in rows)
    return YearOfGiving(year, tuple(lines))


def _day() -> sa.ColumnElement[dt.date]:
    made = sa.cast(sa.func.timezone("Europe/Paris", Gift.created_at), sa.Date)
    return sa.func.coalesce(Gift.tax_on, Gift.received_on, made)


def _line(
    gift: Gift,
    stated: ReceiptedGift | None,
    receipt: Receipt | None,
    missing: Sequence[Reason],
    today: dt.date,
) -> GiftLine:
    on = gift.tax_on or gift.received_on or paris_date(gift.created_at)
    category = category_on(on, gift.purpose, gift.programme)
    if receipt is not None and stated is not None:
        return GiftLine(gift, on, stated.amount, category, receipt, None)
    wait = wait_of(as_seen(gift), missing, today)
    return GiftLine(gift, on, gift.kept_euros, category, None, wait)


def as_seen(gift: Gift) -> GiftAsSeen:
    """The gift as the rule of waiting looks at it."""
    kept, day = gift.kept_euros, paris_date(gift.settled_at) if gift.settled_at else gift.tax_on
    if gift.mode is GiftMode.SEPA and waits_no_more(gift.id):
        day = None  # the accountant lets it go: no window
    return GiftAsSeen(
        state=gift.state,
        mode=PaymentMode(gift.mode.value) if gift.mode else None,
        kept_minor=None if kept is None else kept.minor,
        credited_on=day,
        no_receipt=gift.no_receipt.value if gift.no_receipt else None,
    )


def years_of_giving(donor_id: int) -> list[int]:
    """The tax years in which a donor's gifts came, the latest first."""
    year = sa.extract("year", Gift.tax_on)
    found = db.session.scalars(
        sa.select(year)
        .where(Gift.donor_id == donor_id, Gift.tax_on.is_not(None), Gift.state.in_(SHOWN))
        .distinct()
        .order_by(year.desc())
    )
    return [int(each) for each in found]


def gift_of_donor(donor_id: int, public_id: uuid.UUID) -> Gift | None:
    """That gift when it is this donor's, else None."""
    return db.session.scalar(
        sa.select(Gift).where(Gift.public_id == public_id, Gift.donor_id == donor_id)
    )


def gift_by_public_id(public_id: uuid.UUID) -> Gift | None:
    """That gift, with its donor."""
    return db.session.scalar(
        sa.select(Gift).options(joinedload(Gift.donor)).where(Gift.public_id == public_id)
    )


def gifts_due_one_by_one(today: dt.date) -> Sequence[int]:
    """The ids of gifts without a receipt whose donors want one after each gift.

    Those of the year before count too: the last debits of December are held until February.
    """
    years = sa.or_(receiptable(today.year, today), receiptable(today.year - 1, today))
    return db.session.scalars(
        sa.select(Gift.id)
        .join(ReceiptPreference, ReceiptPreference.donor_id == Gift.donor_id)
        .where(
            ReceiptPreference.timing == ReceiptTiming.EACH,
            Gift.tax_on >= ReceiptPreference.each_since,
            years,
        )
        .order_by(Gift.id)
    ).all()
