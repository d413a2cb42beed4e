"""Gifts, monthly plans, and what Stripe told about them."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.codes import Language
from portal.accounts.models import Donor
from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.core.money import Money
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.rules.gift import GiftState
from portal.programmes.codes import Programme


class Origin(StrEnum):
    """How the gift came into the portal."""

    ONLINE = "online"
    PLAN = "plan"
    IMPORT = "import"


class PlanState(StrEnum):
    """Where a plan (a monthly commitment) stands."""

    PENDING = "pending"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    ENDED = "ended"
    ABANDONED = "abandoned"


class Plan(Base):
    """A commitment to give every month; Stripe collects, the amount and history are ours.

    ``cancels_on``: the day it will stop when that was decided at the provider. ``form_token`` makes
    a form that is sent twice one plan. ``typed`` keeps what was typed until the plan is paid or
    abandoned, so that nothing need be typed again. ``attempted_at`` dates the last checkout.
    """

    __tablename__ = "plan"
    __table_args__ = (
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint(
            "(purpose = 'programme') = (programme is not null)", name="programme_purpose"
        ),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    donor_id: Mapped[int] = mapped_column(sa.ForeignKey("donor.id"), index=True)
    purpose: Mapped[PurposeKind] = mapped_column(
        codes(PurposeKind), default=PurposeKind.SPONSORSHIP, server_default="sponsorship"
    )
    programme: Mapped[Programme | None] = mapped_column(codes(Programme))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(default="EUR")
    language: Mapped[Language] = mapped_column(codes(Language), default=Language.FR)
    state: Mapped[PlanState] = mapped_column(codes(PlanState), default=PlanState.PENDING)
    attempt: Mapped[int] = mapped_column(default=1)
    started_on: Mapped[dt.date | None]
    ended_on: Mapped[dt.date | None]
    next_debit_on: Mapped[dt.date | None]
    cancels_on: Mapped[dt.date | None]
    stop_reason: Mapped[str] = mapped_column(default="", server_default="")
    form_token: Mapped[str | None] = mapped_column(unique=True)
    attempted_at: Mapped[dt.datetime | None]
    typed: Mapped[dict[str, Any] | None]
    stripe_session_id: Mapped[str | None] = mapped_column(unique=True)
    stripe_subscription_id: Mapped[str | None] = mapped_column(unique=True)

    donor: Mapped[Donor] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Gift(Base):
    """One sum given. ``tax_on`` is the day that decides the tax year (BOI-IR-RICI-250-20).

    ``form_token``, ``typed`` and ``attempted_at`` are as on a plan.
    """

    __tablename__ = "gift"
    __table_args__ = (
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint("fee_minor >= 0", name="fee"),
        sa.CheckConstraint("refunded_minor between 0 and amount_minor", name="refunded"),
        sa.CheckConstraint(
            "(purpose = 'programme') = (programme is not null)", name="programme_purpose"
        ),
        sa.CheckConstraint(
            "state not in ('settled','partially_refunded','refunded','disputed')"
            " or (tax_on is not null and mode is not null)",
            name="settled_has_a_tax_date",
        ),
        sa.Index("ix_gift_donor_tax", "donor_id", "tax_on"),
        sa.Index("ix_gift_state", "state"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    ref: Mapped[str] = mapped_column(unique=True)
    donor_id: Mapped[int] = mapped_column(sa.ForeignKey("donor.id"))
    plan_id: Mapped[int | None] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    origin: Mapped[Origin] = mapped_column(codes(Origin))
    state: Mapped[GiftState] = mapped_column(codes(GiftState), default=GiftState.PENDING)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(default="EUR")
    fee_minor: Mapped[int] = mapped_column(default=0)
    refunded_minor: Mapped[int] = mapped_column(default=0)
    mode: Mapped[GiftMode | None] = mapped_column(codes(GiftMode))
    purpose: Mapped[PurposeKind] = mapped_column(codes(PurposeKind))
    programme: Mapped[Programme | None] = mapped_column(codes(Programme))
    language: Mapped[Language] = mapped_column(codes(Language), default=Language.FR)
    received_on: Mapped[dt.date | None]
    tax_on: Mapped[dt.date | None]
    settled_at: Mapped[dt.datetime | None]
    cheque_number: Mapped[str] = mapped_column(default="")
    deposit_ref: Mapped[str] = mapped_column(default="")
    attempt: Mapped[int] = mapped_column(default=1)
    form_token: Mapped[str | None] = mapped_column(unique=True)
    attempted_at: Mapped[dt.datetime | None]
    typed: Mapped[dict[str, Any] | None]
    stripe_session_id: Mapped[str | None] = mapped_column(unique=True)
    stripe_payment_intent_id: Mapped[str | None] = mapped_column(unique=True)
    stripe_charge_id: Mapped[str | None] = mapped_column(unique=True)
    stripe_balance_transaction_id: Mapped[str | None]
    stripe_invoice_id: Mapped[str | None] = mapped_column(unique=True)

    donor: Mapped[Donor] = relationship()
    plan: Mapped[Plan | None] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, self.currency)

    @property
    def refunded(self) -> Money:
        return Money(self.refunded_minor, self.currency)

    @property
    def kept(self) -> Money:
        """What remains of it after refunds."""
        return Money(self.amount_minor - self.refunded_minor, self.currency)


class Refund(Base):
    """Money that went back; a fact, unique on Stripe's id."""

    __tablename__ = "refund"
    __table_args__ = (sa.CheckConstraint("amount_minor > 0", name="amount"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    gift_id: Mapped[int] = mapped_column(sa.ForeignKey("gift.id"), index=True)
    stripe_refund_id: Mapped[str | None] = mapped_column(unique=True)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(default="EUR")
    state: Mapped[str]
    refunded_on: Mapped[dt.date]
    reason: Mapped[str] = mapped_column(default="")
    requested_at: Mapped[dt.datetime | None]
    form_token: Mapped[str | None] = mapped_column(unique=True)

    gift: Mapped[Gift] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class StripeCustomer(Base):
    """Which of Stripe's customers a donor is."""

    __tablename__ = "stripe_customer"

    id: Mapped[Key]
    donor_id: Mapped[int] = mapped_column(sa.ForeignKey("donor.id"), index=True)
    stripe_customer_id: Mapped[str] = mapped_column(unique=True)


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
