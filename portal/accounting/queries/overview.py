"""A year of the books at a glance, out of the entries alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from portal.accounting.models import Entry, EntryLine
from portal.accounting.queries.chart import account_on
from portal.accounting.queries.statements import INCOME
from portal.accounting.rules.chart import FEES
from portal.accounting.rules.journals import journal_label
from portal.core.db import db
from portal.core.exports import Sums
from portal.core.money import Money, total
from portal.core.spreadsheets import Column, Row
from portal.donations.models import Gift


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the year's income: its code (a month, a mode, a purpose) and its sum."""

    code: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Overview:
    """Income of a year net of what went back, gross of fees; twelve months, always."""

    year: int
    income: Money
    given_back: Money
    fees: Money
    entries: int
    months: Sequence[Share]
    purposes: Sequence[Share]
    modes: Sequence[Share]


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """An account over a year; ``balance`` is debit less credit."""

    code: str
    label: str
    debit: Money
    credit: Money

    @property
    def balance(self) -> Money:
        return self.debit - self.credit


_NET = sa.func.coalesce(sa.func.sum(EntryLine.credit_minor - EntryLine.debit_minor), 0)
_IS_INCOME = EntryLine.account.in_(INCOME)


def years_with_entries() -> list[int]:
    """The years that have entries, the newest first."""
    return list(db.session.scalars(sa.select(Entry.year).distinct().order_by(Entry.year.desc())))


def overview(year: int) -> Overview:
    """The year's income by month, purpose and mode, and what it cost."""
    months = {share.code: share.amount for share in _by(year, sa.extract("month", Entry.date))}
    every = [Share(str(month), months.get(str(month), Money(0))) for month in range(1, 13)]
    purpose = sa.func.coalesce(
        sa.literal("programme:") + sa.cast(Gift.programme, sa.Text), sa.cast(Gift.purpose, sa.Text)
    )
    return Overview(
        year=year,
        income=total([share.amount for share in every]),
        given_back=_sum(year, EntryLine.debit_minor, _IS_INCOME),
        fees=_sum(year, EntryLine.debit_minor - EntryLine.credit_minor, EntryLine.account == FEES),
        entries=entries_of(year),
        months=every,
        purposes=_largest_first(_by(year, purpose)),
        modes=_largest_first(_by(year, sa.cast(Gift.mode, sa.Text))),
    )


def months_begun(year: int, today: date) -> int:
    """How many months of the year have begun on that day."""
    if year == today.year:
        return today.month
    return 12 if year < today.year else 0


def _largest_first(shares: list[Share]) -> list[Share]:
    return sorted(shares, key=lambda share: share.amount.minor, reverse=True)


def _by(year: int, code: Any) -> list[Share]:
    chosen = sa.select(code.label("code"), _NET.label("net")).select_from(EntryLine)
    chosen = chosen.join(Entry, Entry.id == EntryLine.entry_id)
    chosen = chosen.join(Gift, Gift.id == Entry.gift_id, isouter=True)
    chosen = chosen.where(Entry.year == year, _IS_INCOME).group_by(sa.text("1"))
    return [
        Share(str(row.code if row.code is not None else ""), Money(int(row.net)))
        for row in db.session.execute(chosen)
    ]


def _sum(year: int, what: Any, where: Any) -> Money:
    chosen = sa.select(sa.func.coalesce(sa.func.sum(what), 0)).select_from(EntryLine)
    chosen = chosen.join(Entry, Entry.id == EntryLine.entry_id).where(Entry.year == year, where)
    return Money(int(db.session.scalar(chosen) or 0))


def entries_of(year: int) -> int:
    """How many entries the year has."""
    count = sa.select(sa.func.count()).select_from(Entry).where(Entry.year == year)
    return int(db.session.scalar(count) or 0)


def trial_balance(year: int) -> list[AccountBalance]:
    """Each account used in the year with its debits and credits, by number."""
    sums = sa.select(
        EntryLine.account,
        sa.func.sum(EntryLine.debit_minor).label("debit"),
        sa.func.sum(EntryLine.credit_minor).label("credit"),
    ).join(Entry, Entry.id == EntryLine.entry_id)
    sums = sums.where(Entry.year == year).group_by(EntryLine.account).order_by(EntryLine.account)
    return [
        AccountBalance(
            code=row.account,
            label=account_on(row.account, date(year, 12, 31)).label,
            debit=Money(int(row.debit)),
            credit=Money(int(row.credit)),
        )
        for row in db.session.execute(sums)
    ]


BALANCE_COLUMNS: Final = (
    Column("Compte"),
    Column("Libellé du compte"),
    Column("Débit", "amount"),
    Column("Crédit", "amount"),
    Column("Solde débiteur", "amount"),
    Column("Solde créditeur", "amount"),
)
"""The columns of the trial balance's file, in their order (docs/rules/exports.md)."""


def balance_rows(year: int) -> list[Row]:
    """The trial balance of a year under :data:`BALANCE_COLUMNS`."""
    nothing = Money(0)
    return [
        (
            row.code,
            row.label,
            row.debit,
            row.credit,
            row.balance if row.balance > nothing else None,
            -row.balance if row.balance < nothing else None,
        )
        for row in trial_balance(year)
    ]


def balance_sums(year: int) -> Sums:
    """How many accounts were used in the year, and what moved on them."""
    sums = sa.select(
        sa.func.count(EntryLine.account.distinct()),
        sa.func.coalesce(sa.func.sum(EntryLine.debit_minor), 0),
        sa.func.coalesce(sa.func.sum(EntryLine.credit_minor), 0),
    ).join(Entry, Entry.id == EntryLine.entry_id)
    accounts, debit, credit = db.session.execute(sums.where(Entry.year == year)).one()
    return Sums(int(accounts), {"Débit": Money(int(debit)), "Crédit": Money(int(credit))})


@dataclass(frozen=True, slots=True)
class JournalSummary:
    """A journal over a year, as its FEC will hold it."""

    code: str
    label: str
    entries: int
    first: str
    last: str
    amount: Money


def journals_of(year: int) -> list[JournalSummary]:
    """Each journal of the year: how many entries, from which number to which, what they move."""
    sums = sa.select(
        Entry.journal,
        sa.func.count(Entry.id.distinct()).label("entries"),
        sa.func.min(Entry.number).label("first"),
        sa.func.max(Entry.number).label("last"),
        sa.func.sum(EntryLine.debit_minor).label("debit"),
    ).join(EntryLine, EntryLine.entry_id == Entry.id)
    sums = sums.where(Entry.year == year).group_by(Entry.journal).order_by(Entry.journal)
    return [
        JournalSummary(
            row.journal,
            journal_label(row.journal),
            row.entries,
            row.first,
            row.last,
            Money(int(row.debit)),
        )
        for row in db.session.execute(sums)
    ]
