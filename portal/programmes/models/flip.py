"""The Family Livelihood Improvement Project: parents trained, schools renovated."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Key, codes
from portal.programmes.codes import Course, FlipOutcome


class FlipParent(Base):
    """A parent on a FLIP course or with a FLIP-backed business."""

    __tablename__ = "flip_parent"
    __table_args__ = (
        sa.CheckConstraint("completed_on >= started_on", name="completed_after_start"),
    )

    id: Mapped[Key]
    ref: Mapped[str] = mapped_column(unique=True)
    family_id: Mapped[int | None] = mapped_column(sa.ForeignKey("family.id"), index=True)
    name_latin: Mapped[str] = mapped_column(default="")
    course: Mapped[Course] = mapped_column(codes(Course))
    started_on: Mapped[dt.date]
    completed_on: Mapped[dt.date | None]
    outcome: Mapped[FlipOutcome | None] = mapped_column(codes(FlipOutcome))
    outcome_on: Mapped[dt.date | None]
    loan_usd: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 2))
    loan_partner: Mapped[str] = mapped_column(default="")


class School(Base):
    """A public school FLIP renovated, or is renovating."""

    __tablename__ = "school"

    id: Mapped[Key]
    ref: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    district: Mapped[str] = mapped_column(default="")
    renovation_started_on: Mapped[dt.date | None]
    renovation_completed_on: Mapped[dt.date | None]
    works: Mapped[str] = mapped_column(default="")
