"""Direct debits the donor's bank may still return: which of them keep a receipt waiting, and until when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from portal.core.db import db
from portal.donations.codes import GiftMode
from portal.donations.models import Gift
from portal.receipts.models import ReleasedGift, Unsettled, UnsettledRule
from portal.receipts.rules.waiting import RETURN_WINDOW


@dataclass(frozen=True, slots=True)
class InForce:
    """What is done with such debits by the run of a year, and by receipts of one gift."""

    annual: Unsettled = Unsettled.ISSUE
    single: Unsettled = Unsettled.WAIT


def unsettled_rule() -> InForce:
    """What the accountant decided last.

    Without a decision single receipts wait for the eight weeks, and the run of a year does not: it
    is made from January to March, and what is returned afterwards is cancelled and replaced.
    """
    newest = sa.select(UnsettledRule).order_by(UnsettledRule.id.desc()).limit(1)
    found = db.session.scalar(newest)
    return InForce() if found is None else InForce(found.annual, found.single)


def returnable(today: dt.date) -> sa.ColumnElement[bool]:
    """The condition on Gift: a direct debit inside its window that nobody released."""
    released = sa.select(ReleasedGift.gift_id).where(ReleasedGift.gift_id == Gift.id)
    return sa.and_(
        Gift.mode == GiftMode.SEPA, Gift.tax_on >= today - RETURN_WINDOW, ~released.exists()
    )


def waits_no_more(gift_id: int) -> bool:
    """Whether a receipt of this gift alone need not wait for its window."""
    if unsettled_rule().single is Unsettled.ISSUE:
        return True
    return db.session.get(ReleasedGift, gift_id) is not None
