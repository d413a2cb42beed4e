"""What happens around papers once they are issued: duplicates, notices, differences left as they are."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, Key, codes
from portal.core.documents import Document
from portal.receipts.models.register import Receipt


class DuplicateKind(StrEnum):
    """The stored receipt itself once more, or the sheet DUPLICATA that goes before it."""

    COPY = "copy"
    SHEET = "sheet"


class ReceiptDuplicate(Base):
    """A receipt handed out again: when, by whom, to whom. No new receipt: nothing counts it.

    A sheet is a paper of its own (``document``); the receipt's bytes are never touched.
    """

    __tablename__ = "receipt_duplicate"
    __table_args__ = (
        sa.CheckConstraint("(kind = 'sheet') = (document_id is not null)", name="sheet_is_kept"),
    )

    id: Mapped[Key]
    receipt_id: Mapped[int] = mapped_column(sa.ForeignKey("receipt.id"), index=True)
    kind: Mapped[DuplicateKind] = mapped_column(codes(DuplicateKind))
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    recipient: Mapped[str]
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"))

    receipt: Mapped[Receipt] = relationship()
    document: Mapped[Document | None] = relationship()


class CancelNotice(Base):
    """The written notice due for a cancelled receipt: mailed, or to be posted (then ``posted_at``).

    ``document`` is the letter once it is printed; ``position`` and ``pages`` are its place in the
    batch of letters it went with.
    """

    __tablename__ = "receipt_cancel_notice"
    __table_args__ = (
        sa.CheckConstraint("mail_id is null or posted_at is null", name="mailed_or_posted"),
    )

    receipt_id: Mapped[int] = mapped_column(sa.ForeignKey("receipt.id"), primary_key=True)
    due_at: Mapped[dt.datetime]
    mail_id: Mapped[int | None] = mapped_column(sa.ForeignKey("outbox_mail.id"))
    posted_at: Mapped[dt.datetime | None]
    posted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("receipt_post_batch.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"))
    position: Mapped[int | None]
    pages: Mapped[int | None]

    receipt: Mapped[Receipt] = relationship()
    document: Mapped[Document | None] = relationship()


class DifferenceLeft(Base):
    """A person decided that a receipt may stand although the records say something else now.

    ``difference`` is the SHA-256 of what differed: should more differ later, the receipt comes up again.
    """

    __tablename__ = "receipt_difference_left"
    __table_args__ = (sa.UniqueConstraint("receipt_id", "difference"),)

    id: Mapped[Key]
    receipt_id: Mapped[int] = mapped_column(sa.ForeignKey("receipt.id"))
    difference: Mapped[str]
    reason: Mapped[str]
    at: Mapped[dt.datetime]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
