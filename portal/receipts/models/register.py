"""The register of tax receipts: gapless, chained, never edited."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Donor
from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.core.documents import Document
from portal.core.money import Money
from portal.donations.models import Gift


class ReceiptKind(StrEnum):
    """One gift, or all of a year."""

    SINGLE = "single"
    ANNUAL = "annual"


class ReceiptState(StrEnum):
    """A receipt is issued; it may be cancelled, never changed."""

    ISSUED = "issued"
    CANCELLED = "cancelled"


class ReceiptSeries(Base):
    """The last number given in a year's series; taken under its row lock, last before commit."""

    __tablename__ = "receipt_series"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(server_default="0")
    last_hash: Mapped[str] = mapped_column(server_default="")


class Receipt(Base):
    """One paper. ``chain_hash`` binds it to the one before it in its series."""

    __tablename__ = "receipt"
    __table_args__ = (
        sa.UniqueConstraint("series_year", "sequence"),
        sa.CheckConstraint("sequence > 0", name="sequence"),
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at is not null)", name="cancelled_has_a_date"
        ),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    series_year: Mapped[int] = mapped_column(sa.ForeignKey("receipt_series.year"))
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[ReceiptKind] = mapped_column(codes(ReceiptKind))
    form: Mapped[str]
    tax_year: Mapped[int] = mapped_column(index=True)
    donor_id: Mapped[int] = mapped_column(sa.ForeignKey("donor.id"), index=True)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(default="EUR")
    issued_on: Mapped[dt.date]
    issued_at: Mapped[dt.datetime]
    content: Mapped[dict[str, Any]]
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"))
    sha256: Mapped[str] = mapped_column(index=True)
    previous_hash: Mapped[str]
    chain_hash: Mapped[str] = mapped_column(unique=True)
    verify_code: Mapped[str] = mapped_column(unique=True)
    state: Mapped[ReceiptState] = mapped_column(codes(ReceiptState), default=ReceiptState.ISSUED)
    cancelled_at: Mapped[dt.datetime | None]
    cancelled_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    cancel_reason: Mapped[str] = mapped_column(default="")
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("receipt.id"), unique=True)
    run_id: Mapped[int | None] = mapped_column(sa.ForeignKey("receipt_run.id"), index=True)

    donor: Mapped[Donor] = relationship()
    document: Mapped[Document] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class ReceiptedGift(Base):
    """Which gift stands on which receipt. While ``live``, a gift stands on one only."""

    __tablename__ = "receipted_gift"
    __table_args__ = (
        sa.Index(
            "uq_receipted_gift_live", "gift_id", unique=True, postgresql_where=sa.text("live")
        ),
        sa.CheckConstraint("amount_minor > 0", name="amount"),
    )

    receipt_id: Mapped[int] = mapped_column(sa.ForeignKey("receipt.id"), primary_key=True)
    gift_id: Mapped[int] = mapped_column(sa.ForeignKey("gift.id"), primary_key=True)
    amount_minor: Mapped[int]
    live: Mapped[bool] = mapped_column(default=True)

    receipt: Mapped[Receipt] = relationship()
    gift: Mapped[Gift] = relationship()

    @property
    def amount(self) -> Money:
        """What of the gift the receipt certifies."""
        return Money(self.amount_minor)
