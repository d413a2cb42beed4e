"""Gifts, refunds, plans: what was given, what went back, what is promised."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
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

MONEY_MOVED = (
    "gift.refunded_minor <> 0 or gift.currency <> 'EUR'"
    " or gift.state not in ('settled', 'partially_refunded')"
)
"""Gifts of which another sum than was given may be kept; in the very words of their index."""


class Origin(StrEnum):
    """How the gift came into the portal.

    ``office``: entered by the head office (cheque, cash, in kind). ``statement``: a line of a bank
    statement. ``direct_debit``: collected by the association's own creditor id.
    """

    ONLINE = "online"
    PLAN = "plan"
    IMPORT = "import"
    OFFICE = "office"
    STATEMENT = "statement"
    DIRECT_DEBIT = "direct_debit"


class Collector(StrEnum):
    """Who takes a plan's debits: Stripe, or the association by its own creditor id."""

    STRIPE = "stripe"
    DIRECT_DEBIT = "direct_debit"


class PlanInterval(StrEnum):
    """How often a plan is debited."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Tribute(StrEnum):
    """A gift in memory of somebody who died, or in honour of somebody."""

    MEMORY = "memory"
    HONOUR = "honour"


class NoReceipt(StrEnum):
    """Why a gift that was received gets no tax receipt.

    ``counterpart``: something of value was given in return (BOI-IR-RICI-250-20, § 60 and after).
    """

    ANONYMOUS = "anonymous"
    NOT_WANTED = "not_wanted"
    COUNTERPART = "counterpart"


class PlanState(StrEnum):
    """Where a plan (a commitment to give regularly) stands."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    PAST_DUE = "past_due"
    ENDED = "ended"
    ABANDONED = "abandoned"


class Plan(Base):
    """A commitment to give every month, quarter or year; the amount and history are ours.

    ``amount`` is what one debit takes. ``paused_until``: the day debits begin again.
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
    interval: Mapped[PlanInterval] = mapped_column(
        codes(PlanInterval), default=PlanInterval.MONTH, server_default="month"
    )
    collector: Mapped[Collector] = mapped_column(
        codes(Collector), default=Collector.STRIPE, server_default="stripe"
    )
    language: Mapped[Language] = mapped_column(codes(Language), default=Language.FR)
    state: Mapped[PlanState] = mapped_column(codes(PlanState), default=PlanState.PENDING)
    attempt: Mapped[int] = mapped_column(default=1)
    started_on: Mapped[dt.date | None]
    ended_on: Mapped[dt.date | None]
    next_debit_on: Mapped[dt.date | None]
    cancels_on: Mapped[dt.date | None]
    paused_until: Mapped[dt.date | None]
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

    ``form_token``, ``typed`` and ``attempted_at`` are as on a plan. Of a gift in another currency
    ``euro_minor`` is what reached the balance in cents of euro, at ``exchange_rate`` (euros for one
    unit of its currency) told by ``rate_source``; None until it is known, and of a gift in euros.
    ``membership``: a membership fee; with ``no_receipt`` counterpart, one that bought something.
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
        sa.CheckConstraint(
            "(currency <> 'EUR' or euro_minor is null)"
            " and (euro_minor is null) = (exchange_rate is null)",
            name="euros_have_a_rate",
        ),
        sa.CheckConstraint("(tribute is null) = (tribute_name = '')", name="tribute_has_a_name"),
        sa.Index("ix_gift_donor_tax", "donor_id", "tax_on"),
        sa.Index("ix_gift_state", "state"),
        sa.Index("ix_gift_money_moved", "id", postgresql_where=sa.text(MONEY_MOVED)),
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
    euro_minor: Mapped[int | None]
    exchange_rate: Mapped[Decimal | None] = mapped_column(sa.Numeric(18, 9))
    rate_source: Mapped[str] = mapped_column(default="", server_default="")
    fee_minor: Mapped[int] = mapped_column(default=0)
    refunded_minor: Mapped[int] = mapped_column(default=0)
    mode: Mapped[GiftMode | None] = mapped_column(codes(GiftMode))
    purpose: Mapped[PurposeKind] = mapped_column(codes(PurposeKind))
    programme: Mapped[Programme | None] = mapped_column(codes(Programme))
    language: Mapped[Language] = mapped_column(codes(Language), default=Language.FR)
    received_on: Mapped[dt.date | None]
    tax_on: Mapped[dt.date | None]
    settled_at: Mapped[dt.datetime | None]
    tribute: Mapped[Tribute | None] = mapped_column(codes(Tribute))
    tribute_name: Mapped[str] = mapped_column(default="", server_default="")
    no_receipt: Mapped[NoReceipt | None] = mapped_column(codes(NoReceipt))
    membership: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
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
    def euros(self) -> Money | None:
        """What the gift is worth in the books and on receipts; None while that is not known."""
        if self.currency == "EUR":
            return self.amount
        return None if self.euro_minor is None else Money(self.euro_minor)

    @property
    def fee(self) -> Money:
        """What the provider kept, in euros: the currency of the balance it is taken from."""
        return Money(self.fee_minor)

    @property
    def refunded(self) -> Money:
        return Money(self.refunded_minor, self.currency)

    @property
    def kept(self) -> Money:
        """What remains of it after refunds and lost disputes."""
        return Money(self.amount_minor - self.refunded_minor, self.currency)

    @property
    def kept_euros(self) -> Money | None:
        """What remains of it in the books and on receipts, at the rate it came; None while unknown."""
        euros = self.euros
        if euros is None or not self.refunded_minor:
            return euros
        return euros - euros.share(Fraction(self.refunded_minor, self.amount_minor))


class Refund(Base):
    """Money that went back; a fact, unique on Stripe's id.

    ``euro_minor``: what left the balance for a gift in another currency, in cents of euro.
    ``failed_at``: the bank could not deliver it and the money is ours again, for
    ``failure_reason`` (Stripe's word); somebody sees to it until ``settled_at``.
    """

    __tablename__ = "refund"
    __table_args__ = (sa.CheckConstraint("amount_minor > 0", name="amount"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    gift_id: Mapped[int] = mapped_column(sa.ForeignKey("gift.id"), index=True)
    stripe_refund_id: Mapped[str | None] = mapped_column(unique=True)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(default="EUR")
    euro_minor: Mapped[int | None]
    state: Mapped[str]
    refunded_on: Mapped[dt.date]
    reason: Mapped[str] = mapped_column(default="")
    requested_at: Mapped[dt.datetime | None]
    form_token: Mapped[str | None] = mapped_column(unique=True)
    stripe_balance_transaction_id: Mapped[str | None]
    failure_reason: Mapped[str] = mapped_column(default="", server_default="")
    failed_at: Mapped[dt.datetime | None]
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))

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
