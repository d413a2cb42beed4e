"""What keeps a receipt waiting: direct debits that may still be returned, details asked of the donor."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Key, codes


class Unsettled(StrEnum):
    """What to do with direct debits the donor's bank may still return."""

    ISSUE = "issue"
    WAIT = "wait"


class UnsettledRule(Base):
    """What the accountant decided about direct debits inside the eight weeks; the newest row rules.

    ``annual`` for the run of a year, ``single`` for receipts of one gift.
    """

    __tablename__ = "receipt_unsettled_rule"

    id: Mapped[Key]
    annual: Mapped[Unsettled] = mapped_column(codes(Unsettled))
    single: Mapped[Unsettled] = mapped_column(codes(Unsettled))
    set_at: Mapped[dt.datetime]
    set_by: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))


class ReleasedGift(Base):
    """A direct debit that goes on a receipt although it may still be returned; somebody said why."""

    __tablename__ = "receipt_released_gift"

    gift_id: Mapped[int] = mapped_column(sa.ForeignKey("gift.id"), primary_key=True)
    reason: Mapped[str]
    at: Mapped[dt.datetime]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))


class DetailsRequest(Base):
    """A mail that asked a donor to complete name and address; only the hash of its link is kept.

    The link works until it is used or expires, and only while the donor has the address of mail
    to which it was sent.
    """

    __tablename__ = "receipt_details_request"

    id: Mapped[Key]
    donor_id: Mapped[int] = mapped_column(sa.ForeignKey("donor.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    asked_at: Mapped[dt.datetime]
    asked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class PaymentConfirmation(Base):
    """The plain confirmation of a year's gifts mailed to a donor who can have no French receipt."""

    __tablename__ = "receipt_payment_confirmation"
    __table_args__ = (sa.UniqueConstraint("donor_id", "year"),)

    id: Mapped[Key]
    donor_id: Mapped[int] = mapped_column(sa.ForeignKey("donor.id"))
    year: Mapped[int]
    sent_at: Mapped[dt.datetime]
    sent_by: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    mail_id: Mapped[int | None] = mapped_column(sa.ForeignKey("outbox_mail.id"))
