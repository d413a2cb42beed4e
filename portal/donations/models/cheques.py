"""Cheques on paper: the pile being entered, each cheque, the slips that take them to the bank."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Donor
from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.core.documents import Document
from portal.core.money import Money
from portal.donations.codes import PurposeKind
from portal.donations.models.gifts import Gift, NoReceipt, Tribute
from portal.programmes.codes import Programme


class BatchState(StrEnum):
    """Where a pile of cheques stands: being entered, recorded, or thrown away unrecorded."""

    OPEN = "open"
    CLOSED = "closed"
    DISCARDED = "discarded"


class ChequeState(StrEnum):
    """Where a cheque is: entered in a pile only, in hand, taken to the bank, sent back unpaid.

    ``withdrawn``: its entry was a mistake.
    """

    ENTERED = "entered"
    IN_HAND = "in_hand"
    DEPOSITED = "deposited"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class DepositKind(StrEnum):
    """What is taken to the bank."""

    CHEQUES = "cheques"
    CASH = "cash"


class ChequeBatch(Base):
    """A pile of cheques entered together.

    ``arrived_on`` is the day the letters came, for cheques that say nothing else. The count and the
    total were taken by hand before the first cheque was entered: it closes only when they fit.
    """

    __tablename__ = "cheque_batch"
    __table_args__ = (
        sa.CheckConstraint("announced_count > 0", name="count"),
        sa.CheckConstraint("announced_minor > 0", name="total"),
        sa.CheckConstraint("(state = 'closed') = (closed_at is not null)", name="closed"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    arrived_on: Mapped[dt.date]
    announced_count: Mapped[int]
    announced_minor: Mapped[int]
    state: Mapped[BatchState] = mapped_column(codes(BatchState), default=BatchState.OPEN)
    opened_by: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    closed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    closed_at: Mapped[dt.datetime | None]
    form_token: Mapped[str] = mapped_column(unique=True)

    cheques: Mapped[list[Cheque]] = relationship(order_by="Cheque.id", back_populates="batch")

    @property
    def announced(self) -> Money:
        return Money(self.announced_minor)


class Cheque(Base):
    """One cheque. It becomes a gift when its pile is closed; one from a file has no pile.

    ``arrived_on`` decides the tax year: the day the letter came or the cheque was handed over,
    never the day of the deposit (BOI-IR-RICI-250-20, § 20). ``drawer`` is the name on the cheque
    when it is not the donor's.
    """

    __tablename__ = "cheque"
    __table_args__ = (
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint(
            "(purpose = 'programme') = (programme is not null)", name="programme_purpose"
        ),
        sa.CheckConstraint("(tribute is null) = (tribute_name = '')", name="tribute_has_a_name"),
        sa.CheckConstraint("(state = 'entered') = (gift_id is null)", name="recorded_is_a_gift"),
        sa.Index("ix_cheque_number", "number"),
        sa.Index("ix_cheque_state", "state"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("cheque_batch.id"), index=True)
    gift_id: Mapped[int | None] = mapped_column(sa.ForeignKey("gift.id"), unique=True)
    donor_id: Mapped[int] = mapped_column(sa.ForeignKey("donor.id"), index=True)
    state: Mapped[ChequeState] = mapped_column(codes(ChequeState), default=ChequeState.ENTERED)
    amount_minor: Mapped[int]
    number: Mapped[str] = mapped_column(default="")
    bank: Mapped[str] = mapped_column(default="")
    drawer: Mapped[str] = mapped_column(default="")
    arrived_on: Mapped[dt.date]
    purpose: Mapped[PurposeKind] = mapped_column(codes(PurposeKind))
    programme: Mapped[Programme | None] = mapped_column(codes(Programme))
    tribute: Mapped[Tribute | None] = mapped_column(codes(Tribute))
    tribute_name: Mapped[str] = mapped_column(default="", server_default="")
    no_receipt: Mapped[NoReceipt | None] = mapped_column(codes(NoReceipt))
    membership: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    form_token: Mapped[str | None] = mapped_column(unique=True)

    batch: Mapped[ChequeBatch | None] = relationship(back_populates="cheques")
    gift: Mapped[Gift | None] = relationship()
    donor: Mapped[Donor] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor)

    @property
    def signed_by(self) -> str:
        """Whose name is on the cheque."""
        return self.drawer or self.donor.name


class Deposit(Base):
    """Cheques or cash taken to the bank, with the slip as it was printed.

    Credited when a line of the bank's statement says so; in transit until then.
    """

    __tablename__ = "deposit"
    __table_args__ = (
        sa.UniqueConstraint("year", "sequence"),
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint(
            "(credited_on is null) = (statement_line_ref = '')", name="credited_by_a_line"
        ),
        sa.CheckConstraint("(kind = 'cheques') = (count > 0)", name="counted"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    kind: Mapped[DepositKind] = mapped_column(codes(DepositKind))
    year: Mapped[int]
    sequence: Mapped[int]
    ref: Mapped[str] = mapped_column(unique=True)
    made_on: Mapped[dt.date]
    account: Mapped[str]
    amount_minor: Mapped[int]
    count: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"))
    credited_on: Mapped[dt.date | None]
    statement_line_ref: Mapped[str] = mapped_column(default="", server_default="")
    form_token: Mapped[str] = mapped_column(unique=True)

    document: Mapped[Document] = relationship()
    items: Mapped[list[DepositItem]] = relationship(
        order_by="DepositItem.position", back_populates="deposit"
    )

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor)


class DepositItem(Base):
    """A cheque on a slip, as it was printed there; a returned cheque may stand on a second slip."""

    __tablename__ = "deposit_item"
    __table_args__ = (sa.UniqueConstraint("deposit_id", "cheque_id"),)

    id: Mapped[Key]
    deposit_id: Mapped[int] = mapped_column(sa.ForeignKey("deposit.id"))
    cheque_id: Mapped[int] = mapped_column(sa.ForeignKey("cheque.id"), index=True)
    position: Mapped[int]
    drawer: Mapped[str]
    bank: Mapped[str]
    number: Mapped[str]
    amount_minor: Mapped[int]

    deposit: Mapped[Deposit] = relationship(back_populates="items")
    cheque: Mapped[Cheque] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor)


class ReturnReason(StrEnum):
    """Why the bank sent a cheque back unpaid."""

    NO_FUNDS = "no_funds"
    STOPPED = "stopped"
    CLOSED_ACCOUNT = "closed_account"
    FAULTY = "faulty"
    OTHER = "other"


class ChequeReturn(Base):
    """A cheque the bank sent back; ``deposit_id`` is empty when it never went there."""

    __tablename__ = "cheque_return"
    __table_args__ = (sa.CheckConstraint("fee_minor >= 0", name="fee"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    cheque_id: Mapped[int] = mapped_column(sa.ForeignKey("cheque.id"), index=True)
    deposit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("deposit.id"))
    on: Mapped[dt.date]
    reason: Mapped[ReturnReason] = mapped_column(codes(ReturnReason))
    fee_minor: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")
    by: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    form_token: Mapped[str] = mapped_column(unique=True)

    cheque: Mapped[Cheque] = relationship()

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor)
