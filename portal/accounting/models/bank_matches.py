"""What each line of the bank is, and what was learned from those decisions."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounting.models.bank import BankLine
from portal.accounting.models.journal import Entry
from portal.accounting.rules.bank import MatchedBy, MatchKind
from portal.accounts.models import Donor
from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.core.money import Money
from portal.donations.codes import PurposeKind
from portal.donations.models import Deposit, Gift, Payout
from portal.programmes.codes import Programme

LIVE = sa.text("live")


class BankRule(Base):
    """What a decision taught: the account a transfer comes from, or words of the line, mean that.

    Either the donor of the gifts and what they are for, or an account of the books. One that is over
    stays, with who ended it.
    """

    __tablename__ = "bank_rule"
    __table_args__ = (
        sa.CheckConstraint("(iban_fingerprint is null) <> (words = '')", name="iban_or_words"),
        sa.CheckConstraint("(donor_id is null) <> (account is null)", name="donor_or_account"),
        sa.CheckConstraint("(donor_id is null) = (purpose is null)", name="donor_has_a_purpose"),
        sa.CheckConstraint("(programme is not null) <= (purpose = 'programme')", name="programme_purpose"),
        sa.CheckConstraint("live = (ended_at is null)", name="live_until_ended"),
        sa.Index("uq_bank_rule_iban", "iban_fingerprint", unique=True, postgresql_where=LIVE),
        sa.Index(
            "uq_bank_rule_words", sa.text("lower(words)"), unique=True,
            postgresql_where=sa.text("live and words <> ''"),
        ),
    )  # fmt: skip

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    iban_fingerprint: Mapped[str | None]
    iban_last4: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="")
    donor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("donor.id"), index=True)
    purpose: Mapped[PurposeKind | None] = mapped_column(codes(PurposeKind))
    programme: Mapped[Programme | None] = mapped_column(codes(Programme))
    account: Mapped[str | None]
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    line_id: Mapped[int | None] = mapped_column(sa.ForeignKey("bank_line.id"))
    live: Mapped[bool] = mapped_column(default=True)
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))

    donor: Mapped[Donor | None] = relationship()


class BankMatch(Base):
    """What a line was found to be. A line has one that is live; one that was undone stays."""

    __tablename__ = "bank_match"
    __table_args__ = (
        sa.CheckConstraint("live = (undone_at is null)", name="live_until_undone"),
        sa.Index("uq_bank_match_line", "line_id", unique=True, postgresql_where=LIVE),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    line_id: Mapped[int] = mapped_column(sa.ForeignKey("bank_line.id"), index=True)
    kind: Mapped[MatchKind] = mapped_column(codes(MatchKind))
    matched_by: Mapped[MatchedBy] = mapped_column(codes(MatchedBy))
    rule_id: Mapped[int | None] = mapped_column(sa.ForeignKey("bank_rule.id"), index=True)
    made_at: Mapped[dt.datetime]
    made_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    note: Mapped[str] = mapped_column(default="")
    live: Mapped[bool] = mapped_column(default=True)
    undone_at: Mapped[dt.datetime | None]
    undone_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    undone_because: Mapped[str] = mapped_column(default="")

    line: Mapped[BankLine] = relationship()
    rule: Mapped[BankRule | None] = relationship()
    parts: Mapped[list[BankPart]] = relationship(back_populates="match", order_by="BankPart.id")


class BankPart(Base):
    """A part of a line: one gift, one deposit, one payout, one entry of the books, or an account.

    Whatever it is stands on one live part only: no gift is counted twice. ``settled_here``: the gift was
    made out of the line, and never was when the match is undone.
    """

    __tablename__ = "bank_part"
    __table_args__ = (
        sa.CheckConstraint("amount_minor <> 0", name="amount"),
        sa.CheckConstraint(
            "num_nonnulls(gift_id, deposit_id, payout_id, entry_id, account) = 1", name="one_thing"
        ),
        sa.CheckConstraint("settled_here <= (gift_id is not null)", name="settled_is_a_gift"),
        sa.Index("uq_bank_part_gift", "gift_id", unique=True, postgresql_where=LIVE),
        sa.Index("uq_bank_part_deposit", "deposit_id", unique=True, postgresql_where=LIVE),
        sa.Index("uq_bank_part_payout", "payout_id", unique=True, postgresql_where=LIVE),
        sa.Index("uq_bank_part_entry", "entry_id", unique=True, postgresql_where=LIVE),
    )

    id: Mapped[Key]
    match_id: Mapped[int] = mapped_column(sa.ForeignKey("bank_match.id"), index=True)
    amount_minor: Mapped[int]
    gift_id: Mapped[int | None] = mapped_column(sa.ForeignKey("gift.id"))
    deposit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("deposit.id"))
    payout_id: Mapped[str | None] = mapped_column(sa.ForeignKey("payout.id"))
    entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("entry.id"))
    account: Mapped[str | None]
    settled_here: Mapped[bool] = mapped_column(default=False)
    live: Mapped[bool] = mapped_column(default=True)

    match: Mapped[BankMatch] = relationship(back_populates="parts")
    gift: Mapped[Gift | None] = relationship()
    deposit: Mapped[Deposit | None] = relationship()
    payout: Mapped[Payout | None] = relationship()
    entry: Mapped[Entry | None] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor)


class StandingOrder(Base):
    """A donor's own order at her bank, recognised by its transfers: the same account, sum and rhythm.

    ``ended_on``: from that day no transfer is expected; what comes after is shown.
    """

    __tablename__ = "standing_order"
    __table_args__ = (
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint("every_months in (1, 3, 6, 12)", name="rhythm"),
        sa.CheckConstraint(
            "(purpose = 'programme') = (programme is not null)", name="programme_purpose"
        ),
        sa.Index(
            "uq_standing_order_live",
            "iban_fingerprint",
            "amount_minor",
            unique=True,
            postgresql_where=sa.text("ended_on is null"),
        ),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    donor_id: Mapped[int] = mapped_column(sa.ForeignKey("donor.id"), index=True)
    iban_fingerprint: Mapped[str]
    iban_last4: Mapped[str]
    amount_minor: Mapped[int]
    purpose: Mapped[PurposeKind] = mapped_column(codes(PurposeKind))
    programme: Mapped[Programme | None] = mapped_column(codes(Programme))
    every_months: Mapped[int] = mapped_column(default=1)
    started_on: Mapped[dt.date]
    last_on: Mapped[dt.date]
    ended_on: Mapped[dt.date | None]
    end_reason: Mapped[str] = mapped_column(default="")

    donor: Mapped[Donor] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor)
