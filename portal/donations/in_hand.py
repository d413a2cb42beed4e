"""Reads about what the office enters: piles of cheques, cheques in hand, deposits, the till."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.money import Money
from portal.donations.codes import GiftMode
from portal.donations.models import (
    BatchState,
    Cheque,
    ChequeBatch,
    ChequeReturn,
    ChequeState,
    Deposit,
    DepositItem,
    DepositKind,
    Gift,
)
from portal.donations.rules.cheques import Control, control, plain_number, same_cheque
from portal.donations.rules.gift import GiftState

STANDING = (ChequeState.ENTERED, ChequeState.IN_HAND, ChequeState.DEPOSITED)
CASHABLE_FOR = dt.timedelta(days=374)
"""A cheque can be cashed for a year and eight days (code monétaire et financier, art. L131-59)."""


def batch_by_public_id(public_id: uuid.UUID) -> ChequeBatch | None:
    """That pile of cheques."""
    return db.session.scalar(sa.select(ChequeBatch).where(ChequeBatch.public_id == public_id))


def open_batches() -> Sequence[ChequeBatch]:
    """Piles that are being entered, the oldest first."""
    return db.session.scalars(
        sa.select(ChequeBatch).where(ChequeBatch.state == BatchState.OPEN).order_by(ChequeBatch.id)
    ).all()


def count_open_batches() -> int:
    """How many piles wait to be finished."""
    chosen = sa.select(sa.func.count()).where(ChequeBatch.state == BatchState.OPEN)
    return int(db.session.scalar(chosen) or 0)


def closed_batches(limit: int = 10) -> Sequence[ChequeBatch]:
    """Piles that were recorded, the latest first."""
    return db.session.scalars(
        sa.select(ChequeBatch)
        .where(ChequeBatch.state == BatchState.CLOSED)
        .order_by(ChequeBatch.id.desc())
        .limit(limit)
    ).all()


def cheques_of(batch_id: int) -> Sequence[Cheque]:
    """The cheques of a pile with their donors, in the order they were entered."""
    return db.session.scalars(
        sa.select(Cheque)
        .options(joinedload(Cheque.donor), joinedload(Cheque.gift))
        .where(Cheque.batch_id == batch_id)
        .order_by(Cheque.id)
    ).all()


def control_of(batch: ChequeBatch) -> Control:
    """What was counted by hand beside what was entered."""
    amounts = db.session.scalars(
        sa.select(Cheque.amount_minor).where(Cheque.batch_id == batch.id)
    ).all()
    return control(batch.announced_count, batch.announced, [Money(int(each)) for each in amounts])


def cheque_by_public_id(public_id: uuid.UUID) -> Cheque | None:
    """That cheque with its donor."""
    return db.session.scalar(
        sa.select(Cheque).options(joinedload(Cheque.donor)).where(Cheque.public_id == public_id)
    )


def cheque_of_gift(gift_id: int) -> Cheque | None:
    """The cheque by which a gift came, when it was entered here or deposited."""
    return db.session.scalar(sa.select(Cheque).where(Cheque.gift_id == gift_id))


def returns_of(cheque_id: int) -> Sequence[ChequeReturn]:
    """When and why the bank sent a cheque back."""
    return db.session.scalars(
        sa.select(ChequeReturn).where(ChequeReturn.cheque_id == cheque_id).order_by(ChequeReturn.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Double:
    """A record that may be the same piece of paper."""

    donor: str
    amount: Money
    arrived_on: dt.date | None
    recorded: bool


def doubles_of(number: str, bank: str) -> list[Double]:
    """Cheques known by the same number and, as far as both are told, of the same bank."""
    if not plain_number(number):
        return []
    plain = sa.func.ltrim(
        sa.func.regexp_replace(sa.func.upper(Cheque.number), "[^0-9A-Z]", "", "g"), "0"
    )
    entered = db.session.scalars(
        sa.select(Cheque)
        .options(joinedload(Cheque.donor))
        .where(plain == plain_number(number), Cheque.state.in_(STANDING))
    )
    found = [
        Double(c.donor.name, c.amount, c.arrived_on, c.gift_id is not None)
        for c in entered
        if same_cheque(number, bank, c.number, c.bank)
    ]
    return found + _doubles_from_files(number)


def _doubles_from_files(number: str) -> list[Double]:
    plain = sa.func.ltrim(
        sa.func.regexp_replace(sa.func.upper(Gift.cheque_number), "[^0-9A-Z]", "", "g"), "0"
    )
    gifts = db.session.scalars(
        sa.select(Gift)
        .options(joinedload(Gift.donor))
        .outerjoin(Cheque, Cheque.gift_id == Gift.id)
        .where(Gift.cheque_number != "", plain == plain_number(number), Cheque.id.is_(None))
    )
    return [Double(g.donor.name, g.amount, g.received_on, True) for g in gifts]


@dataclass(frozen=True, slots=True)
class InHand:
    """A cheque that can be taken to the bank; ``returned``: it was there before, and came back."""

    gift_id: int
    donor: str
    drawer: str
    bank: str
    number: str
    amount: Money
    arrived_on: dt.date
    returned: bool


def cheques_in_hand(today: dt.date) -> list[InHand]:
    """Cheques received and not deposited, and those sent back that may be tried again."""
    waiting = sa.and_(Gift.state == GiftState.SETTLED, Gift.deposit_ref == "")
    back = sa.and_(Gift.state == GiftState.FAILED, Cheque.state == ChequeState.RETURNED)
    rows = db.session.execute(
        sa.select(Gift, Cheque)
        .outerjoin(Cheque, Cheque.gift_id == Gift.id)
        .options(joinedload(Gift.donor))
        .where(
            Gift.mode == GiftMode.CHEQUE,
            Gift.received_on >= today - CASHABLE_FOR,
            sa.or_(waiting, back),
        )
        .order_by(Gift.received_on, Gift.id)
    )
    return [_in_hand(gift, cheque, today) for gift, cheque in rows]


def _in_hand(gift: Gift, cheque: Cheque | None, today: dt.date) -> InHand:
    return InHand(
        gift_id=gift.id,
        donor=gift.donor.name,
        drawer=cheque.signed_by if cheque else gift.donor.name,
        bank=cheque.bank if cheque else "",
        number=gift.cheque_number,
        amount=gift.amount,
        arrived_on=gift.received_on or today,
        returned=gift.state is GiftState.FAILED,
    )


def till() -> Money:
    """The cash in the house: what was given, less what went back or to the bank."""
    came = (GiftState.SETTLED, GiftState.PARTIALLY_REFUNDED, GiftState.REFUNDED)
    given = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Gift.amount_minor - Gift.refunded_minor), 0)).where(
            Gift.mode == GiftMode.CASH, Gift.state.in_(came), Gift.deposit_ref == ""
        )
    )
    taken = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Deposit.amount_minor), 0)).where(
            Deposit.kind == DepositKind.CASH
        )
    )
    return Money(int(given or 0) - int(taken or 0))


@dataclass(frozen=True, slots=True)
class InTransit:
    """A deposit the bank's statement does not show yet; the bank writes ``ref`` on its line."""

    deposit_id: int
    ref: str
    kind: DepositKind
    made_on: dt.date
    amount: Money
    account: str


def deposits_in_transit() -> list[InTransit]:
    """Deposits made and not credited, the oldest first: what a statement line may be matched to."""
    found = db.session.scalars(
        sa.select(Deposit)
        .where(Deposit.credited_on.is_(None))
        .order_by(Deposit.made_on, Deposit.id)
    )
    return [InTransit(d.id, d.ref, d.kind, d.made_on, d.amount, d.account) for d in found]


def deposits() -> sa.Select[Deposit]:
    """Every deposit, for lists."""
    return sa.select(Deposit)


def deposit_by_public_id(public_id: uuid.UUID) -> Deposit | None:
    """That deposit."""
    return db.session.scalar(sa.select(Deposit).where(Deposit.public_id == public_id))


def items_of(deposit_id: int) -> Sequence[DepositItem]:
    """The cheques on a slip, in its order."""
    return db.session.scalars(
        sa.select(DepositItem)
        .options(joinedload(DepositItem.cheque))
        .where(DepositItem.deposit_id == deposit_id)
        .order_by(DepositItem.position)
    ).all()


def last_account() -> str:
    """The bank account of the latest slip: most likely that of the next one."""
    latest = sa.select(Deposit.account).order_by(Deposit.id.desc()).limit(1)
    return db.session.scalar(latest) or ""


def tribute_rows() -> Sequence[Any]:
    """In whose memory or honour gifts came: the kind, the name, how many givers; by name."""
    name = sa.func.max(Gift.tribute_name)
    return db.session.execute(
        sa.select(Gift.tribute, name.label("name"), sa.func.count(sa.distinct(Gift.donor_id)))
        .where(Gift.tribute.is_not(None), Gift.state == GiftState.SETTLED)
        .group_by(Gift.tribute, sa.func.lower(Gift.tribute_name))
        .order_by(sa.func.lower(sa.func.max(Gift.tribute_name)))
    ).all()


def givers_in_tribute(tribute: str, name: str) -> sa.Select[Donor]:
    """Who gave in memory or honour of somebody: for the letter to the family, without sums."""
    return sa.select(Donor).where(
        Donor.id.in_(
            sa.select(Gift.donor_id).where(
                Gift.tribute == tribute,
                sa.func.lower(Gift.tribute_name) == name.lower(),
                Gift.state == GiftState.SETTLED,
            )
        )
    )
