"""Entries an accountant writes herself, and her reversals of them: journal OD, never changed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import IntegrityError

from portal.accounting.models import Entry, ManualEntry
from portal.accounting.queries.chart import added_codes, all_accounts
from portal.accounting.queries.closed import closed_spans
from portal.accounting.rules import chart
from portal.accounting.rules.closing import first_open_day
from portal.accounting.rules.draft import Draft, EntryError, Line
from portal.accounting.rules.journals import Journal
from portal.accounting.rules.sources import UNDONE, Posting
from portal.accounting.services.posting import validate
from portal.core import audit
from portal.core.db import db, transaction, violated
from portal.core.money import Money

OPEN_TO_HAND: Final = (
    chart.OTHER_DEBTORS,
    chart.VOLUNTEERS_EXPENSES,
    chart.SUSPENSE,
    chart.BANK,
    chart.CASH,
    chart.INTERNAL_TRANSFERS,
    chart.VOLUNTEERS_TRAVEL,
    chart.FEES,
    chart.EXCHANGE_LOSSES,
    chart.PENALTIES,
    chart.EXCHANGE_GAINS,
    chart.OTHER_INCOME,
)
"""The accounts a person may write on. The others say, to the cent, what gifts, Stripe, cheques and
funds are: they are corrected where the fact is, and the books follow."""


class NotByHand(EntryError):
    """An account that follows its facts: it takes no entry by hand."""


class NotReversible(Exception):
    """It is no entry of a person, or it is reversed already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualOrder:
    """An entry as it was typed."""

    on: date
    piece_ref: str
    piece_on: date
    label: str
    lines: tuple[Line, ...]
    form_token: str

    @property
    def draft(self) -> Draft:
        """The entry, balanced. Raises EntryError."""
        for line in self.lines:
            if line.account not in (*OPEN_TO_HAND, *added_codes()):
                raise NotByHand(line.account)
        return Draft(
            Journal.OTHER,
            self.on,
            self.piece_ref,
            self.piece_on,
            self.label,
            self.lines,
            all_accounts(),
        )


def write_entry(order: ManualOrder, *, by: int) -> Entry:
    """Validate an accountant's own entry; the same form sent twice is one entry.

    In a closed period it stands on the first open day and names its own. Raises EntryError.
    """
    draft = order.draft
    known = _of_token(order.form_token)
    if known is not None:
        return known
    try:
        with transaction():
            return _kept(draft, order.form_token, by)
    except IntegrityError as error:
        return _sent_before(order.form_token, error)


def reverse_entry(number: str, *, reason: str, on: date, form_token: str, by: int) -> Entry:
    """The entry that undoes a person's entry, on that day or the first open one after it.

    :raises NotReversible: for an entry of a gift, a paper or a fund, or one reversed before.
    """
    known = _of_token(form_token)
    if known is not None:
        return known
    try:
        with transaction():
            original = manual_entry(number)
            if original is None or original.reverses_id is not None:
                raise NotReversible(number)
            return _kept(_undoing(original, on), form_token, by, reason, original)
    except IntegrityError as error:
        if violated(error) in ("uq_manual_entry_reverses_id", "uq_entry_source"):
            raise NotReversible(number) from error
        return _sent_before(form_token, error)


def first_day_for(on: date) -> date | None:
    """The day an entry of that day would stand on, when its own is closed; else None."""
    moved = first_open_day(on, closed_spans())
    return None if moved == on else moved


def manual_entry(number: str) -> ManualEntry | None:
    """What a person wrote under that number."""
    chosen = sa.select(ManualEntry).join(Entry, Entry.id == ManualEntry.entry_id)
    return db.session.scalar(chosen.where(Entry.number == number))


def reversal_of(entry: ManualEntry) -> Entry | None:
    """The entry that undid it."""
    chosen = sa.select(Entry).join(ManualEntry, ManualEntry.entry_id == Entry.id)
    return db.session.scalar(chosen.where(ManualEntry.reverses_id == entry.id))


def _undoing(original: ManualEntry, on: date) -> Draft:
    entry = original.entry
    lines = tuple(
        Line(x.account, Money(x.credit_minor), Money(x.debit_minor), x.tag) for x in entry.lines
    )
    label = f"Annulation {entry.number} {entry.label}"
    return Draft(Journal.OTHER, on, entry.piece_ref, entry.piece_date, label, lines, all_accounts())


def _kept(
    draft: Draft,
    form_token: str,
    by: int,
    reason: str = "",
    original: ManualEntry | None = None,
) -> Entry:
    public_id = uuid.uuid4()
    source = f"manual:{original.public_id}:{UNDONE}" if original else f"manual:{public_id}"
    if not validate([Posting(source, draft)], current_app.extensions["clock"].now()):
        raise NotReversible(source)
    entry = db.session.scalars(sa.select(Entry).where(Entry.source == source)).one()
    made = ManualEntry(
        public_id=public_id,
        form_token=form_token,
        made_by=by,
        reason=reason,
        reverses_id=original.id if original else None,
        entry_id=entry.id,
    )
    db.session.add(made)
    db.session.flush()
    act = "books.entry_reversed" if original else "books.entry_written"
    told = {"number": entry.number, "on": entry.date, "moved": str(draft.total)}
    audit.record(act, f"entry:{entry.number}", after=told, note=reason, actor_id=by)
    return entry


def _of_token(form_token: str) -> Entry | None:
    chosen = sa.select(Entry).join(ManualEntry, ManualEntry.entry_id == Entry.id)
    return db.session.scalar(chosen.where(ManualEntry.form_token == form_token))


def _sent_before(form_token: str, error: IntegrityError) -> Entry:
    known = _of_token(form_token)
    if known is None:
        raise error
    return known
