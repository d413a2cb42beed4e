"""Families and children. The most precious data of the house."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, CreatedAt, Key, PublicId, codes
from portal.programmes.codes import ChildStatus, Livelihood, Sex, Site


class Family(Base):
    """A household the social team identified. Never shown to sponsors."""

    __tablename__ = "family"

    id: Mapped[Key]
    ref: Mapped[str] = mapped_column(unique=True)
    site: Mapped[Site] = mapped_column(codes(Site))
    district: Mapped[str] = mapped_column(default="")
    head_name_latin: Mapped[str] = mapped_column(default="")
    household_size: Mapped[int | None]
    monthly_income_usd: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 2))
    livelihood: Mapped[Livelihood | None] = mapped_column(codes(Livelihood))
    identified_on: Mapped[dt.date | None]
    identified_by: Mapped[str] = mapped_column(default="")


class Child(Base):
    """A child of the programmes. Sponsors see ``called``, an age, a class and a site; no more."""

    __tablename__ = "child"
    __table_args__ = (
        sa.CheckConstraint("need is null or need between 1 and 5", name="need"),
        sa.CheckConstraint("admitted_on >= born_on", name="born_before_admitted"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    created_at: Mapped[CreatedAt]
    ref: Mapped[str] = mapped_column(unique=True)
    family_id: Mapped[int | None] = mapped_column(sa.ForeignKey("family.id"), index=True)
    family_name_latin: Mapped[str]
    given_name_latin: Mapped[str]
    name_km: Mapped[str] = mapped_column(default="")
    called: Mapped[str] = mapped_column(default="")
    sex: Mapped[Sex] = mapped_column(codes(Sex))
    born_on: Mapped[dt.date]
    born_on_is_estimate: Mapped[bool] = mapped_column(default=False)
    site: Mapped[Site] = mapped_column(codes(Site))
    admitted_on: Mapped[dt.date]
    status: Mapped[ChildStatus] = mapped_column(codes(ChildStatus))
    status_on: Mapped[dt.date | None]
    sponsorable: Mapped[bool] = mapped_column(default=False)
    need: Mapped[int | None]

    family: Mapped[Family | None] = relationship()

    @property
    def first_name(self) -> str:
        """What sponsors may read: the name the child is called by, never the surname."""
        return self.called or self.given_name_latin
