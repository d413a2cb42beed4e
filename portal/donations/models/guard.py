"""What the guard against card testing remembers, none of it for longer than it needs.

Addresses, devices and e-mail addresses stand here as keyed fingerprints only. Everything is in the
database, so that all web processes see the same and a restart forgets nothing.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.codes import Language
from portal.core.db import Base, Key, codes


class Proof(StrEnum):
    """What was asked of a giver before the payment page opened, and was given."""

    NONE = "none"
    WORK = "work"
    MAIL = "mail"


class GivingAttempt(Base):
    """A form found good that wants a payment page. ``subject`` names the form with its answers.

    ``passed_at``: when the way was free; None while a question stands open. ``reasons``: the signals
    that made the guard ask. ``known``: a signed-in donor with settled gifts, never asked.
    """

    __tablename__ = "giving_attempt"
    __table_args__ = (
        sa.Index("ix_giving_attempt_address", "address", "created_at"),
        sa.Index("ix_giving_attempt_device", "device", "created_at"),
        sa.Index("ix_giving_attempt_email", "email", "created_at"),
    )

    id: Mapped[Key]
    created_at: Mapped[dt.datetime] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(unique=True)
    address: Mapped[str]
    device: Mapped[str | None]
    email: Mapped[str]
    known: Mapped[bool] = mapped_column(default=False)
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    proof: Mapped[Proof] = mapped_column(codes(Proof), default=Proof.NONE)
    passed_at: Mapped[dt.datetime | None]
    gift_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("gift.id", ondelete="SET NULL"), index=True
    )
    plan_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("plan.id", ondelete="SET NULL"), index=True
    )


class PaymentDecline(Base):
    """A card that was declined on a payment page, once for each message that told it."""

    __tablename__ = "payment_decline"

    event_id: Mapped[str] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(
        sa.ForeignKey("giving_attempt.id", ondelete="CASCADE"), index=True
    )
    session_id: Mapped[str] = mapped_column(default="")
    declined_at: Mapped[dt.datetime] = mapped_column(index=True)


class SpentProof(Base):
    """A proof of work that was accepted: it is not accepted again."""

    __tablename__ = "spent_proof"

    challenge: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[dt.datetime] = mapped_column(index=True)


class HeldForm(Base):
    """What somebody typed, kept while they answer the guard's question; for a day at most.

    ``token_hash``: the secret stands in the page's address and in the mail, never here. ``mailed_at``:
    a link was sent to the giver's e-mail address; who opens it has answered.
    """

    __tablename__ = "held_form"

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(unique=True)
    attempt_id: Mapped[int] = mapped_column(
        sa.ForeignKey("giving_attempt.id", ondelete="CASCADE"), index=True
    )
    form: Mapped[str]
    answers: Mapped[dict[str, Any]]
    language: Mapped[Language] = mapped_column(codes(Language))
    email: Mapped[str]
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime] = mapped_column(index=True)
    mailed_at: Mapped[dt.datetime | None]

    attempt: Mapped[GivingAttempt] = relationship()


class GuardOrder(Base):
    """A person of the head office had every stranger asked until an instant; the last one counts."""

    __tablename__ = "guard_order"

    id: Mapped[Key]
    given_at: Mapped[dt.datetime]
    always_until: Mapped[dt.datetime]
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
