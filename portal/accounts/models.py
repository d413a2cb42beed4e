"""People and organisations, and the accounts with which some of them sign in."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.codes import DonorKind, Language
from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.core.roles import Role

WEB_REF = sa.Sequence("donor_web_ref", metadata=Base.metadata)
ROLES = ", ".join(f"'{role}'" for role in Role)


class Donor(Base):
    """A person or company that gives; known by ``ref``, whether or not they ever sign in.

    A double that was joined to another record stays, with ``merged_into_id``: papers and entries
    keep the donor they were issued to.
    """

    __tablename__ = "donor"
    __table_args__ = (
        sa.CheckConstraint(
            "merged_into_id <> id and (merged_into_id is null) = (merged_at is null)",
            name="merged_into_another",
        ),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$' or country = ''", name="country"),
        sa.Index("ix_donor_email", sa.text("lower(email)")),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    ref: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[DonorKind] = mapped_column(codes(DonorKind))
    title: Mapped[str] = mapped_column(default="")
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str] = mapped_column(default="")
    company_name: Mapped[str] = mapped_column(default="")
    legal_form: Mapped[str] = mapped_column(default="")
    siren: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    address1: Mapped[str] = mapped_column(default="")
    address2: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="FR")
    language: Mapped[Language] = mapped_column(codes(Language), default=Language.FR)
    phone: Mapped[str] = mapped_column(default="")
    since: Mapped[dt.date | None]
    note: Mapped[str] = mapped_column(default="")
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("donor.id"), index=True)
    merged_at: Mapped[dt.datetime | None]

    @property
    def name(self) -> str:
        """How the house calls them: the company, or first and last name."""
        if self.kind is DonorKind.COMPANY:
            return self.company_name or self.ref
        return f"{self.first_name} {self.last_name}".strip() or self.ref


class DonorsKeptApart(Base):
    """Two records that look alike and are two people: never proposed to be joined again."""

    __tablename__ = "donors_kept_apart"
    __table_args__ = (sa.CheckConstraint("first_id < second_id", name="in_order"),)

    first_id: Mapped[int] = mapped_column(sa.ForeignKey("donor.id"), primary_key=True)
    second_id: Mapped[int] = mapped_column(sa.ForeignKey("donor.id"), primary_key=True)
    at: Mapped[dt.datetime]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))


class Account(Base):
    """Somebody who can sign in: a sponsor (``donor``), a person of the head office (``roles``)."""

    __tablename__ = "account"
    __table_args__ = (
        sa.CheckConstraint(f"roles <@ array[{ROLES}]::text[]", name="roles"),
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    email: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[dt.datetime | None]
    disabled_at: Mapped[dt.datetime | None]
    language: Mapped[Language] = mapped_column(codes(Language), default=Language.FR)
    roles: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), default=list)
    totp_secret: Mapped[str] = mapped_column(default="")
    totp_last_step: Mapped[int] = mapped_column(default=0)
    donor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("donor.id"), unique=True)

    donor: Mapped[Donor | None] = relationship()


class AccountSession(Base):
    """A browser that is signed in. Only the hash of its secret is kept; deleting it signs out."""

    __tablename__ = "account_session"

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(
        sa.ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[dt.datetime]
    authenticated_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    browser: Mapped[str] = mapped_column(default="")

    account: Mapped[Account] = relationship()


class TokenPurpose(StrEnum):
    """What a link sent by mail may do."""

    CONFIRM_ADDRESS = "confirm_address"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose
    CLAIM_DONOR = "claim_donor"


class AccountToken(Base):
    """A link sent by mail: works once, until it expires; only its hash is kept.

    ``email`` is the address it was sent to: should the account or donor have another one by
    then, the link is worth nothing.
    """

    __tablename__ = "account_token"

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[TokenPurpose] = mapped_column(codes(TokenPurpose))
    account_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    donor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("donor.id"), index=True)
    email: Mapped[str] = mapped_column(default="")
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class AccountRecoveryCode(Base):
    """One of the codes that stand in for a lost phone: works once; only its hash is kept."""

    __tablename__ = "account_recovery_code"
    __table_args__ = (sa.UniqueConstraint("account_id", "code_hash"),)

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    code_hash: Mapped[str]
    used_at: Mapped[dt.datetime | None]
