"""The general ledger (grand livre): each account, line by line, with its running balance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from portal.accounting.models import Entry, EntryLine
from portal.accounting.queries.chart import account_on
from portal.core.db import db
from portal.core.money import Money
from portal.core.spreadsheets import Column, Row
from portal.donations.models import Gift

COLUMNS: Final = (
    Column("Compte"),
    Column("Libellé du compte"),
    Column("Date", "date"),
    Column("Journal"),
    Column("Écriture"),
    Column("Pièce"),
    Column("Libellé"),
    Column("Débit", "amount"),
    Column("Crédit", "amount"),
    Column("Solde progressif", "amount"),
    Column("Don"),
)
"""The columns of the general ledger's file, in their order (docs/rules/exports.md)."""


def ledger_rows(year: int) -> Iterator[Row]:
    """Each line of the year by account and day; the balance is debit less credit since 1 January.

    The portal holds no opening balances: those stand in the association's general ledger.
    """
    chosen = (
        sa.select(
            EntryLine.account,
            Entry.date,
            Entry.journal,
            Entry.number,
            Entry.piece_ref,
            Entry.label,
            EntryLine.debit_minor,
            EntryLine.credit_minor,
            Gift.ref.label("gift_ref"),
        )
        .join(Entry, Entry.id == EntryLine.entry_id)
        .join(Gift, Gift.id == Entry.gift_id, isouter=True)
        .where(Entry.year == year)
        .order_by(EntryLine.account, Entry.date, Entry.journal, Entry.sequence, EntryLine.position)
    )
    account, balance = "", 0
    with db.session.execute(chosen.execution_options(yield_per=2_000)) as rows:
        for row in rows:
            if row.account != account:
                account, balance = row.account, 0
            balance += row.debit_minor - row.credit_minor
            yield (
                account,
                account_on(account, row.date).label,
                row.date,
                row.journal,
                row.number,
                row.piece_ref,
                row.label,
                Money(row.debit_minor) if row.debit_minor else None,
                Money(row.credit_minor) if row.credit_minor else None,
                Money(balance),
                row.gift_ref or "",
            )
