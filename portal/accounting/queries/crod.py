"""The CROD and the CER of a year: from the entries, and from figures an accountant brought.

The portal keeps gifts. What it cannot know (what was spent, grants, volunteers' time) stands in
``ledger_figure`` with its voucher, and is nothing until somebody enters it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from portal.accounting.models import CrodTag, Entry, EntryLine, LedgerFigure
from portal.accounting.queries.chart import added_codes
from portal.accounting.queries.closing import closed_years
from portal.accounting.queries.funds import fund_years, posted_funds
from portal.accounting.queries.statements import INCOME
from portal.accounting.rules import crod as rules
from portal.accounting.rules.cer import CerCarried, cer_rows
from portal.accounting.rules.chart import FUNDS_CARRIED, FUNDS_USED
from portal.accounting.rules.crod import FigureRow, StatementRow, Sums
from portal.accounting.rules.dedicated import TAG
from portal.core.db import db
from portal.core.money import Money
from portal.programmes.codes import Programme

_OUTSIDE: Final = (FigureRow.OPENING, FigureRow.INVESTED, FigureRow.DIVESTED)
"""Figures that are no row of the CROD: they stand in the CER or with the funds."""


def crod(year: int) -> list[StatementRow]:
    """The compte de résultat par origine et destination of a year (ANC 2018-06, art. 432-2).

    Dedicated funds stand as posted; before the year is closed, as they would be posted now.
    """
    return rules.crod_rows(_told(year))


def cer(year: int) -> list[StatementRow]:
    """The compte d'emploi annuel des ressources collectées auprès du public (art. 432-17).

    Its ``amount`` is what the generosity of the public paid for or brought.
    """
    return cer_rows(rules.added_up(_told(year)), _carried(year))


def _told(year: int) -> dict[str, Sums]:
    told: defaultdict[str, Sums] = defaultdict(Sums)
    rows = rows_of_accounts(year)
    for account, dedicated, minor in _by_account(year):
        row = rows.get(account)
        if row is None or account in (FUNDS_CARRIED, FUNDS_USED):
            continue
        told[row] += _sums_of(row, Money(minor), dedicated)
    for figure in standing_figures(year):
        if figure.row not in _OUTSIDE:
            told[figure.row.value] += _of_figure(figure)
    carried, used = dedicated_of(year)
    told[rules.FUNDS_USED] += Sums(used, used, used)
    told[rules.FUNDS_CARRIED] += Sums(carried, carried, carried)
    return dict(told)


def _by_account(year: int) -> list[tuple[str, bool, int]]:
    """Each account of the year: whether its lines are dedicated, credit less debit in cents."""
    dedicated = EntryLine.tag.startswith(TAG)
    net = sa.func.sum(EntryLine.credit_minor - EntryLine.debit_minor)
    chosen: Any = sa.select(EntryLine.account, dedicated.label("dedicated"), net.label("minor"))
    chosen = chosen.join(Entry, Entry.id == EntryLine.entry_id).where(Entry.year == year)
    chosen = chosen.group_by(EntryLine.account, sa.text("2")).order_by(EntryLine.account)
    return [(account, ded, int(minor)) for account, ded, minor in db.session.execute(chosen)]


def _sums_of(row: str, credited: Money, dedicated: bool) -> Sums:
    """An account's net as a figure of its row; costs of our entries are paid by generosity."""
    charge = row.startswith(("C", "U"))
    amount = -credited if charge else credited
    generosity = amount if charge or rules.is_generosity(row) else Money(0)
    return Sums(amount, generosity, amount if dedicated else Money(0))


def _of_figure(figure: LedgerFigure) -> Sums:
    dedicated = figure.amount if figure.programme is not None else Money(0)
    every = rules.is_generosity(figure.row.value)
    return Sums(figure.amount, figure.amount if every else figure.generosity, dedicated)


def dedicated_of(year: int) -> tuple[Money, Money]:
    """What the year carries into dedicated funds, and what it uses of earlier ones: as posted once it
    is closed, until then (also when it was opened again) as it would be posted now."""
    if year in closed_years():
        posted = posted_funds(year).values()
        return (
            sum((each[0] for each in posted), Money(0)),
            sum((each[1] for each in posted), Money(0)),
        )
    funds = fund_years(year)
    return (
        sum((fund.carried for fund in funds), Money(0)),
        sum((fund.used for fund in funds), Money(0)),
    )


def _carried(year: int) -> CerCarried:
    """What the generosity of the public brought into the year outside dedicated funds, and assets."""
    figures = standing_figures(year)
    opening = [each for each in figures if each.row is FigureRow.OPENING and not each.programme]
    return CerCarried(
        opening=_total(opening) if opening else _end_of(year - 1),
        invested=_total([each for each in figures if each.row is FigureRow.INVESTED]),
        divested=_total([each for each in figures if each.row is FigureRow.DIVESTED]),
    )


def _end_of(year: int) -> Money:
    """What the year before carries on, when the books have it."""
    if not db.session.scalar(sa.select(sa.exists().where(Entry.year <= year))):
        return Money(0)
    return next(row.amount for row in cer(year) if row.code == "carried_end")


def _total(figures: list[LedgerFigure]) -> Money:
    return sum((figure.amount for figure in figures), Money(0))


def standing_figures(year: int) -> list[LedgerFigure]:
    """The figures of the general ledger entered for the year and not struck out."""
    chosen = sa.select(LedgerFigure).where(
        LedgerFigure.year == year, LedgerFigure.struck_at.is_(None)
    )
    return list(db.session.scalars(chosen.order_by(LedgerFigure.row, LedgerFigure.id)))


def figures_of(year: int) -> list[LedgerFigure]:
    """Every figure entered for the year, struck out ones too."""
    chosen = sa.select(LedgerFigure).where(LedgerFigure.year == year)
    return list(db.session.scalars(chosen.order_by(LedgerFigure.row, LedgerFigure.id)))


def rows_of_accounts(year: int) -> Mapping[str, str]:
    """The row of each account in the year: the usual one, or where an accountant moved it."""
    usual = {code: rules.usual_row(code) for code in (*rules.ROW_OF_ACCOUNT, *added_codes())}
    return {code: row for code, row in usual.items() if row} | _moved("account:", year)


def rows_of_programmes(year: int) -> Mapping[Programme, FigureRow]:
    """Where each programme's missions are carried out: in France or abroad, by whom."""
    moved = _moved("programme:", year)
    return {
        each: FigureRow(moved.get(each.value, rules.ROW_OF_PROGRAMME.value)) for each in Programme
    }


def _moved(prefix: str, year: int) -> dict[str, str]:
    chosen = sa.select(CrodTag.subject, CrodTag.row).order_by(CrodTag.since)
    chosen = chosen.where(CrodTag.subject.startswith(prefix), CrodTag.since <= year)
    return {subject.removeprefix(prefix): row for subject, row in db.session.execute(chosen)}


@dataclass(frozen=True, slots=True)
class Appeal:
    """What a year collected by public appeal, held against the threshold of the law."""

    collected: Money
    threshold: Money

    @property
    def over(self) -> bool:
        """Both statements stand in the notes, and the appeal is declared to the prefect."""
        return self.collected > self.threshold


def appeal(year: int) -> Appeal:
    """Income from the generosity of the public, against 153,000 euros (loi n° 91-772, art. 3)."""
    net = sa.func.coalesce(sa.func.sum(EntryLine.credit_minor - EntryLine.debit_minor), 0)
    chosen = sa.select(net).join(Entry, Entry.id == EntryLine.entry_id)
    rows = rows_of_accounts(year)
    accounts = [code for code in INCOME if rows.get(code, "").startswith("P1")]
    minor = db.session.scalar(chosen.where(Entry.year == year, EntryLine.account.in_(accounts)))
    beside = _total([x for x in standing_figures(year) if x.row.value.startswith("P1")])
    return Appeal(Money(int(minor or 0)) + beside, rules.APPEAL_THRESHOLD)
