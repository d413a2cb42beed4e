"""Piles of cheques: entered one by one, closed when count and total fit, sent back when unpaid."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.accounts.rules import DonorDetails
from portal.core import audit
from portal.core.db import db, transaction, violated
from portal.core.money import Money
from portal.donations import events, in_hand
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.models import (
    BatchState,
    Cheque,
    ChequeBatch,
    ChequeReturn,
    ChequeState,
    Deposit,
    DepositItem,
    Gift,
    NoReceipt,
    ReturnReason,
    Tribute,
)
from portal.donations.rules.cheques import ChequeError, Control, arrival_day
from portal.donations.rules.gift import GiftFact, next_state
from portal.donations.services import office_mail
from portal.donations.services.entry import HandedOver, donor_for_entry, pays_no_longer, receive
from portal.donations.services.provider import now, today
from portal.programmes.codes import Programme


class BatchNotOpen(ChequeError):
    """The pile was closed or thrown away meanwhile."""


class ControlDiffers(ChequeError):
    """The cheques entered are not those that were counted (``control`` says by how much)."""

    def __init__(self, control: Control) -> None:
        super().__init__("count or total differ")
        self.control = control


class NotReturnable(ChequeError):
    """A cheque that is not in hand nor at the bank cannot come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChequeOrder:
    """A cheque as it was typed; ``donor`` is a known donor's id or a new one's details."""

    donor: int | DonorDetails
    amount: Money
    number: str
    bank: str
    arrived_on: dt.date
    drawer: str = ""
    purpose: PurposeKind = PurposeKind.GENERAL
    programme: Programme | None = None
    tribute: Tribute | None = None
    tribute_name: str = ""
    no_receipt: NoReceipt | None = None
    membership: bool = False
    form_token: str


def open_batch(
    arrived_on: dt.date, count: int, announced: Money, *, by: int, form_token: str
) -> ChequeBatch:
    """A pile, counted by hand; the same form sent twice is one pile. Raises WrongDay."""
    arrival_day(arrived_on, today())
    try:
        with transaction() as session:
            batch = ChequeBatch(
                arrived_on=arrived_on,
                announced_count=count,
                announced_minor=announced.minor,
                opened_by=by,
                form_token=form_token,
            )
            session.add(batch)
            session.flush()
            _told("cheques.opened", batch, by)
        return batch
    except IntegrityError as error:
        if violated(error) != "uq_cheque_batch_form_token":
            raise
        same = sa.select(ChequeBatch).where(ChequeBatch.form_token == form_token)
        return db.session.scalars(same).one()


def add_cheque(batch_id: int, order: ChequeOrder) -> Cheque:
    """Put a cheque on the pile; the same form sent twice is one cheque.

    Raises BatchNotOpen, WrongDay.
    """
    arrival_day(order.arrived_on, today())
    try:
        with transaction() as session:
            batch = _open(batch_id)
            known = order.donor if isinstance(order.donor, int) else donor_for_entry(order.donor).id
            values = {k: v for k, v in asdict(order).items() if k not in ("donor", "amount")}
            cheque = Cheque(
                batch_id=batch.id, donor_id=known, amount_minor=order.amount.minor, **values
            )
            session.add(cheque)
            session.flush()
        return cheque
    except IntegrityError as error:
        if violated(error) != "uq_cheque_form_token":
            raise
        same = sa.select(Cheque).where(Cheque.form_token == order.form_token)
        return db.session.scalars(same).one()


def remove_cheque(batch_id: int, cheque_id: int) -> None:
    """Take a cheque off a pile that is still open. Raises BatchNotOpen."""
    with transaction() as session:
        _open(batch_id)
        cheque = session.get(Cheque, cheque_id)
        if cheque is not None and cheque.batch_id == batch_id:
            session.delete(cheque)


def change_control(batch_id: int, count: int, announced: Money, *, by: int) -> None:
    """The pile was counted wrong. Raises BatchNotOpen."""
    with transaction():
        batch = _open(batch_id)
        before = {"count": batch.announced_count, "total": str(batch.announced)}
        batch.announced_count, batch.announced_minor = count, announced.minor
        after = {"count": count, "total": str(announced)}
        audit.record("cheques.recounted", _subject(batch), before=before, after=after, actor_id=by)


def close_batch(batch_id: int, *, by: int) -> int:
    """Record the pile: each cheque is a gift from now on; gives how many.

    Raises ControlDiffers, BatchNotOpen (also when somebody closed it meanwhile).
    """
    with transaction() as session:
        batch = _open(batch_id)
        found = in_hand.control_of(batch)
        if not found.fits:
            raise ControlDiffers(found)
        for cheque in in_hand.cheques_of(batch.id):
            gift = receive(_given(cheque), by=by)
            cheque.gift_id, cheque.state = gift.id, ChequeState.IN_HAND
            office_mail.say_thanks(gift)
        batch.state, batch.closed_by, batch.closed_at = BatchState.CLOSED, by, now()
        _told("cheques.closed", batch, by)
        session.flush()
        return found.entered_count


def discard_batch(batch_id: int, *, by: int) -> None:
    """Throw a pile away: nothing of it was recorded. Raises BatchNotOpen."""
    with transaction() as session:
        batch = _open(batch_id)
        for cheque in in_hand.cheques_of(batch.id):
            session.delete(cheque)
        batch.state = BatchState.DISCARDED
        _told("cheques.discarded", batch, by)


def _given(cheque: Cheque) -> HandedOver:
    return HandedOver(
        donor_id=cheque.donor_id,
        amount=cheque.amount,
        mode=GiftMode.CHEQUE,
        received_on=cheque.arrived_on,
        purpose=cheque.purpose,
        programme=cheque.programme,
        tribute=cheque.tribute,
        tribute_name=cheque.tribute_name,
        no_receipt=cheque.no_receipt,
        membership=cheque.membership,
        cheque_number=cheque.number,
    )


def _open(batch_id: int) -> ChequeBatch:
    batch = db.session.get_one(ChequeBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch.state is not BatchState.OPEN:
        raise BatchNotOpen(str(batch.state))
    return batch


def _subject(batch: ChequeBatch) -> str:
    return f"cheques:{batch.public_id}"


def _told(act: str, batch: ChequeBatch, by: int) -> None:
    control = {"count": batch.announced_count, "total": str(batch.announced)}
    audit.record(act, _subject(batch), after=control, actor_id=by)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnOrder:
    """What the bank said when it sent a cheque back; ``fee`` is what it took for that."""

    on: dt.date
    reason: ReturnReason
    fee: Money
    note: str = ""
    form_token: str


def return_cheque(cheque_id: int, order: ReturnOrder, *, by: int) -> ChequeReturn:
    """The bank did not pay: the gift never came, its books are undone, the donor is told kindly.

    A receipt that states it shows up among those to correct. The cheque may stand on a second slip.
    Raises NotReturnable; the same form sent twice is one return.
    """
    with transaction() as session:
        gift = _locked_gift(cheque_id)
        before = sa.select(ChequeReturn).where(ChequeReturn.form_token == order.form_token)
        if (known := session.scalar(before)) is not None:
            return known
        cheque = session.get_one(Cheque, cheque_id, with_for_update=True, populate_existing=True)
        if cheque.state not in (ChequeState.IN_HAND, ChequeState.DEPOSITED):
            raise NotReturnable(str(cheque.state))
        gift.state = next_state(gift.state, GiftFact.BOUNCED)
        back = ChequeReturn(
            cheque_id=cheque.id,
            deposit_id=_latest_deposit(cheque),
            on=order.on,
            reason=order.reason,
            fee_minor=order.fee.minor,
            note=order.note,
            by=by,
            form_token=order.form_token,
        )
        cheque.state = ChequeState.RETURNED
        session.add(back)
        session.flush()
        audit.record(
            "gift.cheque_returned",
            f"gift:{gift.ref}",
            after={"on": order.on, "reason": str(order.reason), "fee": str(order.fee)},
            note=order.note,
            actor_id=by,
        )
        events.gift_bounced.send(gift, on=order.on, reason=str(order.reason))
        events.cheque_returned.send(back)
        pays_no_longer(gift, order.on)
        office_mail.say_cheque_returned(gift, back)
        return back


def _locked_gift(cheque_id: int) -> Gift:
    """Its gift, locked before the cheque: so does a slip. Raises NotReturnable on an open pile."""
    gift_id = db.session.get_one(Cheque, cheque_id).gift_id
    if gift_id is None:
        raise NotReturnable(ChequeState.ENTERED)
    return db.session.get_one(Gift, gift_id, with_for_update={"of": Gift}, populate_existing=True)


def _latest_deposit(cheque: Cheque) -> int | None:
    if cheque.state is not ChequeState.DEPOSITED:
        return None
    return db.session.scalar(
        sa.select(Deposit.id)
        .join(DepositItem, DepositItem.deposit_id == Deposit.id)
        .where(DepositItem.cheque_id == cheque.id)
        .order_by(Deposit.id.desc())
        .limit(1)
    )


def cheque_for_gift(gift_id: int) -> Cheque:
    """The cheque of a gift; of one that came from a file the row is made now."""
    with transaction() as session:
        found = in_hand.cheque_of_gift(gift_id)
        if found is not None:
            return found
        gift = session.get_one(Gift, gift_id)
        assert gift.received_on is not None
        cheque = Cheque(
            gift_id=gift.id,
            donor_id=gift.donor_id,
            state=ChequeState.DEPOSITED if gift.deposit_ref else ChequeState.IN_HAND,
            amount_minor=gift.amount_minor,
            number=gift.cheque_number,
            arrived_on=gift.received_on,
            purpose=gift.purpose,
            programme=gift.programme,
            tribute=gift.tribute,
            tribute_name=gift.tribute_name,
        )
        session.add(cheque)
        session.flush()
        return cheque
