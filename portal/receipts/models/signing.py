"""The register under signature: the public keys ever used, and the heads signed with them."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, Key, codes
from portal.core.money import Money
from portal.receipts.rules.findings import FindingKind


class RegisterKey(Base):
    """A public key (Ed25519, base64) that signs the register from a day on; never deleted.

    ``endorsement``: the signature of the key before it over this one, empty when that one could
    not be used any more.
    """

    __tablename__ = "register_key"

    id: Mapped[Key]
    generation: Mapped[int] = mapped_column(unique=True)
    fingerprint: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[str] = mapped_column(unique=True)
    since: Mapped[dt.datetime]
    endorsement: Mapped[str] = mapped_column(default="", server_default="")


class SignedHead(Base):
    """How far a series was at an instant: its last receipt, how many there are, their sum, and which
    were cancelled since the head before (their numbers; ``cancelled_hash`` binds when and why).

    ``organisation`` is the SIREN of that day."""

    __tablename__ = "signed_head"
    __table_args__ = (
        sa.UniqueConstraint("series_year", "sequence", "cancelled_count"),
        sa.CheckConstraint("sequence > 0", name="sequence"),
    )

    id: Mapped[Key]
    series_year: Mapped[int] = mapped_column(sa.ForeignKey("receipt_series.year"))
    organisation: Mapped[str]
    sequence: Mapped[int]
    number: Mapped[str]
    chain_hash: Mapped[str]
    sum_minor: Mapped[int]
    cancelled_count: Mapped[int]
    cancelled_now: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    cancelled_hash: Mapped[str]
    previous: Mapped[str]
    signed_at: Mapped[dt.datetime]
    key_id: Mapped[int] = mapped_column(sa.ForeignKey("register_key.id"))
    signature: Mapped[str]

    key: Mapped[RegisterKey] = relationship()

    @property
    def sum(self) -> Money:
        """What the receipts of the series state together, cancelled ones too."""
        return Money(self.sum_minor)


class RegisterFinding(Base):
    """Something wrong with the signed register: the series is not signed until a person says why it
    may be. ``series_year`` is 0 for the keys; ``gone_at``: it was not found again."""

    __tablename__ = "register_finding"
    __table_args__ = (
        sa.UniqueConstraint("series_year", "kind", "subject"),
        sa.CheckConstraint(
            "(accepted_at is not null) = (reason <> '')", name="accepted_with_a_reason"
        ),
    )

    id: Mapped[Key]
    series_year: Mapped[int]
    kind: Mapped[FindingKind] = mapped_column(codes(FindingKind))
    subject: Mapped[str]
    noticed_at: Mapped[dt.datetime]
    gone_at: Mapped[dt.datetime | None]
    accepted_at: Mapped[dt.datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(default="", server_default="")
