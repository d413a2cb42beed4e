"""The records of many donors at once, as receipts need them, and whether they changed since.

A row's version is PostgreSQL's own (``xmin``, the transaction that wrote it): nobody can change the
row and leave it. Locking a row does not change it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import load_only
from sqlalchemy.orm.attributes import set_committed_value

from portal.accounts.models import Donor
from portal.core.db import db
from portal.donations.codes import GiftMode
from portal.donations.models import ExpenseNote, Gift, GiftInKind
from portal.receipts.models import ReceiptedGift
from portal.receipts.queries.receiptable import receiptable

Version = frozenset[tuple[int, str, str]]
"""Of a donor and of each gift to certify: its id, its row's version, what it is described by."""
_OF_DONOR: sa.ColumnElement[str] = sa.literal_column("donor.xmin::text", sa.Text)
_OF_GIFT: sa.ColumnElement[str] = sa.literal_column("gift.xmin::text", sa.Text)
SAID_OF_A_GIFT = (
    Gift.donor_id,
    Gift.ref,
    Gift.state,
    Gift.amount_minor,
    Gift.currency,
    Gift.euro_minor,
    Gift.exchange_rate,
    Gift.rate_source,
    Gift.refunded_minor,
    Gift.mode,
    Gift.purpose,
    Gift.programme,
    Gift.tax_on,
)
"""What ``payment_of`` looks at; anything else it looked at would cost a statement a gift."""
_FRESH = {"populate_existing": True}


@dataclass(slots=True)
class Records:
    """A donor, the gifts to certify in the order of their day, and what they were when read."""

    donor: Donor
    version: str
    gifts: list[tuple[Gift, str, str]] = field(default_factory=list)

    def stand(self) -> Version:
        """What a second look must find again."""
        gifts = {(gift.id, version, words) for gift, version, words in self.gifts}
        return frozenset({(0, self.version, ""), *gifts})


def records_of(donor_ids: Collection[int], year: int, today: dt.date) -> dict[int, Records]:
    """By donor, what receipts of the year would be made of now; four statements at most."""
    wanted = sa.select(Donor, _OF_DONOR).where(Donor.id.in_(donor_ids))
    found = {
        donor.id: Records(donor, version)
        for donor, version in db.session.execute(wanted, execution_options=_FRESH)
    }
    given = (
        sa.select(Gift, _OF_GIFT)
        .options(load_only(*SAID_OF_A_GIFT))
        .where(Gift.donor_id.in_(donor_ids), receiptable(year, today))
        .order_by(Gift.tax_on, Gift.id)
    )
    rows = [
        (gift, version) for gift, version in db.session.execute(given, execution_options=_FRESH)
    ]
    words = _descriptions((gift.id, gift.mode) for gift, _version in rows)
    for gift, version in rows:
        records = found[gift.donor_id]
        set_committed_value(gift, "donor", records.donor)  # or each gift would look for it
        records.gifts.append((gift, version, words.get(gift.id, "")))
    return found


def versions_of(donor_ids: Collection[int], year: int, today: dt.date) -> dict[int, Version]:
    """By donor, what ``Records.stand`` would say now."""
    donors = db.session.execute(sa.select(Donor.id, _OF_DONOR).where(Donor.id.in_(donor_ids)))
    stand: dict[int, set[tuple[int, str, str]]] = defaultdict(set)
    for donor_id, version in donors:
        stand[donor_id].add((0, version, ""))
    rows = db.session.execute(
        sa.select(Gift.id, Gift.donor_id, Gift.mode, _OF_GIFT).where(
            Gift.donor_id.in_(donor_ids), receiptable(year, today)
        )
    ).all()
    words = _descriptions((row.id, row.mode) for row in rows)
    for gift_id, donor_id, _mode, version in rows:
        stand[donor_id].add((gift_id, version, words.get(gift_id, "")))
    return {donor_id: frozenset(each) for donor_id, each in stand.items()}


def lock_records(donor_ids: Collection[int], year: int) -> None:
    """Nobody else changes these donors and their gifts of the year until this transaction ends."""
    donors = sa.select(Donor.id).where(Donor.id.in_(donor_ids)).order_by(Donor.id)
    db.session.execute(donors.with_for_update(read=True)).all()
    days = Gift.tax_on.between(dt.date(year, 1, 1), dt.date(year, 12, 31))
    gifts = sa.select(Gift.id).where(Gift.donor_id.in_(donor_ids), days).order_by(Gift.id)
    db.session.execute(gifts.with_for_update(of=Gift)).all()


def receipted_elsewhere(gift_ids: Collection[int]) -> set[int]:
    """Which of these gifts stand on a valid receipt."""
    wanted = sa.select(ReceiptedGift.gift_id).where(
        ReceiptedGift.gift_id.in_(gift_ids), ReceiptedGift.live
    )
    return set(db.session.scalars(wanted))


def _descriptions(gifts: Iterable[tuple[int, GiftMode | None]]) -> dict[int, str]:
    """What was given when it was no money, by gift."""
    by_mode: dict[GiftMode | None, list[int]] = defaultdict(list)
    for gift_id, mode in gifts:
        by_mode[mode].append(gift_id)
    words: dict[int, str] = {}
    if objects := by_mode[GiftMode.IN_KIND]:
        told = sa.select(GiftInKind.gift_id, GiftInKind.description)
        words |= dict(db.session.execute(told.where(GiftInKind.gift_id.in_(objects))).all())
    if errands := by_mode[GiftMode.WAIVED_EXPENSES]:
        noted = sa.select(ExpenseNote.gift_id, ExpenseNote.errand)
        words |= dict(db.session.execute(noted.where(ExpenseNote.gift_id.in_(errands))).all())
    return words
