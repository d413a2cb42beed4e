"""The gifts that wait for a receipt, and who gave them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.money import Money, total
from portal.donations.models import Gift, kept_euro_minor
from portal.donations.rules.gift import RECEIPTABLE_STATES
from portal.receipts.models import ReceiptedGift, Unsettled
from portal.receipts.queries.holds import returnable, unsettled_rule
from portal.receipts.queries.particulars import reasons_against
from portal.receipts.rules.eligibility import RETURN_WINDOW, Reason
from portal.receipts.rules.waiting import RETURN_WINDOW as WINDOW

HERE = tuple(sorted(RECEIPTABLE_STATES))


def kept_minor() -> sa.ColumnElement[int]:
    """The cents of euro a receipt may state of a gift now: nothing while it is disputed or all went
    back, nothing known (null) of another currency whose rate is not."""
    return sa.case((Gift.state.in_(HERE), kept_euro_minor()), else_=0)


def receiptable(
    year: int, today: dt.date, *, instead_of: int | None = None
) -> sa.ColumnElement[bool]:
    """Which gifts of the tax year stand on no receipt and may: received, not sent back, their worth
    in euros known.

    Anonymous gifts, those for which something was given in return, and those of donors who want
    no receipt are left out.

    ``instead_of``: the receipt that is about to be replaced does not count.
    """
    on_receipt = sa.select(ReceiptedGift.gift_id).where(
        ReceiptedGift.gift_id == Gift.id, ReceiptedGift.live
    )
    if instead_of is not None:
        on_receipt = on_receipt.where(ReceiptedGift.receipt_id != instead_of)
    return sa.and_(
        Gift.tax_on.between(dt.date(year, 1, 1), min(dt.date(year, 12, 31), today)),
        Gift.state.in_(HERE),
        Gift.amount_minor > Gift.refunded_minor,
        kept_euro_minor() > 0,
        Gift.no_receipt.is_(None),
        ~on_receipt.exists(),
    )


def gifts_to_certify(
    donor_id: int,
    year: int,
    today: dt.date,
    *,
    instead_of: int | None = None,
    only: Collection[int] = (),
    lock: bool = False,
) -> list[Gift]:
    """A donor's gifts for one receipt, in the order of their day; with ``only`` none but these."""
    wanted = (
        sa.select(Gift)
        .where(Gift.donor_id == donor_id, receiptable(year, today, instead_of=instead_of))
        .order_by(Gift.id)
        .execution_options(populate_existing=True)
    )
    if only:
        wanted = wanted.where(Gift.id.in_(only))
    found = db.session.scalars(wanted.with_for_update(of=Gift) if lock else wanted)
    return sorted(found, key=lambda gift: (gift.tax_on or today, gift.id))


@dataclass(frozen=True, slots=True)
class WaitingDonor:
    """Somebody whose gifts stand on no receipt yet; with ``reasons`` they cannot."""

    donor: Donor
    amount: Money
    gifts: int
    reasons: tuple[Reason, ...]


def waiting_donors(year: int, today: dt.date) -> list[WaitingDonor]:
    """Everybody whose gifts of the year wait for a receipt, by reference."""
    gathered = (
        sa.select(
            Gift.donor_id,
            sa.func.sum(kept_euro_minor()).label("minor"),
            sa.func.count(Gift.id).label("gifts"),
        )
        .where(receiptable(year, today))
        .group_by(Gift.donor_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(Donor, gathered.c.minor, gathered.c.gifts)
        .join(gathered, gathered.c.donor_id == Donor.id)
        .order_by(Donor.ref)
    )
    held = held_donors(year, today)
    return [
        WaitingDonor(donor, Money(int(minor)), gifts, _reasons(donor, held))
        for donor, minor, gifts in rows
    ]


def _reasons(donor: Donor, held: Collection[int]) -> tuple[Reason, ...]:
    return (*reasons_against(donor), *((RETURN_WINDOW,) if donor.id in held else ()))


def held_donors(year: int, today: dt.date) -> dict[int, dt.date]:
    """Whom the run of the year leaves out because a direct debit may still be returned, and the last
    day it may; nobody, unless the accountant chose so. They get one receipt, later, not two."""
    if unsettled_rule().annual is Unsettled.ISSUE:
        return {}
    wanted = (
        sa.select(Gift.donor_id, sa.func.max(Gift.tax_on))
        .where(receiptable(year, today), returnable(today))
        .group_by(Gift.donor_id)
    )
    return {donor_id: day + WINDOW for donor_id, day in db.session.execute(wanted) if day}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run of the year would do now: who gets a receipt, who cannot and why."""

    year: int
    ready: tuple[WaitingDonor, ...]
    blocked: tuple[WaitingDonor, ...]

    @property
    def amount(self) -> Money:
        return total([each.amount for each in self.ready])

    @property
    def blocked_amount(self) -> Money:
        return total([each.amount for each in self.blocked])


def plan_of(year: int, today: dt.date) -> Plan:
    """What a run of the year would do; changes nothing."""
    everybody = waiting_donors(year, today)
    return Plan(
        year,
        ready=tuple(each for each in everybody if not each.reasons),
        blocked=tuple(each for each in everybody if each.reasons),
    )
