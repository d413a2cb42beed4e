"""Statements of the bank, line by line; what each line is; what was learned from those decisions.

Names and texts on lines are personal data of whoever paid. Their IBANs are not kept here: only a keyed
fingerprint that finds the same account again, and the last four figures people compare. The file itself
is a voucher of the books and kept as it came (docs/rules/bank.md).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounting.rules.statements.lines import FileFormat
from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.core.documents import Document
from portal.core.money import Money


class BankAccount(Base):
    """An account of the association. ``iban`` is its IBAN, or the bank's number when a file says no more.

    ``plan`` says which column of its tables (CSV) is what. ``accepts_certain``: what is certain is matched
    without waiting for a person. ``ledger_code`` is its subdivision of 512 and ``ledger_label`` how the books
    word that (empty on 512100, which the chart words): kept once something is booked on it.
    """

    __tablename__ = "bank_account"
    __table_args__ = (sa.CheckConstraint("ledger_code ~ '^512[0-9]{3}$'", name="ledger_code"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    iban: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    currency: Mapped[str] = mapped_column(default="EUR")
    plan: Mapped[dict[str, Any] | None]
    accepts_certain: Mapped[bool] = mapped_column(default=True)
    ledger_code: Mapped[str] = mapped_column(unique=True)
    ledger_label: Mapped[str] = mapped_column(default="", server_default="")

    @property
    def last4(self) -> str:
        return self.iban[-4:]

    @property
    def shown(self) -> str:
        """How people call it."""
        return f"{self.name} ···· {self.last4}" if self.name else f"···· {self.last4}"


class BankFile(Base):
    """A file of statements as it was handed in; the same bytes are taken once."""

    __tablename__ = "bank_file"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"))
    sha256: Mapped[str] = mapped_column(unique=True)
    format: Mapped[FileFormat] = mapped_column(codes(FileFormat))
    imported_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    lines_new: Mapped[int] = mapped_column(default=0)
    lines_known: Mapped[int] = mapped_column(default=0)

    document: Mapped[Document] = relationship()
    statements: Mapped[list[BankStatement]] = relationship(
        back_populates="file", order_by="BankStatement.id"
    )


class BankUpload(Base):
    """A file that was handed in and waits for a person to say that it shall be imported.

    ``report`` is what its dry run told, or why it cannot be taken.
    """

    __tablename__ = "bank_upload"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    name: Mapped[str]
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    account_iban: Mapped[str] = mapped_column(default="")
    plan: Mapped[dict[str, Any] | None]
    report: Mapped[dict[str, Any] | None]
    handed_in_by: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))


class BankStatement(Base):
    """One statement of one account, from a day to a day; a balance the bank did not tell is empty."""

    __tablename__ = "bank_statement"
    __table_args__ = (
        sa.CheckConstraint("opened_on <= closed_on", name="days"),
        sa.Index("ix_bank_statement_account", "account_id", "closed_on"),
    )

    id: Mapped[Key]
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("bank_file.id"), index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("bank_account.id"))
    number: Mapped[str] = mapped_column(default="")
    opened_on: Mapped[dt.date]
    closed_on: Mapped[dt.date]
    opening_minor: Mapped[int | None]
    closing_minor: Mapped[int | None]

    file: Mapped[BankFile] = relationship(back_populates="statements")
    account: Mapped[BankAccount] = relationship()

    @property
    def opening(self) -> Money | None:
        return None if self.opening_minor is None else Money(self.opening_minor)

    @property
    def closing(self) -> Money | None:
        return None if self.closing_minor is None else Money(self.closing_minor)


class BankLine(Base):
    """One movement the bank wrote on the account; below zero, money left. Never changed, never doubled.

    ``fingerprint`` names the movement (docs/rules/bank.md): the same one in another file is the same line.
    ``booked_on`` is the day of the account, which decides a gift's tax year.
    """

    __tablename__ = "bank_line"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "fingerprint"),
        sa.CheckConstraint("amount_minor <> 0", name="amount"),
        sa.Index("ix_bank_line_account_day", "account_id", "booked_on"),
        sa.Index("ix_bank_line_iban_fingerprint", "iban_fingerprint"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("bank_account.id"))
    statement_id: Mapped[int] = mapped_column(sa.ForeignKey("bank_statement.id"), index=True)
    fingerprint: Mapped[str]
    place: Mapped[int] = mapped_column(default=0)
    booked_on: Mapped[dt.date]
    value_on: Mapped[dt.date | None]
    amount_minor: Mapped[int]
    counterparty: Mapped[str] = mapped_column(default="")
    iban_fingerprint: Mapped[str | None]
    iban_last4: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    structured: Mapped[str] = mapped_column(default="")
    mandate: Mapped[str] = mapped_column(default="")
    bank_code: Mapped[str] = mapped_column(default="")
    bank_ref: Mapped[str] = mapped_column(default="")
    reversal: Mapped[bool] = mapped_column(default=False)

    account: Mapped[BankAccount] = relationship()
    statement: Mapped[BankStatement] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor)

    @property
    def ref(self) -> str:
        """Its name in the books and in the office."""
        return f"RLV-{self.id:06}"
