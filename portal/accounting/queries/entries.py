"""One entry, its lines with the names of their accounts, and what it books."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal.accounting.models import Entry, EntryLine
from portal.accounting.queries.chart import account_on
from portal.accounting.queries.wording import fund_label
from portal.accounting.rules.draft import Line
from portal.core.db import db
from portal.core.money import Money
from portal.donations.models import Gift


@dataclass(frozen=True, slots=True)
class NamedLine:
    """A side of an entry as it is shown; one of debit and credit is None; ``fund``: for which programme."""

    account: str
    label: str
    debit: Money | None
    credit: Money | None
    fund: str = ""


def entry_by_number(number: str) -> Entry | None:
    """The entry of that number, with its lines."""
    chosen = sa.select(Entry).where(Entry.number == number).options(selectinload(Entry.lines))
    return db.session.scalar(chosen)


def named_lines(lines: Iterable[Line | EntryLine], on: date) -> list[NamedLine]:
    """The sides of an entry with their accounts as the chart words them on that day."""
    return [_named(line, on) for line in lines]


def _named(line: Line | EntryLine, on: date) -> NamedLine:
    label = account_on(line.account, on).label
    if isinstance(line, Line):
        return NamedLine(
            line.account, label, line.debit or None, line.credit or None, fund_label(line.analytic)
        )
    debit, credit = Money(line.debit_minor), Money(line.credit_minor)
    return NamedLine(line.account, label, debit or None, credit or None, fund_label(line.tag))


def facts_behind(entry: Entry) -> Gift | None:
    """The gift the entry is about."""
    return None if entry.gift_id is None else db.session.get(Gift, entry.gift_id)
