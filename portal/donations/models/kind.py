"""What was given otherwise than by a bank: cash, objects, waived expenses, a company's promise."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Donor
from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.core.documents import Document
from portal.core.money import Money
from portal.donations.models.gifts import Gift


class CashGift(Base):
    """Cash handed over: to one person with a numbered receipt, or counted out of a box by two."""

    __tablename__ = "cash_gift"
    __table_args__ = (
        sa.CheckConstraint(
            "(collection = '') = (counted_by = '' and counted_with = '')", name="counted_by_two"
        ),
        sa.CheckConstraint("collection = '' or counted_by <> counted_with", name="two_people"),
        sa.Index(
            "uq_cash_gift_book_number",
            sa.text("lower(book_number)"),
            unique=True,
            postgresql_where=sa.text("book_number <> ''"),
        ),
    )

    id: Mapped[Key]
    gift_id: Mapped[int] = mapped_column(sa.ForeignKey("gift.id"), unique=True)
    book_number: Mapped[str] = mapped_column(default="")
    collection: Mapped[str] = mapped_column(default="")
    counted_by: Mapped[str] = mapped_column(default="")
    counted_with: Mapped[str] = mapped_column(default="")

    gift: Mapped[Gift] = relationship()


class ValuationBasis(StrEnum):
    """Where the value of an object comes from; a company states its cost price."""

    COST_PRICE = "cost_price"
    INVOICE = "invoice"
    APPRAISAL = "appraisal"
    MARKET = "market"


class GiftInKind(Base):
    """An object or a service given: an exhaustive description, its value and where that is from."""

    __tablename__ = "gift_in_kind"
    __table_args__ = (sa.CheckConstraint("description <> ''", name="described"),)

    id: Mapped[Key]
    gift_id: Mapped[int] = mapped_column(sa.ForeignKey("gift.id"), unique=True)
    description: Mapped[str]
    basis: Mapped[ValuationBasis] = mapped_column(codes(ValuationBasis))
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"))

    gift: Mapped[Gift] = relationship()
    document: Mapped[Document | None] = relationship()


class ExpenseKind(StrEnum):
    """What a volunteer paid for: a way in her own vehicle, or something with a ticket."""

    DISTANCE = "distance"
    TICKET = "ticket"


class ExpenseNote(Base):
    """A volunteer's expenses whose repayment she waives in writing (CGI art. 200, 1)."""

    __tablename__ = "expense_note"
    __table_args__ = (sa.CheckConstraint("waiver <> ''", name="waived_in_writing"),)

    id: Mapped[Key]
    gift_id: Mapped[int] = mapped_column(sa.ForeignKey("gift.id"), unique=True)
    errand: Mapped[str]
    waiver: Mapped[str]
    waived_on: Mapped[dt.date]
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"))

    gift: Mapped[Gift] = relationship()
    document: Mapped[Document] = relationship()
    lines: Mapped[list[ExpenseLine]] = relationship(order_by="ExpenseLine.position")


class ExpenseLine(Base):
    """One expense; of a way the distance, the vehicle and where its rate is from."""

    __tablename__ = "expense_line"
    __table_args__ = (
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint(
            "(kind = 'distance') = (km is not null) and (kind = 'distance') = (vehicle <> '')",
            name="distance",
        ),
    )

    id: Mapped[Key]
    note_id: Mapped[int] = mapped_column(sa.ForeignKey("expense_note.id"), index=True)
    position: Mapped[int]
    on: Mapped[dt.date]
    what: Mapped[str]
    kind: Mapped[ExpenseKind] = mapped_column(codes(ExpenseKind))
    km: Mapped[Decimal | None] = mapped_column(sa.Numeric(8, 1))
    vehicle: Mapped[str] = mapped_column(default="")
    rate_source: Mapped[str] = mapped_column(default="")
    amount_minor: Mapped[int]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor)


class Agreement(Base):
    """A company's promise in writing, due in the books from its signature (ANC 2018-06, 142-6)."""

    __tablename__ = "agreement"
    __table_args__ = (sa.CheckConstraint("amount_minor > 0", name="amount"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    ref: Mapped[str] = mapped_column(unique=True)
    donor_id: Mapped[int] = mapped_column(sa.ForeignKey("donor.id"), index=True)
    signed_on: Mapped[dt.date]
    subject: Mapped[str] = mapped_column(default="")
    amount_minor: Mapped[int]
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"))
    entered_by: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    form_token: Mapped[str] = mapped_column(unique=True)

    donor: Mapped[Donor] = relationship()
    document: Mapped[Document | None] = relationship()
    instalments: Mapped[list[AgreementInstalment]] = relationship(
        order_by="AgreementInstalment.due_on"
    )
    payments: Mapped[list[AgreementPayment]] = relationship(order_by="AgreementPayment.id")

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor)


class AgreementInstalment(Base):
    """A part of what was promised, and when it is due."""

    __tablename__ = "agreement_instalment"
    __table_args__ = (
        sa.UniqueConstraint("agreement_id", "due_on"),
        sa.CheckConstraint("amount_minor > 0", name="amount"),
    )

    id: Mapped[Key]
    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreement.id"))
    due_on: Mapped[dt.date]
    amount_minor: Mapped[int]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor)


class AgreementPayment(Base):
    """A gift that pays what an agreement promised: its income stands booked since the signature."""

    __tablename__ = "agreement_payment"

    id: Mapped[Key]
    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreement.id"), index=True)
    gift_id: Mapped[int] = mapped_column(sa.ForeignKey("gift.id"), unique=True)
    amount_minor: Mapped[int]

    gift: Mapped[Gift] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor)
