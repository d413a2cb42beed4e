"""Direct debits by our own creditor identifier: mandates, what is due, and each try to collect it.

A due date is not a try: an instalment may be tried again after it came back, and the database
admits one live try of an instalment, so nothing is collected twice.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Donor
from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.core.documents import Document
from portal.core.money import Money
from portal.donations.models.gifts import Gift, Plan, PlanState
from portal.donations.rules.direct_debit import NOTICE_DAYS, AttemptState, InstalmentState


class MandateState(StrEnum):
    """Where a mandate stands; one that is over is never used again."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    REPLACED = "replaced"


class Mandate(Base):
    """A donor's written leave to debit an account, kept for as long as a debit may be questioned.

    Another account is another mandate, which names the one it replaces: none is ever overwritten.
    The IBAN is sealed; ``iban_fingerprint`` finds it again, ``iban_last4`` is what people see.
    ``notice_days``: how long before a debit the donor is told, as the mandate says.
    """

    __tablename__ = "mandate"
    __table_args__ = (
        sa.UniqueConstraint("creditor_id", "rum"),
        sa.CheckConstraint("length(rum) between 1 and 35", name="rum"),
        sa.CheckConstraint("notice_days between 1 and 30", name="notice"),
        sa.CheckConstraint(
            "(state in ('revoked','replaced')) = (ended_on is not null)", name="ended_has_a_date"
        ),
        sa.Index(
            "uq_mandate_live_plan",
            "plan_id",
            unique=True,
            postgresql_where=sa.text("state in ('active','suspended')"),
        ),
        sa.Index("ix_mandate_iban_fingerprint", "iban_fingerprint"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    donor_id: Mapped[int] = mapped_column(sa.ForeignKey("donor.id"), index=True)
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    creditor_id: Mapped[str]
    rum: Mapped[str]
    holder: Mapped[str]
    iban_sealed: Mapped[str]
    iban_fingerprint: Mapped[str]
    iban_last4: Mapped[str]
    bic: Mapped[str] = mapped_column(default="")
    signed_on: Mapped[dt.date]
    notice_days: Mapped[int] = mapped_column(default=NOTICE_DAYS)
    first_due_on: Mapped[dt.date]
    last_collected_on: Mapped[dt.date | None]
    state: Mapped[MandateState] = mapped_column(codes(MandateState), default=MandateState.ACTIVE)
    ended_on: Mapped[dt.date | None]
    end_reason: Mapped[str] = mapped_column(default="")
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("mandate.id"), unique=True)
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("document.id"))
    form_token: Mapped[str | None] = mapped_column(unique=True)

    donor: Mapped[Donor] = relationship()
    plan: Mapped[Plan] = relationship()
    document: Mapped[Document | None] = relationship()


class Instalment(Base):
    """One due date of a plan. ``announced_on``: the day the donor was told of it."""

    __tablename__ = "instalment"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "due_on"),
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint("(state = 'collected') <= (gift_id is not null)", name="collected"),
        sa.Index("ix_instalment_state", "state", "due_on"),
    )

    id: Mapped[Key]
    created_at: Mapped[CreatedAt]
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"))
    due_on: Mapped[dt.date]
    amount_minor: Mapped[int]
    announced_on: Mapped[dt.date | None]
    announced_for: Mapped[dt.date | None]
    state: Mapped[InstalmentState] = mapped_column(
        codes(InstalmentState), default=InstalmentState.PLANNED
    )
    gift_id: Mapped[int | None] = mapped_column(sa.ForeignKey("gift.id"), unique=True)

    plan: Mapped[Plan] = relationship()
    gift: Mapped[Gift | None] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor)


class CollectionState(StrEnum):
    """Where a file for the bank stands."""

    MADE = "made"
    SENT = "sent"
    CREDITED = "credited"
    WITHDRAWN = "withdrawn"


class Collection(Base):
    """One file of debits for one day, stored as it went to the bank."""

    __tablename__ = "collection"
    __table_args__ = (
        sa.CheckConstraint("total_minor > 0 and debits > 0", name="not_empty"),
        sa.CheckConstraint(
            "(state = 'credited') = (credited_on is not null)", name="credited_has_a_date"
        ),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    message_id: Mapped[str] = mapped_column(unique=True)
    collect_on: Mapped[dt.date]
    total_minor: Mapped[int]
    debits: Mapped[int]
    state: Mapped[CollectionState] = mapped_column(
        codes(CollectionState), default=CollectionState.MADE
    )
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    sent_at: Mapped[dt.datetime | None]
    credited_on: Mapped[dt.date | None]
    statement_line_ref: Mapped[str] = mapped_column(default="")
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"))
    form_token: Mapped[str] = mapped_column(unique=True)

    document: Mapped[Document] = relationship()
    attempts: Mapped[list[CollectionAttempt]] = relationship(
        order_by="CollectionAttempt.id", back_populates="collection"
    )

    @property
    def total(self) -> Money:
        return Money(self.total_minor)


class CollectionAttempt(Base):
    """One try to collect an instalment; ``end_to_end`` is its name at every bank.

    ``plan_was``: the plan's state before its credit began or recovered it; None when it did neither.
    """

    __tablename__ = "collection_attempt"
    __table_args__ = (
        sa.Index(
            "uq_collection_attempt_live",
            "instalment_id",
            unique=True,
            postgresql_where=sa.text("state in ('in_file','credited')"),
        ),
        sa.CheckConstraint("length(end_to_end) between 1 and 35", name="end_to_end"),
    )

    id: Mapped[Key]
    collection_id: Mapped[int] = mapped_column(sa.ForeignKey("collection.id"), index=True)
    instalment_id: Mapped[int] = mapped_column(sa.ForeignKey("instalment.id"), index=True)
    mandate_id: Mapped[int] = mapped_column(sa.ForeignKey("mandate.id"), index=True)
    end_to_end: Mapped[str] = mapped_column(unique=True)
    sequence: Mapped[str]
    amount_minor: Mapped[int]
    gift_id: Mapped[int | None] = mapped_column(sa.ForeignKey("gift.id"), unique=True)
    state: Mapped[AttemptState] = mapped_column(codes(AttemptState), default=AttemptState.IN_FILE)
    reason: Mapped[str] = mapped_column(default="")
    reason_text: Mapped[str] = mapped_column(default="")
    back_on: Mapped[dt.date | None]
    plan_was: Mapped[PlanState | None] = mapped_column(codes(PlanState))

    collection: Mapped[Collection] = relationship(back_populates="attempts")
    instalment: Mapped[Instalment] = relationship()
    mandate: Mapped[Mandate] = relationship()
    gift: Mapped[Gift | None] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor)


class BankStatus(Base):
    """A file in which the bank refuses or gives back debits; read once, kept as it came."""

    __tablename__ = "bank_status"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id"))
    sha256: Mapped[str] = mapped_column(unique=True)
    refused: Mapped[int]
    unknown: Mapped[list[str]] = mapped_column(sa.ARRAY(sa.Text), default=list)
    read_by: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))

    document: Mapped[Document] = relationship()
