"""The journal as a list: searched, sorted, narrowed to one journal or account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from portal.accounting.models import Entry, EntryLine
from portal.accounting.queries.chart import account_on
from portal.core.money import Money
from portal.core.web.lists import ListColumn, ListSpec
from portal.donations.models import Gift


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """Which lines: a year, and if wished one journal, one account."""

    year: int
    journal: str = ""
    account: str = ""


def journal_spec(wanted: JournalFilter) -> ListSpec:
    """The list's columns in the reader's language, the newest entry first."""
    return ListSpec(
        name=f"journal-{wanted.year}",
        columns=(
            ListColumn("date", _("Date"), lambda row: row.date, "date", Entry.date),
            ListColumn("number", _("Entry"), lambda row: row.number, sort=Entry.number),
            ListColumn("account", _("Account"), lambda row: row.account, sort=EntryLine.account),
            ListColumn("label", _("Label"), lambda row: row.label, sort=Entry.label),
            ListColumn("piece", _("Voucher"), lambda row: row.piece_ref, sort=Entry.piece_ref),
            ListColumn("gift", _("Gift"), lambda row: row.gift_ref or "", sort=Gift.ref),
            ListColumn("debit", _("Debit"), _debit, "amount", EntryLine.debit_minor),
            ListColumn("credit", _("Credit"), _credit, "amount", EntryLine.credit_minor),
        ),
        search=(Entry.number, Entry.label, Entry.piece_ref, EntryLine.account, Gift.ref),
        default_sort="date",
        default_descending=True,
        tie=EntryLine.id,
    )


def _debit(row: Any) -> Money | None:
    return Money(row.debit_minor) if row.debit_minor else None


def _credit(row: Any) -> Money | None:
    return Money(row.credit_minor) if row.credit_minor else None


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A line as the page shows it; one of debit and credit is None."""

    on: date
    number: str
    account: str
    account_label: str
    label: str
    gift_ref: str
    debit: Money | None
    credit: Money | None


def shown(row: Any) -> JournalLine:
    """A line of :func:`journal_lines`, ready to be shown."""
    return JournalLine(
        on=row.date,
        number=row.number,
        account=row.account,
        account_label=account_on(row.account, row.date).label,
        label=row.label,
        gift_ref=row.gift_ref or "",
        debit=_debit(row),
        credit=_credit(row),
    )


def journal_lines(wanted: JournalFilter) -> Any:
    """The lines the filter lets through."""
    chosen: Any = sa.select(
        Entry.date,
        Entry.number,
        EntryLine.account,
        Entry.label,
        Entry.piece_ref,
        Gift.ref.label("gift_ref"),
        EntryLine.debit_minor,
        EntryLine.credit_minor,
    ).join(EntryLine, EntryLine.entry_id == Entry.id)
    chosen = chosen.join(Gift, Gift.id == Entry.gift_id, isouter=True)
    chosen = chosen.where(Entry.year == wanted.year)
    if wanted.journal:
        chosen = chosen.where(Entry.journal == wanted.journal)
    if wanted.account:
        chosen = chosen.where(EntryLine.account == wanted.account)
    return chosen
