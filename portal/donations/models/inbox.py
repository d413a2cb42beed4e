"""What the payment provider told: each of its messages once."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, CreatedAt, codes


class EventState(StrEnum):
    """What became of a message of Stripe's."""

    WAITING = "waiting"
    DONE = "done"
    IGNORED = "ignored"
    FAILED = "failed"


class WebhookEvent(Base):
    """The inbox: each verified message once, by Stripe's own id."""

    __tablename__ = "webhook_event"
    __table_args__ = (
        sa.Index("ix_webhook_event_object_id", "object_id"),
        sa.Index(
            "ix_webhook_event_open",
            "state",
            "received_at",
            postgresql_where=sa.text("state in ('waiting','failed')"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[str]
    api_version: Mapped[str] = mapped_column(default="")
    livemode: Mapped[bool]
    created_at: Mapped[dt.datetime]
    received_at: Mapped[CreatedAt]
    body: Mapped[dict[str, Any]]
    state: Mapped[EventState] = mapped_column(codes(EventState), default=EventState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
