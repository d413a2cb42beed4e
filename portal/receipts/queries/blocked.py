"""Who cannot be given a receipt of a year yet, each with every reason: the accountant's work list."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.money import Money
from portal.donations.models import Gift, kept_euro_minor
from portal.donations.rules.gift import GiftState
from portal.receipts.models import DetailsRequest, PaymentConfirmation, ReceiptedGift
from portal.receipts.queries.receiptable import HERE, Plan, held_donors, plan_of
from portal.receipts.rules.eligibility import DISPUTED, EXCHANGE_RATE, Reason


@dataclass(frozen=True, slots=True)
class BlockedDonor:
    """Somebody who waits for a receipt: why, for how many gifts, and what was done about it.

    ``amount`` is what is known in euros; ``until`` the last day a direct debit may be returned;
    ``asked_at`` when she was asked to complete her details, ``confirmed_at`` when her payments were
    confirmed without a receipt.
    """

    donor: Donor
    reasons: tuple[Reason, ...]
    gifts: int
    amount: Money
    until: dt.date | None = None
    asked_at: dt.datetime | None = None
    confirmed_at: dt.datetime | None = None

    @property
    def codes(self) -> set[str]:
        """The codes of its reasons."""
        return {reason.code for reason in self.reasons}


def blocked_donors(year: int, today: dt.date, plan: Plan | None = None) -> list[BlockedDonor]:
    """Everybody who waits, by reference. ``plan``: what a run would do, when it is known already."""
    until = held_donors(year, today)
    found: dict[int, BlockedDonor] = {
        each.donor.id: BlockedDonor(
            each.donor, each.reasons, each.gifts, each.amount, until.get(each.donor.id)
        )
        for each in (plan or plan_of(year, today)).blocked
    }
    for reason, condition in _of_gifts():
        _add(found, reason, _waiting(year, condition))
    asked, confirmed = _asked(found), _confirmed(found, year)
    return sorted(
        (
            BlockedDonor(
                each.donor,
                each.reasons,
                each.gifts,
                each.amount,
                each.until,
                asked.get(donor_id),
                confirmed.get(donor_id),
            )
            for donor_id, each in found.items()
        ),
        key=lambda each: each.donor.ref,
    )


def counted(blocked: Iterable[BlockedDonor]) -> Counter[str]:
    """How many donors wait for each reason, by its code."""
    return Counter(code for each in blocked for code in each.codes)


def _of_gifts() -> tuple[tuple[Reason, sa.ColumnElement[bool]], ...]:
    """What keeps a gift from any receipt, whoever gave it."""
    unknown = sa.and_(Gift.state.in_(HERE), kept_euro_minor().is_(None))
    return ((DISPUTED, Gift.state == GiftState.DISPUTED), (EXCHANGE_RATE, unknown))


def _waiting(year: int, condition: sa.ColumnElement[bool]) -> list[tuple[int, int]]:
    """Of each donor how many gifts of the year the condition keeps from a receipt."""
    on_receipt = sa.select(ReceiptedGift.gift_id).where(
        ReceiptedGift.gift_id == Gift.id, ReceiptedGift.live
    )
    day = sa.func.coalesce(Gift.tax_on, Gift.received_on)
    wanted = (
        sa.select(Gift.donor_id, sa.func.count())
        .where(
            day.between(dt.date(year, 1, 1), dt.date(year, 12, 31)),
            Gift.no_receipt.is_(None),
            ~on_receipt.exists(),
            condition,
        )
        .group_by(Gift.donor_id)
    )
    return [(donor_id, gifts) for donor_id, gifts in db.session.execute(wanted)]


def _add(found: dict[int, BlockedDonor], reason: Reason, rows: list[tuple[int, int]]) -> None:
    donors = {
        donor.id: donor
        for donor in db.session.scalars(
            sa.select(Donor).where(Donor.id.in_([donor_id for donor_id, _gifts in rows]))
        )
    }
    for donor_id, gifts in rows:
        known = found.get(donor_id)
        before = known.reasons if known else ()
        found[donor_id] = BlockedDonor(
            donors[donor_id],
            (*before, reason),
            gifts + (known.gifts if known else 0),
            known.amount if known else Money(0),
            known.until if known else None,
        )


def _asked(ids: Iterable[int]) -> dict[int, dt.datetime]:
    rows = db.session.execute(
        sa.select(DetailsRequest.donor_id, sa.func.max(DetailsRequest.asked_at))
        .where(DetailsRequest.donor_id.in_(list(ids)))
        .group_by(DetailsRequest.donor_id)
    )
    return {row[0]: row[1] for row in rows}


def _confirmed(ids: Iterable[int], year: int) -> dict[int, dt.datetime]:
    rows = db.session.execute(
        sa.select(PaymentConfirmation.donor_id, PaymentConfirmation.sent_at).where(
            PaymentConfirmation.donor_id.in_(list(ids)), PaymentConfirmation.year == year
        )
    )
    return {row[0]: row[1] for row in rows}
