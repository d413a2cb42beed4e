"""How receipts reach the donor: what she prefers, each delivery, the letters of a batch."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Donor
from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.core.documents import Document
from portal.core.mail import OutboxMail
from portal.receipts.models.register import Receipt


class ReceiptTiming(StrEnum):
    """One receipt for the whole year, or one after each gift."""

    ANNUAL = "annual"
    EACH = "each"


class Channel(StrEnum):
    """How a receipt reaches the donor."""

    MAIL = "mail"
    POST = "post"
    ACCOUNT = "account"


class DeliveryState(StrEnum):
    """Where a delivery stands.

    ``waiting``: in a batch that is being printed. ``placed``: in the donor's account, where she
    looks herself. ``bounced``: the mail came back, the receipt goes by post.
    """

    WAITING = "waiting"
    SENT = "sent"
    BOUNCED = "bounced"
    PRINTED = "printed"
    PLACED = "placed"


class ReceiptPreference(Base):
    """What a donor chose; without a row it is one receipt a year, by mail.

    ``each_since``: the day from which each gift gets its own receipt.
    """

    __tablename__ = "receipt_preference"
    __table_args__ = (
        sa.CheckConstraint("(timing = 'each') = (each_since is not null)", name="each_has_a_day"),
    )

    donor_id: Mapped[int] = mapped_column(sa.ForeignKey("donor.id"), primary_key=True)
    timing: Mapped[ReceiptTiming] = mapped_column(
        codes(ReceiptTiming), default=ReceiptTiming.ANNUAL
    )
    channel: Mapped[Channel] = mapped_column(codes(Channel), default=Channel.MAIL)
    each_since: Mapped[dt.date | None]
    changed_at: Mapped[dt.datetime]

    donor: Mapped[Donor] = relationship()


class BatchState(StrEnum):
    """Whether a batch of letters can be taken to the printer."""

    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"


class PostBatch(Base):
    """Receipts printed together, to be posted: one PDF. ``prints`` counts how often it was taken,
    ``moved_at`` is when the printing was last seen to get on."""

    __tablename__ = "receipt_post_batch"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    year: Mapped[int] = mapped_column(index=True)
    state: Mapped[BatchState] = mapped_column(codes(BatchState), default=BatchState.PRINTING)
    asked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    both_sides: Mapped[bool] = mapped_column(default=False)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int] = mapped_column(default=0)
    prints: Mapped[int] = mapped_column(default=0)
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"))
    moved_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
    form_token: Mapped[str] = mapped_column(unique=True)

    document: Mapped[Document | None] = relationship()


class SendingState(StrEnum):
    """How far the sending of a year's receipts is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Sending(Base):
    """The receipts of a year that go by mail or stay in the account, sent when somebody asks for it.

    One at a time a year. ``done`` of ``total`` are written; ``moved_at`` is when the work was last
    seen to get on, ``attempts`` how often it failed since, ``problem`` why.
    """

    __tablename__ = "receipt_sending"
    __table_args__ = (
        sa.Index(
            "uq_receipt_sending_open",
            "year",
            unique=True,
            postgresql_where=sa.text("state = 'running'"),
        ),
    )

    id: Mapped[Key]
    created_at: Mapped[CreatedAt]
    year: Mapped[int] = mapped_column(index=True)
    state: Mapped[SendingState] = mapped_column(codes(SendingState), default=SendingState.RUNNING)
    asked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    moved_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
    problem: Mapped[str] = mapped_column(default="")


class ReceiptDelivery(Base):
    """A receipt on its way by one channel: once. ``position`` and ``pages`` are those of a letter
    in its batch, ``sending_id`` says with which sending it went, ``opened_at`` when the donor first
    took the paper."""

    __tablename__ = "receipt_delivery"
    __table_args__ = (
        sa.UniqueConstraint("receipt_id", "channel"),
        sa.CheckConstraint("(channel = 'post') = (batch_id is not null)", name="post_has_a_batch"),
        sa.CheckConstraint(
            "state in (case channel when 'mail' then 'sent' when 'account' then 'placed'"
            " else 'printed' end, case channel when 'mail' then 'bounced' when 'account'"
            " then 'placed' else 'waiting' end)",
            name="state_fits_the_channel",
        ),
    )

    id: Mapped[Key]
    receipt_id: Mapped[int] = mapped_column(sa.ForeignKey("receipt.id"))
    channel: Mapped[Channel] = mapped_column(codes(Channel))
    state: Mapped[DeliveryState] = mapped_column(codes(DeliveryState))
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    mail_id: Mapped[int | None] = mapped_column(sa.ForeignKey("outbox_mail.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("receipt_post_batch.id"), index=True)
    sending_id: Mapped[int | None] = mapped_column(sa.ForeignKey("receipt_sending.id"), index=True)
    position: Mapped[int | None]
    pages: Mapped[int | None]
    bounced_at: Mapped[dt.datetime | None]
    reason: Mapped[str] = mapped_column(default="", server_default="")
    opened_at: Mapped[dt.datetime | None]

    receipt: Mapped[Receipt] = relationship()
    mail: Mapped[OutboxMail | None] = relationship()


class ReceiptLink(Base):
    """A link in a mail that shows one receipt without a password, for a while; its hash is kept.

    ``email`` is the address it was sent to: should the donor have another one by then, the link
    is worth nothing.
    """

    __tablename__ = "receipt_link"

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(unique=True)
    receipt_id: Mapped[int] = mapped_column(sa.ForeignKey("receipt.id"), index=True)
    email: Mapped[str]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[dt.datetime]

    receipt: Mapped[Receipt] = relationship()
