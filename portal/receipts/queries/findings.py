"""What is wrong with the signed register: heads that do not hold or are gone, receipts dated before them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from portal.core.audit import AuditEntry
from portal.core.clock import paris_date
from portal.core.db import db
from portal.receipts.models import (
    Receipt,
    ReceiptSeries,
    RegisterFinding,
    SignedHead,
)
from portal.receipts.queries.signed_heads import (
    broken_in,
    broken_keys,
    head_of,
    heads_of,
    last_head,
    newly_cancelled,
)
from portal.receipts.rules.findings import Finding, FindingKind, range_told
from portal.receipts.rules.signing import statement_hash

SIGNED = "register.signed"
TOLERANCE = dt.timedelta(days=3)
"""A machine may have slept over a weekend; a receipt that is dated earlier than that before a
signature, and is not under it, was not there."""


def subject_of(year: int) -> str:
    """Under which name the audit log knows the signatures of a series."""
    return f"receipts:register:{year}"


def findings_in(year: int, at: dt.datetime) -> list[Finding]:
    """All that is wrong with a series now, its keys too."""
    found = [*broken_keys(), *broken_in(year), *_gone(year), *_late(year, at)]
    return list(dict.fromkeys(found))


def findings(at: dt.datetime) -> list[Finding]:
    """All that is wrong with the register now."""
    years = db.session.scalars(sa.select(ReceiptSeries.year).order_by(ReceiptSeries.year)).all()
    return list(dict.fromkeys(found for year in years for found in findings_in(year, at)))


def _gone(year: int) -> list[Finding]:
    """The heads the audit log says were signed and that are kept no more."""
    kept = {statement_hash(head_of(row).statement()) for row in heads_of(year)}
    acts = sa.select(AuditEntry.after).where(
        AuditEntry.subject == subject_of(year), AuditEntry.action == SIGNED
    )
    told = [after for after in db.session.scalars(acts.order_by(AuditEntry.id)) if after]
    return [
        Finding(year, FindingKind.MISSING, str(after["number"]))
        for after in told
        if after["statement_sha256"] not in kept
    ]


def _late(year: int, at: dt.datetime) -> list[Finding]:
    """What is under no signature although it is dated days before the last one."""
    head = last_head(year)
    upto = head.sequence if head else 0
    before = paris_date(_last_signed(head, at) - TOLERANCE)
    found = []
    if numbers := _issued_before(year, upto, before):
        found.append(Finding(year, FindingKind.LATE_RECEIPTS, range_told(numbers)))
    if head is not None and (void := _cancelled_before(year, upto, before)):
        found.append(Finding(year, FindingKind.LATE_CANCELLINGS, range_told(void)))
    return found


def _last_signed(head: SignedHead | None, at: dt.datetime) -> dt.datetime:
    """When the series was signed last; one that never was should have been with any other."""
    if head is not None:
        return head.signed_at
    newest = db.session.scalar(sa.select(sa.func.max(SignedHead.signed_at)))
    return newest or at


def _issued_before(year: int, upto: int, day: dt.date) -> list[str]:
    """The day is that of the row or, when it is earlier, the one on the paper."""
    on_paper = sa.cast(Receipt.content["issued_on"].as_string(), sa.Date)
    wanted = sa.select(Receipt.number).where(
        Receipt.series_year == year,
        Receipt.sequence > upto,
        sa.func.least(Receipt.issued_on, on_paper) < day,
    )
    return list(db.session.scalars(wanted.order_by(Receipt.sequence)))


def _cancelled_before(year: int, upto: int, day: dt.date) -> list[str]:
    return [
        each.number
        for each in newly_cancelled(year, upto)
        if each.cancelled_at is not None and paris_date(each.cancelled_at) < day
    ]


def open_alarms() -> Sequence[RegisterFinding]:
    """What was found, still is so, and was accepted by nobody; the oldest first."""
    wanted = sa.select(RegisterFinding).where(
        RegisterFinding.accepted_at.is_(None), RegisterFinding.gone_at.is_(None)
    )
    return db.session.scalars(wanted.order_by(RegisterFinding.id)).all()


def accepted_findings() -> Sequence[RegisterFinding]:
    """What a person accepted, the newest first."""
    wanted = sa.select(RegisterFinding).where(RegisterFinding.accepted_at.is_not(None))
    return db.session.scalars(wanted.order_by(RegisterFinding.accepted_at.desc())).all()


def named(row: RegisterFinding) -> Finding:
    """The finding a row keeps."""
    return Finding(row.series_year, row.kind, row.subject)
