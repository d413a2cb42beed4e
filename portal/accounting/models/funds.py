"""What the portal cannot know of itself: figures of the general ledger, with where they come from."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounting.rules.crod import FigureRow
from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.core.money import Money
from portal.programmes.codes import Programme


class LedgerFigure(Base):
    """A sum of the association's general ledger for a year, with the voucher it stands on.

    ``row`` is its row in the compte de résultat par origine et destination. With ``programme`` it is
    spent on that dedicated fund (or, in row ``opening``, carried into the year by it).
    ``generosity_minor`` is the part the generosity of the public pays for. Never changed: a wrong one
    is struck out and stays.
    """

    __tablename__ = "ledger_figure"
    __table_args__ = (
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint("generosity_minor between 0 and amount_minor", name="generosity"),
        sa.CheckConstraint("piece_ref <> ''", name="has_a_voucher"),
        sa.CheckConstraint(
            "programme is null or generosity_minor = amount_minor", name="funds_are_generosity"
        ),
        sa.CheckConstraint("(struck_at is null) = (struck_by is null)", name="struck_by_somebody"),
        sa.Index("ix_ledger_figure_year", "year"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    year: Mapped[int]
    row: Mapped[FigureRow] = mapped_column(codes(FigureRow))
    programme: Mapped[Programme | None] = mapped_column(codes(Programme))
    amount_minor: Mapped[int]
    generosity_minor: Mapped[int]
    piece_ref: Mapped[str]
    piece_on: Mapped[dt.date]
    note: Mapped[str] = mapped_column(default="")
    form_token: Mapped[str] = mapped_column(unique=True)
    entered_by: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    struck_at: Mapped[dt.datetime | None]
    struck_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    struck_because: Mapped[str] = mapped_column(default="")

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor)

    @property
    def generosity(self) -> Money:
        return Money(self.generosity_minor)


class CrodTag(Base):
    """Which row an account or a programme belongs to from a year on, where it is not the usual one.

    ``subject`` is ``account:627800`` or ``programme:food``. The usual rows stand in rules/crod.py;
    a closed year keeps those it had.
    """

    __tablename__ = "crod_tag"

    subject: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row: Mapped[str]
    changed_at: Mapped[dt.datetime] = mapped_column(server_default=sa.func.now())
    changed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
