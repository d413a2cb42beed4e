"""What the payment provider was asked to change: written down before it is asked.

The row is committed before the call and settled after it, so that a crash between both loses
nothing and does nothing twice. It is also the history a sponsor and the office are shown.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, Key, PublicId, codes
from portal.donations.models.gifts import Plan
from portal.donations.models.plan_links import PlanLink


class OrderKind(StrEnum):
    """What is asked. ``keep`` takes back a stop that is not in force yet.

    ``method_page`` opens the page for another card or IBAN, ``method`` uses what was given there;
    ``pay`` tries an open debit again now, ``forgive`` never asks for it again.
    """

    AMOUNT = "amount"
    NEXT_DEBIT = "next_debit"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    KEEP = "keep"
    METHOD_PAGE = "method_page"
    METHOD = "method"
    PAY = "pay"
    FORGIVE = "forgive"


class OrderState(StrEnum):
    """``asked``: not known to be done, it is asked again; ``refused``: it will not be done."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"


class OrderChannel(StrEnum):
    """Who wanted it: the sponsor signed in or by a mail's link, the office for them, the portal."""

    SPONSOR = "sponsor"
    LINK = "link"
    OFFICE = "office"
    PORTAL = "portal"


class ProviderOrder(Base):
    """One change asked of the payment provider.

    ``idempotency_key`` comes from this row; ``params_sha256`` is of ``params`` as they were first
    written: other parameters under the same key are never sent. ``before`` and ``after`` are what
    the act changes, in plain values. ``problem`` is a word for why it was refused or not yet done.
    """

    __tablename__ = "provider_order"
    __table_args__ = (
        sa.CheckConstraint("(state = 'asked') = (settled_at is null)", name="settled"),
        sa.CheckConstraint("attempts >= 0", name="attempts"),
        sa.Index("ix_provider_order_plan_id", "plan_id", "id"),
        sa.Index("ix_provider_order_open", "asked_at", postgresql_where=sa.text("state = 'asked'")),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"))
    kind: Mapped[OrderKind] = mapped_column(codes(OrderKind))
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    params: Mapped[dict[str, Any]]
    params_sha256: Mapped[str]
    state: Mapped[OrderState] = mapped_column(codes(OrderState), default=OrderState.ASKED)
    attempts: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[dt.datetime]
    tried_at: Mapped[dt.datetime | None]
    settled_at: Mapped[dt.datetime | None]
    channel: Mapped[OrderChannel] = mapped_column(codes(OrderChannel))
    asked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    link_id: Mapped[int | None] = mapped_column(sa.ForeignKey("plan_link.id"))
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answer_id: Mapped[str] = mapped_column(default="")
    problem: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")

    plan: Mapped[Plan] = relationship()
    link: Mapped[PlanLink | None] = relationship()

    @property
    def done(self) -> bool:
        """Whether the provider's own object says so."""
        return self.state is OrderState.DONE

    @property
    def waits(self) -> bool:
        """Whether it is kept and asked again by itself."""
        return self.state is OrderState.ASKED
