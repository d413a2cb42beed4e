"""Newsletters: an issue, its stories, its figures, and to whom it went."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.codes import Language
from portal.accounts.models import Donor
from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.core.documents import Document
from portal.core.mail.models import OutboxMail
from portal.programmes.models import Child, Photo


class IssueState(StrEnum):
    """A draft may be edited; what was sent never is."""

    DRAFT = "draft"
    SENDING = "sending"
    SENT = "sent"


class Issue(Base):
    """One newsletter in one language. ``snapshot`` holds what it said, figures included, when sent."""

    __tablename__ = "newsletter_issue"
    __table_args__ = (
        sa.CheckConstraint("(state = 'draft') = (sent_at is null)", name="sent_has_a_date"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    language: Mapped[Language] = mapped_column(codes(Language))
    title: Mapped[str]
    letter: Mapped[str] = mapped_column(default="")
    signed_by: Mapped[str] = mapped_column(default="")
    as_of: Mapped[dt.date]
    figures: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), default=list)
    state: Mapped[IssueState] = mapped_column(codes(IssueState), default=IssueState.DRAFT)
    sent_at: Mapped[dt.datetime | None]
    sent_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    snapshot: Mapped[dict[str, Any] | None]
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"))

    stories: Mapped[list[Story]] = relationship(order_by="Story.position")
    document: Mapped[Document | None] = relationship()


class Story(Base):
    """A story of an issue, with at most one photo.

    ``child`` is whom the text tells about, if it tells about one child. The consent of that child's
    family, and of the child's on the photo, is asked again whenever the story is shown.
    """

    __tablename__ = "newsletter_story"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    issue_id: Mapped[int] = mapped_column(sa.ForeignKey("newsletter_issue.id"), index=True)
    position: Mapped[int]
    title: Mapped[str]
    text: Mapped[str]
    photo_id: Mapped[int | None] = mapped_column(sa.ForeignKey("photo.id"))

    child_id: Mapped[int | None] = mapped_column(sa.ForeignKey("child.id"), index=True)

    photo: Mapped[Photo | None] = relationship()
    child: Mapped[Child | None] = relationship()


class Delivery(Base):
    """An issue goes to a donor once; it has gone when its mail (``mail_id``) is in the outbox."""

    __tablename__ = "newsletter_delivery"
    __table_args__ = (sa.UniqueConstraint("issue_id", "donor_id"),)

    id: Mapped[Key]
    issue_id: Mapped[int] = mapped_column(sa.ForeignKey("newsletter_issue.id"))
    donor_id: Mapped[int] = mapped_column(sa.ForeignKey("donor.id"), index=True)
    mail_id: Mapped[int | None] = mapped_column(sa.ForeignKey("outbox_mail.id"))
    delivered_at: Mapped[dt.datetime]

    issue: Mapped[Issue] = relationship()
    donor: Mapped[Donor] = relationship()
    mail: Mapped[OutboxMail | None] = relationship()


class Optout(Base):
    """A donor who wants no newsletter (CNIL: right to object, honoured at once)."""

    __tablename__ = "newsletter_optout"

    donor_id: Mapped[int] = mapped_column(
        sa.ForeignKey("donor.id"), primary_key=True, autoincrement=False
    )
    at: Mapped[CreatedAt]
