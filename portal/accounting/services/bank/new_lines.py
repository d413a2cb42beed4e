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
    follows = _follows(ours, statement)
    before = _alike_before(ours, statement) if follows else []
    prints = fingerprints(statement.lines, before)
    known = _known_prints(ours, prints)
    others = _told_by_other_formats(ours, statement, kind, known)
    new = []
    for line, print_ in zip(statement.lines, prints, strict=True):
        if print_ in known:
            continue
        alike = (line.booked_on, line.amount.minor)
        if others[alike] and not (follows and line.booked_on == statement.opened_on):
            others[alike] -= 1
            continue
        new.append((line, print_))
    return new


def _follows(ours: BankAccount, statement: Statement) -> bool:
    """Whether the statement goes on within a day of which others told before.

    A bank may write several statements of one day, and two gifts of one sum and wording may come on
    that day, one on each: the second is no repetition. The balances alone prove that: what is known
    of the day leads from the balance it opened with to the one this statement begins with.
    """
    if statement.opening is None or statement.closing is None:
        return False
    day, opening = statement.opened_on, statement.opening.minor
    moved = _moved_on(ours, day)
    told = sa.select(BankStatement.id).where(BankStatement.account_id == ours.id)
    begun = told.where(BankStatement.opened_on == day)
    ended = told.where(BankStatement.closed_on == day)
    return (
        bool(moved)
        and _any(begun.where(BankStatement.opening_minor == opening - moved))
        and _any(ended.where(BankStatement.closing_minor == opening))
        and not _any(begun.where(BankStatement.opening_minor == opening))
    )


def _moved_on(ours: BankAccount, day: date) -> int:
    known = sa.select(sa.func.coalesce(sa.func.sum(BankLine.amount_minor), 0)).where(
        BankLine.account_id == ours.id, BankLine.booked_on == day
    )
    return int(db.session.scalar(known) or 0)


def _any(which: sa.Select[int]) -> bool:
    return db.session.scalar(which.limit(1)) is not None


def _alike_before(ours: BankAccount, statement: Statement) -> list[StatementLine]:
    """Lines of its first day as they were told before; the bank's own reference needs no counting."""
    first_day = [line for line in statement.lines if line.booked_on == statement.opened_on]
    worded = {fingerprints([line])[0]: line for line in first_day if not line.bank_ref}
    return [line for line in worded.values() for _time in range(_times_known(ours, line))]


def _times_known(ours: BankAccount, line: StatementLine) -> int:
    """How often a line of that wording is known: ranks follow each other from one."""
    times = 0
    while len(_known_prints(ours, fingerprints([line] * (times + 1))[-1:])) == 1:
        times += 1
    return times


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
