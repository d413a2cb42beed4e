"""The journal: entries that balance, numbered without gaps, immutable once validated."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, CreatedAt, Key
from portal.core.money import Money


class JournalCounter(Base):
    """The last entry number of a journal in a financial year."""

    __tablename__ = "journal_counter"

    journal: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(server_default="0")


class Entry(Base):
    """One journal entry; ``source`` names the fact it books, so that it is booked once.

    ``gift_id`` is the gift the fact is about, empty for what concerns no single gift. ``fact_on``
    is the day the fact would have been booked on, when that day's period was closed
    (docs/rules/closing.md); empty otherwise.
    """

    __tablename__ = "entry"
    __table_args__ = (
        sa.UniqueConstraint("journal", "year", "sequence"),
        sa.CheckConstraint("extract(year from date) = year", name="year"),
        sa.CheckConstraint("fact_on < date", name="late"),
    )

    id: Mapped[Key]
    created_at: Mapped[CreatedAt]
    journal: Mapped[str]
    year: Mapped[int] = mapped_column(index=True)
    sequence: Mapped[int]
    number: Mapped[str]
    date: Mapped[dt.date]
    fact_on: Mapped[dt.date | None]
    piece_ref: Mapped[str]
    piece_date: Mapped[dt.date]
    label: Mapped[str]
    validated_on: Mapped[dt.date]
    source: Mapped[str] = mapped_column(unique=True)
    gift_id: Mapped[int | None] = mapped_column(sa.ForeignKey("gift.id"), index=True)

    lines: Mapped[list[EntryLine]] = relationship(order_by="EntryLine.position")


class EntryLine(Base):
    """A debit or a credit, in cents of euro. ``tag`` carries the fund for restricted money.

    ``foreign_minor`` is the sum in the currency it was paid in, when that was not the euro.
    """

    __tablename__ = "entry_line"
    __table_args__ = (
        sa.CheckConstraint("debit_minor >= 0 and credit_minor >= 0", name="not_negative"),
        sa.CheckConstraint("(debit_minor = 0) <> (credit_minor = 0)", name="one_side"),
        sa.CheckConstraint(
            "(foreign_minor is null) = (foreign_currency is null)", name="foreign_has_a_currency"
        ),
        sa.Index("ix_entry_line_account", "account"),
    )

    id: Mapped[Key]
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id"), index=True)
    position: Mapped[int]
    account: Mapped[str]
    aux: Mapped[str] = mapped_column(default="")
    debit_minor: Mapped[int] = mapped_column(default=0)
    credit_minor: Mapped[int] = mapped_column(default=0)
    tag: Mapped[str] = mapped_column(default="")
    foreign_minor: Mapped[int | None]
    foreign_currency: Mapped[str | None]

    @property
    def foreign(self) -> Money | None:
        """The sum in the currency it was paid in."""
        if self.foreign_minor is None or self.foreign_currency is None:
            return None
        return Money(self.foreign_minor, self.foreign_currency)
