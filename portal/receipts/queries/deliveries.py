"""Which way each receipt goes, what is delivered and what is not yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased, contains_eager, joinedload

from portal.accounts.models import Account, Donor
from portal.core.db import db
from portal.core.mail import MailBounce
from portal.receipts.models import (
    Channel,
    DeliveryState,
    PostBatch,
    Receipt,
    ReceiptDelivery,
    ReceiptPreference,
    ReceiptState,
    ReceiptTiming,
)

_BOUNCED = ReceiptDelivery.state == DeliveryState.BOUNCED


def way() -> sa.ColumnElement[str]:
    """The channel by which a receipt goes now, of a select made by `_standing`.

    Post for who asked for it, has no address of mail, or whose mail comes back; the account alone
    for who asked for it and has one; else mail.
    """
    came_back = sa.or_(MailBounce.address.is_not(None), _bounced_once())
    return sa.case(
        (
            sa.and_(ReceiptPreference.channel == Channel.ACCOUNT, Account.id.is_not(None)),
            Channel.ACCOUNT.value,
        ),
        (ReceiptPreference.channel == Channel.POST, Channel.POST.value),
        (sa.or_(Donor.email == "", came_back), Channel.POST.value),
        else_=Channel.MAIL.value,
    )


def _bounced_once() -> sa.ColumnElement[bool]:
    return sa.exists().where(ReceiptDelivery.receipt_id == Receipt.id, _BOUNCED)


def _reached() -> sa.ColumnElement[bool]:
    return sa.exists().where(ReceiptDelivery.receipt_id == Receipt.id, ~_BOUNCED)


def _standing(year: int, *wanted: Any) -> sa.Select[Any]:
    """The valid receipts of a tax year with what decides their way: the donor as she is known now,
    also when the record it was issued to was joined to another one."""
    issued_to = aliased(Donor)
    return (
        sa.select(*wanted)
        .select_from(Receipt)
        .join(issued_to, issued_to.id == Receipt.donor_id)
        .join(Donor, Donor.id == sa.func.coalesce(issued_to.merged_into_id, issued_to.id))
        .outerjoin(ReceiptPreference, ReceiptPreference.donor_id == Donor.id)
        .outerjoin(Account, Account.donor_id == Donor.id)
        .outerjoin(MailBounce, MailBounce.address == sa.func.lower(Donor.email))
        .where(Receipt.tax_year == year, Receipt.state == ReceiptState.ISSUED)
    )


def undelivered(year: int, *channels: Channel, at_most: int | None = None) -> Sequence[int]:
    """The ids of the valid receipts of a year that reached nobody yet and go by these channels."""
    chosen = _standing(year, Receipt.id).where(~_reached(), way().in_(channels))
    return db.session.scalars(chosen.order_by(Receipt.id).limit(at_most)).all()


def way_of(receipt: Receipt) -> Channel:
    """The channel by which this receipt goes."""
    told = db.session.scalar(_standing(receipt.tax_year, way()).where(Receipt.id == receipt.id))
    return Channel(told) if told else Channel.ACCOUNT


@dataclass(frozen=True, slots=True)
class Reach:
    """Of the valid receipts of a year that go by one channel: how many went, and how many wait."""

    done: int = 0
    due: int = 0


@dataclass(frozen=True, slots=True)
class Delivered:
    """Where the delivery of a year stands. ``bounced`` of ``post.due`` are mails that came back."""

    mail: Reach
    post: Reach
    account: Reach
    bounced: int

    @property
    def due(self) -> int:
        """How many reached nobody yet."""
        return self.mail.due + self.post.due + self.account.due

    @property
    def done(self) -> int:
        """How many reached their donor."""
        return self.mail.done + self.post.done + self.account.done


def delivered_in(year: int) -> Delivered:
    """How many receipts of a year went which way, and how many wait to."""
    unsent = (
        _standing(year, way().label("way"), _bounced_once().label("bounced"))
        .where(~_reached())
        .subquery()
    )
    waiting = db.session.execute(
        sa.select(unsent.c.way, sa.func.count(), sa.func.count().filter(unsent.c.bounced)).group_by(
            unsent.c.way
        )
    ).all()
    due = {Channel(channel): int(count) for channel, count, _bounced in waiting}
    went = _went(year)
    reach = {each: Reach(went.get(each, 0), due.get(each, 0)) for each in Channel}
    return Delivered(
        reach[Channel.MAIL],
        reach[Channel.POST],
        reach[Channel.ACCOUNT],
        sum(int(bounced) for _channel, _count, bounced in waiting),
    )


def _went(year: int) -> dict[str, int]:
    """How many receipts went by which channel; one that went by two counts for the last."""
    last = (
        sa.select(ReceiptDelivery.receipt_id, ReceiptDelivery.channel)
        .join(Receipt, Receipt.id == ReceiptDelivery.receipt_id)
        .where(Receipt.tax_year == year, Receipt.state == ReceiptState.ISSUED, ~_BOUNCED)
        .ext(distinct_on(ReceiptDelivery.receipt_id))
        .order_by(ReceiptDelivery.receipt_id, ReceiptDelivery.id.desc())
        .subquery()
    )
    rows = db.session.execute(sa.select(last.c.channel, sa.func.count()).group_by(last.c.channel))
    return {Channel(channel): int(count) for channel, count in rows}


def deliveries_of(receipt_id: int) -> Sequence[ReceiptDelivery]:
    """How a receipt was sent, the first delivery first."""
    return db.session.scalars(
        sa.select(ReceiptDelivery)
        .options(joinedload(ReceiptDelivery.mail))
        .where(ReceiptDelivery.receipt_id == receipt_id)
        .order_by(ReceiptDelivery.id)
    ).all()


def deliveries_by_receipt(receipt_ids: Sequence[int]) -> dict[int, list[ReceiptDelivery]]:
    """The deliveries of several receipts."""
    found: dict[int, list[ReceiptDelivery]] = {each: [] for each in receipt_ids}
    chosen = sa.select(ReceiptDelivery).where(ReceiptDelivery.receipt_id.in_(receipt_ids))
    for delivery in db.session.scalars(chosen.order_by(ReceiptDelivery.id)):
        found[delivery.receipt_id].append(delivery)
    return found


def not_reached(year: int) -> sa.Select[Any]:
    """The valid receipts of a year that reached nobody, with their way, for a list."""
    return (
        _standing(year, Receipt, way().label("way"), MailBounce.reason.label("bounce"))
        .options(contains_eager(Receipt.donor))
        .where(~_reached())
    )


def preference_of(donor_id: int) -> ReceiptPreference | None:
    """What the donor chose, if she did."""
    return db.session.get(ReceiptPreference, donor_id)


def wants_each(donor_id: int) -> ReceiptPreference | None:
    """The preference of a donor who gets a receipt after each gift, else None."""
    found = preference_of(donor_id)
    return found if found and found.timing is ReceiptTiming.EACH else None


def batches_of(year: int) -> Sequence[PostBatch]:
    """The letters of a year that were printed, the newest batch first."""
    chosen = sa.select(PostBatch).where(PostBatch.year == year)
    return db.session.scalars(chosen.order_by(PostBatch.id.desc())).all()


def batch_by_public_id(public_id: object) -> PostBatch | None:
    """That batch of letters."""
    return db.session.scalar(sa.select(PostBatch).where(PostBatch.public_id == public_id))


def letters_of(batch_id: int) -> Sequence[ReceiptDelivery]:
    """The letters of a batch in the order they are printed in."""
    return db.session.scalars(
        sa.select(ReceiptDelivery)
        .join(ReceiptDelivery.receipt)
        .join(Receipt.donor)
        .options(
            contains_eager(ReceiptDelivery.receipt).contains_eager(Receipt.donor),
        )
        .where(ReceiptDelivery.batch_id == batch_id)
        .order_by(ReceiptDelivery.position, ReceiptDelivery.id)
    ).all()
