"""The outbox."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.core.documents import Document


class MailState(StrEnum):
    """Where a letter of the outbox is. ``bounced``: it came back, its address does not work."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"


class OutboxMail(Base):
    """One letter to one address. ``key`` names the occasion, so that it is written once.

    ``attachment``: a paper that travels with it.
    """

    __tablename__ = "outbox_mail"
    __table_args__ = (sa.Index("ix_outbox_mail_recipient", "recipient"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[CreatedAt]
    recipient: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    headers: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    state: Mapped[MailState] = mapped_column(codes(MailState), default=MailState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[dt.datetime | None]
    error: Mapped[str] = mapped_column(default="")
    bounced_at: Mapped[dt.datetime | None]
    attachment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"))

    attachment: Mapped[Document | None] = relationship()


class MailBounce(Base):
    """An address whose mail comes back: since when, and what the mail servers say of it."""

    __tablename__ = "mail_bounce"
    __table_args__ = (sa.CheckConstraint("address = lower(address)", name="address_lower"),)

    address: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[dt.datetime]
    last_at: Mapped[dt.datetime]
    reason: Mapped[str] = mapped_column(default="", server_default="")
