"""What is known of a plan's means of payment, of debits that failed, and of who was told."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, Key, PublicId, codes
from portal.core.money import Money
from portal.donations.models.gifts import Plan
from portal.donations.rules.plan_ladder import NoticeKind


class PlanMethod(Base):
    """A card or IBAN of a plan, as far as it may be shown; ``until_at`` is None for the one in use.

    A new row for each change, so that a mandate never disappears behind the next one.
    ``mandate_reference`` is the RUM; ``mandate_status`` the provider's word.
    """

    __tablename__ = "plan_method"
    __table_args__ = (
        sa.Index(
            "uq_plan_method_in_use",
            "plan_id",
            unique=True,
            postgresql_where=sa.text("until_at is null"),
        ),
        sa.Index("ix_plan_method_method_id", "method_id"),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    method_id: Mapped[str]
    kind: Mapped[str]
    brand: Mapped[str] = mapped_column(default="")
    last4: Mapped[str] = mapped_column(default="")
    expires_on: Mapped[dt.date | None]
    mandate_id: Mapped[str] = mapped_column(default="")
    mandate_reference: Mapped[str] = mapped_column(default="")
    mandate_status: Mapped[str] = mapped_column(default="")
    gone: Mapped[bool] = mapped_column(default=False)
    since_at: Mapped[dt.datetime]
    until_at: Mapped[dt.datetime | None]

    plan: Mapped[Plan] = relationship()


class FailureState(StrEnum):
    """``dropped``: it is never asked for again."""

    OPEN = "open"
    PAID = "paid"
    DROPPED = "dropped"


class DebitFailure(Base):
    """A debit of a plan that was tried and did not come through, one an invoice.

    ``next_attempt_at`` is None when the provider will not try again by itself. ``pay_url`` is the
    provider's own page where the donor can pay or confirm it.
    """

    __tablename__ = "debit_failure"
    __table_args__ = (
        sa.CheckConstraint("attempts > 0", name="attempts"),
        sa.CheckConstraint("(state = 'open') = (settled_at is null)", name="settled"),
    )

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    invoice_id: Mapped[str] = mapped_column(unique=True)
    amount_minor: Mapped[int]
    currency: Mapped[str]
    due_on: Mapped[dt.date]
    attempts: Mapped[int]
    failed_at: Mapped[dt.datetime]
    next_attempt_at: Mapped[dt.datetime | None]
    needs_action: Mapped[bool] = mapped_column(default=False)
    failure_code: Mapped[str] = mapped_column(default="")
    pay_url: Mapped[str] = mapped_column(default="")
    state: Mapped[FailureState] = mapped_column(codes(FailureState), default=FailureState.OPEN)
    settled_at: Mapped[dt.datetime | None]

    plan: Mapped[Plan] = relationship()

    @property
    def amount(self) -> Money:
        """What was to be taken."""
        return Money(self.amount_minor, self.currency)


class PlanNotice(Base):
    """A mail about a plan, once for each occasion (``about``: an invoice, a month, a card)."""

    __tablename__ = "plan_notice"
    __table_args__ = (sa.UniqueConstraint("plan_id", "kind", "about"),)

    id: Mapped[Key]
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    kind: Mapped[NoticeKind] = mapped_column(codes(NoticeKind))
    about: Mapped[str]
    sent_at: Mapped[dt.datetime]


class CallReason(StrEnum):
    """Why somebody of the office should speak with a sponsor."""

    AT_RISK = "at_risk"
    DEBIT_RETURNED = "debit_returned"
    METHOD_GONE = "method_gone"
    ORDER_FAILED = "order_failed"
    TWO_SUBSCRIPTIONS = "two_subscriptions"


class PlanCall(Base):
    """A task for a person: call the sponsor before a sponsorship is at risk. One open at a time."""

    __tablename__ = "plan_call"
    __table_args__ = (
        sa.CheckConstraint("closed_at is not null or closed_by is null", name="closed"),
        sa.Index(
            "uq_plan_call_open",
            "plan_id",
            unique=True,
            postgresql_where=sa.text("closed_at is null"),
        ),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    reason: Mapped[CallReason] = mapped_column(codes(CallReason))
    opened_at: Mapped[dt.datetime]
    due_on: Mapped[dt.date]
    closed_at: Mapped[dt.datetime | None]
    closed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    note: Mapped[str] = mapped_column(default="")

    plan: Mapped[Plan] = relationship()
