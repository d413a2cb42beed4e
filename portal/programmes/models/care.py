"""What children learn and receive, and what their guardians consented to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base, Key, codes
from portal.programmes.codes import ConsentScope, Outcome, Programme
from portal.programmes.models.children import Child, Family


class Enrolment(Base):
    """A child in an activity of a programme, for a time."""

    __tablename__ = "enrolment"
    __table_args__ = (
        sa.UniqueConstraint("child_id", "programme", "activity", "start_on"),
        sa.CheckConstraint("end_on >= start_on", name="ends_after_start"),
    )

    id: Mapped[Key]
    child_id: Mapped[int] = mapped_column(sa.ForeignKey("child.id"))
    programme: Mapped[Programme] = mapped_column(codes(Programme))
    activity: Mapped[str]
    grade: Mapped[str] = mapped_column(default="")
    start_on: Mapped[dt.date]
    end_on: Mapped[dt.date | None]
    outcome: Mapped[Outcome | None] = mapped_column(codes(Outcome))

    child: Mapped[Child] = relationship()


class Attendance(Base):
    """Days expected and present in a month (``month`` is its first day)."""

    __tablename__ = "attendance"
    __table_args__ = (
        sa.UniqueConstraint("child_id", "month"),
        sa.CheckConstraint("extract(day from month) = 1", name="first_of_month"),
        sa.CheckConstraint("days_present between 0 and days_expected", name="days"),
    )

    id: Mapped[Key]
    child_id: Mapped[int] = mapped_column(sa.ForeignKey("child.id"))
    month: Mapped[dt.date]
    days_expected: Mapped[int]
    days_present: Mapped[int]


class Service(Base):
    """Something given to a child or a family on a day: meals, rice, a check-up."""

    __tablename__ = "service"
    __table_args__ = (
        sa.UniqueConstraint("ref", "kind", "on"),
        sa.CheckConstraint("num_nonnulls(child_id, family_id) = 1", name="one_receiver"),
        sa.CheckConstraint("quantity >= 0", name="quantity"),
    )

    id: Mapped[Key]
    ref: Mapped[str]
    child_id: Mapped[int | None] = mapped_column(sa.ForeignKey("child.id"), index=True)
    family_id: Mapped[int | None] = mapped_column(sa.ForeignKey("family.id"), index=True)
    kind: Mapped[str]
    on: Mapped[dt.date]
    quantity: Mapped[Decimal] = mapped_column(sa.Numeric(12, 2))
    unit: Mapped[str] = mapped_column(default="")

    child: Mapped[Child | None] = relationship()
    family: Mapped[Family | None] = relationship()


class Consent(Base):
    """A guardian's leave to show a child somewhere, in force between dates unless withdrawn."""

    __tablename__ = "consent"
    __table_args__ = (
        sa.UniqueConstraint("child_id", "scope", "granted_on"),
        sa.CheckConstraint("expires_on >= granted_on", name="expires_after_grant"),
        sa.CheckConstraint("withdrawn_on >= granted_on", name="withdrawn_after_grant"),
    )

    id: Mapped[Key]
    child_id: Mapped[int] = mapped_column(sa.ForeignKey("child.id"))
    guardian: Mapped[str] = mapped_column(default="")
    scope: Mapped[ConsentScope] = mapped_column(codes(ConsentScope))
    granted_on: Mapped[dt.date]
    expires_on: Mapped[dt.date | None]
    withdrawn_on: Mapped[dt.date | None]
