"""What was declared to the tax office of a year's gifts, frozen as it was filed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Account
from portal.core.db import Base, CreatedAt, Key, PublicId
from portal.core.documents import Document
from portal.core.money import Money


class GiftDeclaration(Base):
    """One filing (CGI art. 222 bis); a later one of the same year corrects it, none is ever changed.

    ``by_article``: of each legal basis the receipts and their sum in cents. ``document`` is the list
    behind the figures, as it was on that day. ``reference`` is the tax office's acknowledgement.
    """

    __tablename__ = "gift_declaration"
    __table_args__ = (
        sa.CheckConstraint("receipts > 0", name="receipts"),
        sa.CheckConstraint("amount_minor > 0", name="amount"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    year: Mapped[int] = mapped_column(index=True)
    receipts: Mapped[int]
    amount_minor: Mapped[int]
    by_article: Mapped[list[Any]]
    filed_on: Mapped[dt.date]
    filed_by: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    reference: Mapped[str]
    form_token: Mapped[str] = mapped_column(unique=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"))

    document: Mapped[Document] = relationship()
    filer: Mapped[Account] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor)
