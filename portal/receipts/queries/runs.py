"""The runs of a year, how far they are, and who was told."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.money import Money
from portal.receipts.models import Receipt, ReceiptNotice, ReceiptRun, ReceiptState, RunState

QUIET_FOR = dt.timedelta(minutes=2)


def running_run(year: int) -> ReceiptRun | None:
    """The run of a year that is under way."""
    return db.session.scalar(
        sa.select(ReceiptRun)
        .where(ReceiptRun.year == year, ReceiptRun.state == RunState.RUNNING)
        .execution_options(populate_existing=True)
    )


def last_run(year: int) -> ReceiptRun | None:
    """The newest run of a year, under way or over."""
    return db.session.scalar(
        sa.select(ReceiptRun).where(ReceiptRun.year == year).order_by(ReceiptRun.id.desc()).limit(1)
    )


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run issued so far; the numbers are empty when it was nothing."""

    issued: int
    amount: Money
    first_number: str | None
    last_number: str | None


def outcome_of(run_id: int) -> RunOutcome:
    """How many receipts a run issued, their sum, the first and last of their numbers."""
    count, minor, first, last = db.session.execute(
        sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(Receipt.amount_minor), 0),
            sa.func.min(Receipt.number),
            sa.func.max(Receipt.number),
        ).where(Receipt.run_id == run_id)
    ).one()
    return RunOutcome(count, Money(int(minor)), first, last)


def is_quiet(run: ReceiptRun, now: dt.datetime) -> bool:
    """Whether a running run has issued nothing for some minutes (its worker may be gone)."""
    newest = db.session.scalar(
        sa.select(sa.func.max(Receipt.issued_at)).where(Receipt.run_id == run.id)
    )
    return now - (newest or run.created_at) > QUIET_FOR


def unannounced(year: int) -> sa.Select[Receipt]:
    """The standing receipts of a year whose donors have an address of mail and were not told."""
    return (
        sa.select(Receipt)
        .join(Receipt.donor)
        .outerjoin(ReceiptNotice, ReceiptNotice.receipt_id == Receipt.id)
        .where(
            Receipt.tax_year == year,
            Receipt.state == ReceiptState.ISSUED,
            ReceiptNotice.receipt_id.is_(None),
            Donor.email != "",
        )
        .order_by(Receipt.id)
    )


@dataclass(frozen=True, slots=True)
class Notices:
    """How many donors are to be told of their receipt, were told, and have no address of mail."""

    due: int
    sent: int
    by_post: int


def notices_of(year: int) -> Notices:
    """Where the notices of a year stand."""
    standing = sa.and_(Receipt.tax_year == year, Receipt.state == ReceiptState.ISSUED)
    told = sa.func.count().filter(ReceiptNotice.receipt_id.is_not(None))
    silent = ReceiptNotice.receipt_id.is_(None)
    due, sent, by_post = db.session.execute(
        sa.select(
            sa.func.count().filter(silent, Donor.email != ""),
            told,
            sa.func.count().filter(silent, Donor.email == ""),
        )
        .select_from(Receipt)
        .join(Receipt.donor)
        .outerjoin(ReceiptNotice, ReceiptNotice.receipt_id == Receipt.id)
        .where(standing)
    ).one()
    return Notices(due, sent, by_post)
