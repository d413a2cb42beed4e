"""Which lines of a statement no file told of before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from portal.accounting.models import BankAccount, BankFile, BankLine, BankStatement
from portal.accounting.rules.bank import fingerprints
from portal.accounting.rules.statements import FileFormat, Statement, StatementLine
from portal.core.db import db


def new_lines(
    ours: BankAccount, statement: Statement, kind: FileFormat
) -> list[tuple[StatementLine, str]]:
    """The lines no file told of before.

    Another format words a line otherwise: there a line of a day already told counts as known when a
    line of that day and sum is not spoken for yet.
    """
    prints = fingerprints(statement.lines)
    known = _known_prints(ours, prints)
    others = _told_by_other_formats(ours, statement, kind, known)
    new = []
    for line, print_ in zip(statement.lines, prints, strict=True):
        if print_ in known:
            continue
        alike = (line.booked_on, line.amount.minor)
        if others[alike]:
            others[alike] -= 1
            continue
        new.append((line, print_))
    return new


def _known_prints(ours: BankAccount, prints: Sequence[str]) -> set[str]:
    found = sa.select(BankLine.fingerprint).where(
        BankLine.account_id == ours.id, BankLine.fingerprint.in_(prints)
    )
    return set(db.session.scalars(found))


def _told_by_other_formats(
    ours: BankAccount, statement: Statement, kind: FileFormat, known: set[str]
) -> Counter[tuple[date, int]]:
    days = {line.booked_on for line in statement.lines}
    rows = db.session.execute(
        sa.select(BankLine.booked_on, BankLine.amount_minor)
        .join(BankStatement, BankStatement.id == BankLine.statement_id)
        .join(BankFile, BankFile.id == BankStatement.file_id)
        .where(
            BankLine.account_id == ours.id,
            BankLine.booked_on.in_(days),
            BankFile.format != kind,
            BankLine.fingerprint.not_in(known),
        )
    )
    return Counter((row.booked_on, row.amount_minor) for row in rows)
