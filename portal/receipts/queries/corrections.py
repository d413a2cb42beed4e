"""Receipts whose paper says something else than the records say now: found, never redone silently."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased, contains_eager, joinedload

from portal.accounts.doubles import surviving, surviving_all
from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.money import Money, total
from portal.donations.models import Gift
from portal.receipts.models import (
    CancelNotice,
    DifferenceLeft,
    Receipt,
    ReceiptedGift,
    ReceiptState,
)
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


def causes_by_receipt(today: dt.date, *, only: int | None = None) -> dict[int, frozenset[Cause]]:
    """The standing receipts to look at (or this one), each with why; those a person left as they are
    excepted."""
    found: dict[int, set[Cause]] = defaultdict(set)
    for each in receipts_to_correct(only=only):
        found[each.receipt.id].add(Cause.MONEY)
    looked_at = _standing(today.year - STILL_USED, only)
    for cause, ids in (
        (Cause.DAY, _other_day(looked_at)),
        (Cause.TWO_RECEIPTS, _two_receipts(_standing(today.year - STILL_USED), only)),
    ):
        for receipt_id in db.session.scalars(ids):
            found[receipt_id].add(cause)
    for receipt_id, name, address in db.session.execute(_donor_differs(looked_at)):
        found[receipt_id] |= {Cause.NAME} if name else set()
        found[receipt_id] |= {Cause.ADDRESS} if address else set()
    left = _left(found)
    return {known: frozenset(causes) for known, causes in found.items() if known not in left}


def _standing(since: int, only: int | None = None) -> sa.ColumnElement[bool]:
    standing = sa.and_(Receipt.state == ReceiptState.ISSUED, Receipt.tax_year >= since)
    return standing if only is None else sa.and_(standing, Receipt.id == only)


def _other_day(looked_at: sa.ColumnElement[bool]) -> sa.Select[int]:
    """Whose gifts have another tax day now than the paper says."""
    paid = sa.func.jsonb_array_elements(Receipt.content["payments"]).table_valued("value")
    said = sa.cast(paid.c.value, JSONB)
    return (
        sa.select(Receipt.id)
        .join(paid, sa.true())
        .join(Gift, Gift.ref == said["reference"].astext)
        .where(looked_at, Gift.tax_on != sa.cast(said["paid_on"].astext, sa.Date))
        .distinct()
    )


def _donor_differs(looked_at: sa.ColumnElement[bool]) -> sa.Select[int, bool, bool]:
    """Whose donor has another name, another address now than the paper says; each paper is read
    once (they are large)."""
    issued_to, now = aliased(Donor), aliased(Donor)
    paper = (
        sa.select(Receipt.id, Receipt.donor_id, Receipt.content["donor"].label("said"))
        .where(looked_at)
        .cte("paper")
        .prefix_with("materialized")
    )

    def differs(names: Iterable[str]) -> sa.ColumnElement[bool]:
        each = [_bare(paper.c.said[name].astext) != _bare(getattr(now, name)) for name in names]
        return sa.or_(*each)

    compared = (
        sa.select(paper.c.id, differs(NAME).label("name"), differs(ADDRESS).label("address"))
        .join(issued_to, issued_to.id == paper.c.donor_id)
        .join(now, now.id == sa.func.coalesce(issued_to.merged_into_id, issued_to.id))
        .subquery()
    )
    return sa.select(compared.c.id, compared.c.name, compared.c.address).where(
        sa.or_(compared.c.name, compared.c.address)
    )


def _bare(text: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """Without spaces: ``78 000`` is ``78000``."""
    return sa.func.replace(sa.func.coalesce(text, ""), " ", "")


def _two_receipts(looked_at: sa.ColumnElement[bool], only: int | None) -> sa.Select[int]:
    """The receipts of records that were joined, when both have one for the same year."""
    person = sa.func.coalesce(Donor.merged_into_id, Donor.id)
    grouped = (
        sa.select(person.label("person"), Receipt.tax_year)
        .join(Donor, Donor.id == Receipt.donor_id)
        .where(looked_at)
        .group_by(person, Receipt.tax_year)
        .having(sa.func.count(sa.distinct(Receipt.donor_id)) > 1)
        .subquery()
    )
    wanted = (
        sa.select(Receipt.id)
        .join(Donor, Donor.id == Receipt.donor_id)
        .join(grouped, sa.and_(grouped.c.person == person, grouped.c.tax_year == Receipt.tax_year))
        .where(looked_at)
    )
    return wanted if only is None else wanted.where(Receipt.id == only)


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
    told = _differences(_receipts(left))
    return {
        known
        for known, marks in left.items()
        if difference_mark(found[known], told[known]) in marks
    }


def _receipts(ids: Collection[int]) -> Sequence[Receipt]:
    if not ids:
        return []
    wanted = sa.select(Receipt).options(joinedload(Receipt.donor)).where(Receipt.id.in_(ids))
    return db.session.scalars(wanted).all()


def look_at(receipt: Receipt, today: dt.date) -> Found:
    """One receipt: what the paper says, what the records say now."""
    causes = causes_by_receipt(today, only=receipt.id).get(receipt.id, frozenset())
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
    return _differences([receipt])[receipt.id]


def _differences(receipts: Sequence[Receipt]) -> dict[int, tuple[Difference, ...]]:
    """What differs on each of these receipts; as many statements for one as for all."""
    donors = surviving_all([receipt.donor for receipt in receipts])
    lines = _lines_of([receipt.id for receipt in receipts])
    return {
        receipt.id: _compared(receipt, donors[receipt.donor_id], lines[receipt.id])
        for receipt in receipts
    }


def _lines_of(receipt_ids: Collection[int]) -> dict[int, list[tuple[ReceiptedGift, Money]]]:
    """The gifts on these receipts in the order of their day, each with what is kept of it now."""
    rows = db.session.execute(
        sa.select(ReceiptedGift, sa.func.coalesce(kept_minor(), 0))
        .join(ReceiptedGift.gift)
        .options(contains_eager(ReceiptedGift.gift))
        .where(ReceiptedGift.receipt_id.in_(receipt_ids))
        .order_by(Gift.tax_on, Gift.id)
    )
    lines: dict[int, list[tuple[ReceiptedGift, Money]]] = defaultdict(list)
    for line, minor in rows:
        lines[line.receipt_id].append((line, Money(int(minor))))
    return lines


def _compared(
    receipt: Receipt, donor: Donor, lines: Sequence[tuple[ReceiptedGift, Money]]
) -> tuple[Difference, ...]:
    content = ReceiptContent.from_json(receipt.content)
    now = receipt_donor(donor)
    told = [
        Difference(Field.of(name), _said(content.donor, name), _said(now, name))
        for name in (*NAME, *ADDRESS)
        if _squeezed(content.donor, name) != _squeezed(now, name)
    ]
    paid = {payment.reference: payment for payment in content.payments}
    for line, kept in lines:
        payment, gift = paid.get(line.gift.ref), line.gift
        if kept != line.amount:
            told.append(Difference(Field.AMOUNT, line.amount, kept, gift.ref))
        if payment is not None and payment.paid_on != gift.tax_on:
            told.append(Difference(Field.DAY, payment.paid_on, gift.tax_on, gift.ref))
    return tuple(told)


def _said(donor: ReceiptDonor, name: str) -> str:
    return str(getattr(donor, name))


def _squeezed(donor: ReceiptDonor, name: str) -> str:
    return _said(donor, name).replace(" ", "")


def notices_to_post(year: int | None = None) -> list[CancelNotice]:
    """Cancelled receipts (of a tax year) whose donor has no e-mail address, or none that works, and
    whose letter is in no batch yet: it is due."""
    wanted = (
        sa.select(CancelNotice)
        .join(CancelNotice.receipt)
        .where(
            CancelNotice.mail_id.is_(None),
            CancelNotice.posted_at.is_(None),
            CancelNotice.batch_id.is_(None),
        )
    )
    if year is not None:
        wanted = wanted.where(Receipt.tax_year == year)
    return list(db.session.scalars(wanted.order_by(CancelNotice.due_at)))


def notice_about(receipt_id: int) -> CancelNotice | None:
    """The written notice of a cancelled receipt."""
    return db.session.get(CancelNotice, receipt_id)
