"""The restricted funds of a year: carried, received, spent, left (ANC 2018-06, art. 432-9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal.accounting.models import Entry, EntryLine, LedgerFigure
from portal.accounting.queries.closing import closed_years, first_month
from portal.accounting.queries.statements import INCOME
from portal.accounting.rules.chart import DEDICATED_FUNDS, FUNDS_CARRIED, FUNDS_USED
from portal.accounting.rules.closing import YEAR_END
from portal.accounting.rules.crod import FigureRow
from portal.accounting.rules.dedicated import TAG, FundYear
from portal.accounting.rules.draft import Draft, Line
from portal.accounting.rules.journals import journal_named
from portal.core.db import db
from portal.core.money import Money
from portal.programmes.codes import Programme

_NET: Final = sa.func.sum(EntryLine.credit_minor - EntryLine.debit_minor)
_SPENT: Final = LedgerFigure.row != FigureRow.OPENING
_OPENING: Final = LedgerFigure.row == FigureRow.OPENING


def fund_years(year: int) -> list[FundYear]:
    """Each programme's fund over the year, in the order of the programmes.

    Its opening is what stands on 196; while the year before is open, what that one would leave if it
    were closed as it is now (see :func:`open_year_before`).
    """
    opening = _carried_into(year)
    received = _of_entries(EntryLine.account.in_(INCOME), Entry.year == year)
    spent = _of_figures(_SPENT, LedgerFigure.year == year)
    return [
        FundYear(
            each.value,
            opening[each.value],
            Money(received[each.value]),
            Money(spent[each.value]),
        )
        for each in Programme
    ]


def open_year_before(year: int) -> int | None:
    """The year before when it holds entries and is open: its funds are not booked yet, and the opening
    of this year is computed from what they would be. None when nothing is computed."""
    first, closed = first_month(), closed_years()
    if first is None or first.year >= year or {year, year - 1} & closed:
        return None
    return year - 1


def _carried_into(year: int) -> Mapping[str, Money]:
    """What each fund holds on 1 January."""
    before = open_year_before(year)
    if before is None:
        carried = _of_entries(EntryLine.account == DEDICATED_FUNDS, Entry.year < year)
        told = _of_figures(_OPENING, LedgerFigure.year <= year)
        return {each.value: Money(carried[each.value] + told[each.value]) for each in Programme}
    told = _of_figures(_OPENING, LedgerFigure.year == year)
    return {fund.fund: fund.closing + Money(told[fund.fund]) for fund in fund_years(before)}


def _of_entries(*where: Any) -> Mapping[str, int]:
    chosen: Any = sa.select(EntryLine.tag, _NET).join(Entry, Entry.id == EntryLine.entry_id)
    chosen = chosen.where(EntryLine.tag.startswith(TAG), *where).group_by(EntryLine.tag)
    found = {tag.removeprefix(TAG): int(minor) for tag, minor in db.session.execute(chosen)}
    return defaultdict(int, found)


def _of_figures(*where: Any) -> Mapping[str, int]:
    chosen: Any = sa.select(LedgerFigure.programme, sa.func.sum(LedgerFigure.amount_minor))
    chosen = chosen.where(
        LedgerFigure.programme.is_not(None), LedgerFigure.struck_at.is_(None), *where
    )
    found = db.session.execute(chosen.group_by(LedgerFigure.programme))
    return defaultdict(int, {programme.value: int(minor) for programme, minor in found})


def booked_at_year_end(year: int) -> dict[str, Draft]:
    """The year-end entries that stand or were undone: source to entry."""
    chosen: Any = sa.select(Entry).where(
        Entry.source.startswith(f"{YEAR_END}{year}:"), Entry.year == year
    )
    found: dict[str, Draft] = {}
    for entry in db.session.scalars(chosen.options(selectinload(Entry.lines))):
        lines = tuple(
            Line(x.account, Money(x.debit_minor), Money(x.credit_minor), x.tag) for x in entry.lines
        )
        found[entry.source] = Draft(
            journal_named(entry.journal),
            entry.date,
            entry.piece_ref,
            entry.piece_date,
            entry.label,
            lines,
        )
    return found


def standing_at_end(year: int) -> dict[str, Money]:
    """What stands on 196 for each fund on 31 December, with what the books before carried in."""
    booked = _of_entries(EntryLine.account == DEDICATED_FUNDS, Entry.year <= year)
    told = _of_figures(_OPENING, LedgerFigure.year <= year)
    return {each.value: Money(booked[each.value] + told[each.value]) for each in Programme}


def posted_funds(year: int) -> dict[str, tuple[Money, Money]]:
    """What the year's entries say of each fund: carried (6896), used (7896)."""
    carried = _of_entries(EntryLine.account == FUNDS_CARRIED, Entry.year == year)
    used = _of_entries(EntryLine.account == FUNDS_USED, Entry.year == year)
    return {
        each.value: (Money(-carried[each.value]), Money(used[each.value])) for each in Programme
    }
