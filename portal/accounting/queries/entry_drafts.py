"""Entries of the books read back as drafts: what undoes or moves them is made from these."""

from __future__ import annotations

from portal.accounting.models import Entry
from portal.accounting.queries.chart import all_accounts
from portal.accounting.rules.closing import as_wanted
from portal.accounting.rules.draft import Draft, Line
from portal.accounting.rules.journals import journal_named
from portal.core.money import Money


def draft_of(entry: Entry) -> Draft:
    """The entry as its fact wanted it: on its own day, also when that was closed."""
    lines = tuple(
        Line(x.account, Money(x.debit_minor), Money(x.credit_minor), x.tag, x.foreign)
        for x in entry.lines
    )
    return Draft(
        journal=journal_named(entry.journal),
        on=entry.fact_on or entry.date,
        piece_ref=entry.piece_ref,
        piece_on=entry.piece_date,
        label=as_wanted(entry.label, entry.fact_on),
        lines=lines,
        chart=all_accounts(),
    )
