"""Receipts whose paper says something else than the records say now: found, never redone silently."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from portal.accounts.doubles import surviving
from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.money import Money, total
from portal.donations.models import Gift
from portal.receipts.models import CancelNotice, DifferenceLeft, Receipt, ReceiptState
from portal.receipts.queries.particulars import receipt_donor
from portal.receipts.queries.receiptable import kept_minor
from portal.receipts.queries.register import gifts_on, receipts_to_correct
from portal.receipts.rules.content import ReceiptContent, ReceiptDonor
from portal.receipts.rules.corrections import (
    ADDRESS,
    NAME,
    Cause,
    Difference,
    Field,
    difference_mark,
)

STILL_USED = 4
"""Tax years whose receipts a tax office may still ask for (LPF art. L 169: the third year after)."""


@dataclass(frozen=True, slots=True)
class Found:
    """A receipt with what differs, and what its gifts come to now."""

    receipt: Receipt
    donor: Donor
    causes: frozenset[Cause]
    differences: tuple[Difference, ...]
    kept: Money

    @property
    def overstated(self) -> bool:
        """It certifies more than was kept: it must not stand (CGI art. 1740 A)."""
        return self.kept < self.receipt.amount


def causes_by_receipt(today: dt.date) -> dict[int, frozenset[Cause]]:
    """The standing receipts to look at, each with why; those a person left as they are excepted."""
    found: dict[int, set[Cause]] = defaultdict(set)
    for each in receipts_to_correct():
        found[each.receipt.id].add(Cause.MONEY)
    since = today.year - STILL_USED
    for cause, ids in (
        (Cause.DAY, _other_day(since)),
        (Cause.NAME, _donor_differs(since, NAME)),
        (Cause.ADDRESS, _donor_differs(since, ADDRESS)),
        (Cause.TWO_RECEIPTS, _two_receipts(since)),
    ):
        for receipt_id in db.session.scalars(ids):
            found[receipt_id].add(cause)
    left = _left(found)
    return {known: frozenset(causes) for known, causes in found.items() if known not in left}


def _standing(since: int) -> sa.ColumnElement[bool]:
    return sa.and_(Receipt.state == ReceiptState.ISSUED, Receipt.tax_year >= since)


def _other_day(since: int) -> sa.Select[int]:
    """Whose gifts have another tax day now than the paper says."""
    paid = sa.func.jsonb_array_elements(Receipt.content["payments"]).table_valued("value")
    said = sa.cast(paid.c.value, JSONB)
    return (
        sa.select(Receipt.id)
        .join(paid, sa.true())
        .join(Gift, Gift.ref == said["reference"].astext)
        .where(_standing(since), Gift.tax_on != sa.cast(said["paid_on"].astext, sa.Date))
        .distinct()
    )


def _donor_differs(since: int, names: Iterable[str]) -> sa.Select[int]:
    """Whose donor has another name (or address) now than the paper says."""
    issued_to, now = aliased(Donor), aliased(Donor)
    said = Receipt.content["donor"]
    differs = [_bare(said[name].astext) != _bare(getattr(now, name)) for name in names]
    return (
        sa.select(Receipt.id)
        .join(issued_to, issued_to.id == Receipt.donor_id)
        .join(now, now.id == sa.func.coalesce(issued_to.merged_into_id, issued_to.id))
        .where(_standing(since), sa.or_(*differs))
    )


def _bare(text: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """Without spaces: ``78 000`` is ``78000``."""
    return sa.func.replace(sa.func.coalesce(text, ""), " ", "")


def _two_receipts(since: int) -> sa.Select[int]:
    """The receipts of records that were joined, when both have one for the same year."""
    person = sa.func.coalesce(Donor.merged_into_id, Donor.id)
    grouped = (
        sa.select(person.label("person"), Receipt.tax_year)
        .join(Donor, Donor.id == Receipt.donor_id)
        .where(_standing(since))
        .group_by(person, Receipt.tax_year)
        .having(sa.func.count(sa.distinct(Receipt.donor_id)) > 1)
        .subquery()
    )
    return (
        sa.select(Receipt.id)
        .join(Donor, Donor.id == Receipt.donor_id)
        .join(grouped, sa.and_(grouped.c.person == person, grouped.c.tax_year == Receipt.tax_year))
        .where(_standing(since))
    )


def _left(found: dict[int, set[Cause]]) -> set[int]:
    """Those of which a person said that they may stand as they differ now."""
    rows = db.session.execute(
        sa.select(DifferenceLeft.receipt_id, DifferenceLeft.difference).where(
            DifferenceLeft.receipt_id.in_(found)
        )
    )
    left: dict[int, set[str]] = defaultdict(set)
    for receipt_id, mark in rows:
        left[receipt_id].add(mark)
    return {known for known, marks in left.items() if _mark_now(known, found[known]) in marks}


def _mark_now(receipt_id: int, causes: Iterable[Cause]) -> str:
    receipt = db.session.get_one(Receipt, receipt_id)
    return difference_mark(causes, differences_of(receipt))


def look_at(receipt: Receipt, today: dt.date) -> Found:
    """One receipt: what the paper says, what the records say now."""
    causes = causes_by_receipt(today).get(receipt.id, frozenset())
    kept = db.session.scalars(
        sa.select(sa.func.coalesce(kept_minor(), 0)).where(
            Gift.id.in_([line.gift_id for line in gifts_on(receipt.id)])
        )
    )
    return Found(
        receipt,
        surviving(receipt.donor),
        causes,
        differences_of(receipt),
        total([Money(int(minor)) for minor in kept]),
    )


def differences_of(receipt: Receipt) -> tuple[Difference, ...]:
    """Line by line, only what differs; amounts and days gift by gift."""
    content = ReceiptContent.from_json(receipt.content)
    now = receipt_donor(surviving(receipt.donor))
    told = [
        Difference(Field.of(name), _said(content.donor, name), _said(now, name))
        for name in (*NAME, *ADDRESS)
        if _squeezed(content.donor, name) != _squeezed(now, name)
    ]
    paid = {payment.reference: payment for payment in content.payments}
    for line in gifts_on(receipt.id):
        payment, gift = paid.get(line.gift.ref), line.gift
        kept = _kept_now(gift)
        if kept != line.amount:
            told.append(Difference(Field.AMOUNT, line.amount, kept, gift.ref))
        if payment is not None and payment.paid_on != gift.tax_on:
            told.append(Difference(Field.DAY, payment.paid_on, gift.tax_on, gift.ref))
    return tuple(told)


def _kept_now(gift: Gift) -> Money:
    minor = db.session.scalar(sa.select(kept_minor()).where(Gift.id == gift.id))
    return Money(int(minor or 0))


def _said(donor: ReceiptDonor, name: str) -> str:
    return str(getattr(donor, name))


def _squeezed(donor: ReceiptDonor, name: str) -> str:
    return _said(donor, name).replace(" ", "")


def notices_to_post() -> list[CancelNotice]:
    """Cancelled receipts whose donor has no address of mail (or none that works): a letter is due."""
    wanted = sa.select(CancelNotice).where(
        CancelNotice.mail_id.is_(None), CancelNotice.posted_at.is_(None)
    )
    return list(db.session.scalars(wanted.order_by(CancelNotice.due_at)))
