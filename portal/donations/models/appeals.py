"""Appeals by letter: a slip for each donor, whose reference says who gives and for what."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.core.documents import Document
from portal.donations.codes import PurposeKind
from portal.donations.models.gifts import Gift
from portal.programmes.codes import Programme


class AppealState(StrEnum):
    """Where the slips of an appeal stand."""

    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"


class Appeal(Base):
    """An appeal: ``code`` stands in the reference of each slip, before the donor's.

    ``given_since``: slips are made for who gave since that day. ``amount_minor`` is proposed in the QR
    code; without it the donor's bank asks for the sum.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        sa.CheckConstraint("code ~ '^[A-Z][A-Z0-9]{1,7}$'", name="code"),
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint(
            "(purpose = 'programme') = (programme is not null)", name="programme_purpose"
        ),
        sa.CheckConstraint("(state = 'printed') = (document_id is not null)", name="printed"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    message: Mapped[str] = mapped_column(default="")
    purpose: Mapped[PurposeKind] = mapped_column(codes(PurposeKind))
    programme: Mapped[Programme | None] = mapped_column(codes(Programme))
    amount_minor: Mapped[int | None]
    given_since: Mapped[dt.date]
    slips: Mapped[int] = mapped_column(default=0)
    state: Mapped[AppealState] = mapped_column(codes(AppealState), default=AppealState.PRINTING)
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"))
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    form_token: Mapped[str] = mapped_column(unique=True)

    document: Mapped[Document | None] = relationship()


class AppealGift(Base):
    """A gift an appeal brought."""

    __tablename__ = "appeal_gift"

    gift_id: Mapped[int] = mapped_column(sa.ForeignKey("gift.id"), primary_key=True)
    appeal_id: Mapped[int] = mapped_column(sa.ForeignKey("appeal.id"), index=True)

    gift: Mapped[Gift] = relationship()
    appeal: Mapped[Appeal] = relationship()
