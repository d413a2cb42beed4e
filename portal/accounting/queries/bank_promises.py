"""Promised and received, a month at a time: for who sponsors by transfer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounting.models import StandingOrder
from portal.accounting.promises import promises_told
from portal.accounting.rules.promises import Concern, Difference, Promise, differences
from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.money import Money, total
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.models import Gift
from portal.donations.rules.gift import GiftState


@dataclass(frozen=True, slots=True)
class Named:
    """A difference with its donor."""

    donor: Donor
    difference: Difference


@dataclass(frozen=True, slots=True)
class Month:
    """What a month brought beside what was promised for it, list by list."""

    first: date
    promised: Money
    received: Money
    lists: dict[Concern, list[Named]]

    @property
    def agrees(self) -> bool:
        return not any(self.lists.values())


def month_report(first: date) -> Month:
    """The report of the month that begins on that day."""
    promises, received = promises_of_transfers(), _received(first)
    found = differences(first, promises, received)
    donors = _donors({each.donor_id for each in found})
    lists: dict[Concern, list[Named]] = {concern: [] for concern in Concern}
    for each in found:
        lists[each.concern].append(Named(donors[each.donor_id], each))
    for named in lists.values():
        named.sort(key=lambda one: (one.donor.last_name.lower(), one.donor.id))
    due = [
        p.amount
        for p in promises
        if p.since <= first and (p.ended_on is None or p.ended_on >= first)
    ]
    return Month(first, total(due), total([amount for _donor, amount in received]), lists)


def promises_of_transfers() -> list[Promise]:
    """What donors said they would transfer: by a sponsorship, else as their standing orders show.

    A donor whose sponsorships are told has her standing orders for them left out: they are how she
    keeps the promise, not a second one.
    """
    told = promises_told()
    running = {promise.donor_id for promise in told if promise.ended_on is None}
    orders = db.session.scalars(
        sa.select(StandingOrder).where(StandingOrder.purpose == PurposeKind.SPONSORSHIP)
    )
    own = [_promise_of(order) for order in orders if order.donor_id not in running]
    last = _last_transfers()
    return [_with_last(promise, last) for promise in told] + own


def _promise_of(order: StandingOrder) -> Promise:
    return Promise(
        order.donor_id, order.amount, order.started_on, order.every_months, order.ended_on, order.last_on
    )  # fmt: skip


def _last_transfers() -> dict[int, tuple[date, int]]:
    """The rhythm in which a donor keeps a promise made by the month: her latest standing order's."""
    rows = db.session.execute(
        sa.select(StandingOrder.donor_id, StandingOrder.last_on, StandingOrder.every_months)
        .where(StandingOrder.ended_on.is_(None))
        .order_by(StandingOrder.last_on)
    )
    return {row.donor_id: (row.last_on, row.every_months) for row in rows}


def _with_last(promise: Promise, last: dict[int, tuple[date, int]]) -> Promise:
    """A monthly promise that is paid by the quarter is due three months at a time."""
    on, every = last.get(promise.donor_id, (None, 1))
    if on is None or promise.every_months != 1:
        return promise
    amount = Money(promise.amount.minor * every)
    return Promise(promise.donor_id, amount, promise.since, every, promise.ended_on, on)


def _received(first: date) -> list[tuple[int, Money]]:
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    rows = db.session.execute(
        sa.select(Gift.donor_id, sa.func.sum(Gift.amount_minor - Gift.refunded_minor))
        .where(
            Gift.mode == GiftMode.TRANSFER,
            Gift.purpose == PurposeKind.SPONSORSHIP,
            Gift.state.in_((GiftState.SETTLED, GiftState.PARTIALLY_REFUNDED)),
            Gift.currency == "EUR",
            Gift.tax_on >= first,
            Gift.tax_on < after,
        )
        .group_by(Gift.donor_id)
    )
    return [(row[0], Money(int(row[1]))) for row in rows]


def _donors(ids: set[int]) -> dict[int, Donor]:
    return {d.id: d for d in db.session.scalars(sa.select(Donor).where(Donor.id.in_(ids)))}


def standing_orders() -> Any:
    """Every standing order with its donor, for the list."""
    return sa.select(StandingOrder).options(joinedload(StandingOrder.donor))


def standing_order_by_public_id(public_id: object) -> StandingOrder | None:
    """That standing order."""
    return db.session.scalar(
        sa.select(StandingOrder)
        .options(joinedload(StandingOrder.donor))
        .where(StandingOrder.public_id == public_id)
    )


def months_with_transfers() -> Sequence[date]:
    """The months that brought transfers for sponsorships, the latest first."""
    month = sa.func.date_trunc("month", sa.cast(Gift.tax_on, sa.DateTime))
    found = db.session.scalars(
        sa.select(sa.cast(month, sa.Date))
        .where(Gift.mode == GiftMode.TRANSFER, Gift.purpose == PurposeKind.SPONSORSHIP, Gift.tax_on.is_not(None))
        .distinct()
    )  # fmt: skip
    return sorted(found, reverse=True)[:36]
