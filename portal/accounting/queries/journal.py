"""The journal line by line, and as the FEC wants it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

import sqlalchemy as sa

from portal.accounting.fec import FecEntry, FecLine
from portal.accounting.models import Entry, EntryLine
from portal.accounting.queries.chart import account_on
from portal.accounting.rules.chart import AGREED_GIFTS, OTHER_DEBTORS, VOLUNTEERS_EXPENSES
from portal.accounting.rules.dedicated import fund_in_french
from portal.accounting.rules.journals import journal_label
from portal.accounts.models import Donor
from portal.core.db import db
from portal.core.exports import Sums
from portal.core.money import Money
from portal.core.spreadsheets import Column, Row
from portal.donations.models import Agreement, Gift

COLUMNS: Final = (
    Column("Journal"),
    Column("Écriture"),
    Column("Date", "date"),
    Column("Compte"),
    Column("Libellé du compte"),
    Column("Pièce"),
    Column("Date de la pièce", "date"),
    Column("Libellé"),
    Column("Débit", "amount"),
    Column("Crédit", "amount"),
    Column("Affectation"),
    Column("Don"),
    Column("Validée le", "date"),
)
"""The columns of the journal's file, in their order (docs/rules/exports.md)."""


THIRD_PARTIES: Final = (OTHER_DEBTORS, AGREED_GIFTS, VOLUNTEERS_EXPENSES)
"""The accounts whose lines belong to somebody: the FEC names her by her number (CompAuxNum)."""


def journal_sums(year: int) -> Sums:
    """How many lines the year has, and what they come to."""
    sums = sa.select(
        sa.func.count(),
        sa.func.coalesce(sa.func.sum(EntryLine.debit_minor), 0),
        sa.func.coalesce(sa.func.sum(EntryLine.credit_minor), 0),
    ).join(Entry, Entry.id == EntryLine.entry_id)
    lines, debit, credit = db.session.execute(sums.where(Entry.year == year)).one()
    return Sums(int(lines), {"Débit": Money(int(debit)), "Crédit": Money(int(credit))})


def lines_of(year: int) -> Any:
    """The lines of a year with their entries, in the order of the journals' numbers."""
    chosen: Any = sa.select(EntryLine, Entry, Gift.ref.label("gift_ref"))
    chosen = chosen.join(Entry, Entry.id == EntryLine.entry_id)
    chosen = chosen.join(Gift, Gift.id == Entry.gift_id, isouter=True).where(Entry.year == year)
    return chosen.order_by(Entry.journal, Entry.sequence, EntryLine.position)


def journal_rows(year: int) -> Iterator[Row]:
    """Each line of the year under :data:`COLUMNS`."""
    for line, entry, gift_ref in db.session.execute(lines_of(year)):
        yield (
            entry.journal,
            entry.number,
            entry.date,
            line.account,
            account_on(line.account, entry.date).label,
            entry.piece_ref,
            entry.piece_date,
            entry.label,
            Money(line.debit_minor) if line.debit_minor else None,
            Money(line.credit_minor) if line.credit_minor else None,
            fund_in_french(line.tag),
            gift_ref or "",
            entry.validated_on,
        )


def fec_entries(year: int) -> Iterator[FecEntry]:
    """The year's entries in the order of their validation, read from the database in parts."""
    chosen = sa.select(
        Entry.id,
        Entry.journal,
        Entry.sequence,
        Entry.date,
        Entry.piece_ref,
        Entry.piece_date,
        Entry.label,
        Entry.validated_on,
        EntryLine.account,
        EntryLine.debit_minor,
        EntryLine.credit_minor,
        EntryLine.foreign_minor,
        EntryLine.foreign_currency,
        _debtor(),
    ).join(EntryLine, EntryLine.entry_id == Entry.id, isouter=True)
    chosen = chosen.where(Entry.year == year).order_by(
        Entry.validated_on, Entry.journal, Entry.sequence, EntryLine.position
    )
    with db.session.execute(chosen.execution_options(yield_per=2_000)) as rows:
        for _id, lines in groupby(rows, key=lambda row: row.id):
            yield _fec_entry(list(lines))


def _fec_entry(rows: list[Any]) -> FecEntry:
    head = rows[0]
    return FecEntry(
        journal=head.journal,
        journal_label=journal_label(head.journal),
        sequence=head.sequence,
        on=head.date,
        piece_ref=head.piece_ref,
        piece_on=head.piece_date,
        label=head.label,
        validated_on=head.validated_on,
        lines=tuple(_fec_line(row) for row in rows if row.account is not None),
    )


def _debtor() -> Any:
    """The number of the donor behind a line on a third party's account: never a name."""
    giver = sa.select(Donor.ref).join(Gift, Gift.donor_id == Donor.id)
    giver = giver.where(Gift.id == Entry.gift_id)
    promised = sa.select(Donor.ref).join(Agreement, Agreement.donor_id == Donor.id)
    promised = promised.where(
        sa.cast(Agreement.id, sa.Text) == sa.func.split_part(Entry.source, ":", 2),
        Entry.source.like("agreement:%"),
    )
    known = sa.func.coalesce(giver.scalar_subquery(), promised.scalar_subquery(), "")
    of_a_person = EntryLine.account.in_(THIRD_PARTIES)
    return sa.case((of_a_person, known), else_="").label("debtor")


def _fec_line(row: Any) -> FecLine:
    return FecLine(
        account=row.account,
        account_label=account_on(row.account, row.date).label,
        auxiliary=row.debtor,
        auxiliary_label=f"Donateur {row.debtor}" if row.debtor else "",
        debit=Money(row.debit_minor),
        credit=Money(row.credit_minor),
        foreign=Money(row.foreign_minor, row.foreign_currency) if row.foreign_currency else None,
    )


def entries_exist(year: int) -> bool:
    """Whether anything is booked in the year."""
    return bool(db.session.scalar(sa.select(sa.exists().where(Entry.year == year))))
