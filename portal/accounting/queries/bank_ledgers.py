"""Each bank account of ours: its ledger (a subdivision of 512) beside what its statements say.

The books of gifts open no balance of their own. Where the bank tells one, the ledger begins from the
opening balance of the first statement and must end on the closing balance of the last; where it does
not, movements are compared. Compared are the days from the first statement to the last on which every
line of the account is dealt with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa

from portal.accounting.models import BankAccount, BankLine, BankStatement
from portal.accounting.queries.bank import accounts
from portal.accounting.queries.bank_facts import waits
from portal.accounting.queries.own_accounts import Misplaced, misplaced
from portal.core.db import db
from portal.core.money import Money, total

_LINES: Final = """
select coalesce(sum(amount_minor), 0) from bank_line
where account_id = :account and booked_on between :since and :until"""
_ENTRIES: Final = """
select coalesce(sum(l.debit_minor - l.credit_minor), 0) from entry_line l
join entry e on e.id = l.entry_id
where l.account = :code and coalesce(e.fact_on, e.date) between :since and :until"""
# What a line shows was booked on another day than the bank's: on one side of the period only.
_OTHER_DAY: Final = """
select coalesce(sum(case when x.booked between :since and :until then x.minor else 0 end), 0)
     - coalesce(sum(case when x.shown between :since and :until then x.minor else 0 end), 0)
from (select p.amount_minor as minor, l.booked_on as shown,
        coalesce(e.fact_on, e.date, g.tax_on, l.booked_on) as booked
      from bank_part p join bank_match m on m.id = p.match_id join bank_line l on l.id = m.line_id
      left join gift g on g.id = p.gift_id left join entry e on e.id = p.entry_id
      where p.live and l.account_id = :account) x"""
# Movements of the account that no line shows, each fact net of what undid it; what met a payment on 471
# never was at the bank.
_UNSHOWN: Final = r"""
select min(e.number) as number, min(e.date) as date, min(e.label) as label,
  sum(l.debit_minor - l.credit_minor) as moved
from entry e join entry_line l on l.entry_id = e.id and l.account = :code
where coalesce(e.fact_on, e.date) between :since and :until
  and e.source not like 'bank_part:%' and e.source not like 'deposit:%'
  and not exists (select from bank_part p where p.live and p.entry_id = e.id)
  and not (e.source ~ '^gift:[0-9]+\:settled(:[0-9]+)?$'
    and exists (select from bank_part p where p.live and p.gift_id = e.gift_id))
  and not exists (select from entry k where k.gift_id = e.gift_id
    and k.source ~ '^provider_line:[^:]+\:gift(:[0-9]+)?$'
    and not exists (select from entry u where u.source = k.source || '\:undone'))
group by regexp_replace(e.source, '\:undone$', '')
having sum(l.debit_minor - l.credit_minor) <> 0 order by 1"""


@dataclass(frozen=True, slots=True)
class Period:
    """What can be compared, both days included."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A movement in the books that no line of a statement shows yet."""

    number: str
    on: date
    label: str
    amount: Money


@dataclass(frozen=True, slots=True)
class BankLedger:
    """An account over the days that can be compared; ``period`` is None when none can.

    ``books`` and ``bank`` are what moved on its subdivision of 512 and on its statements; ``items`` stand in
    the books and on no statement; ``misplaced`` on another account's subdivision. ``left`` is what none of
    that explains. ``closing`` is the statement's balance on the last day, where the bank told it.
    """

    account: BankAccount
    waiting: int
    period: Period | None
    books: Money = Money(0)  # noqa: RUF009 - frozen
    bank: Money = Money(0)  # noqa: RUF009 - frozen
    left: Money = Money(0)  # noqa: RUF009 - frozen
    items: Sequence[OpenItem] = ()
    misplaced: Sequence[Misplaced] = ()
    closing: Money | None = None

    @property
    def agrees(self) -> bool:
        """Whether the ledger is what the bank says, on its own subdivision."""
        return not self.left and not self.misplaced

    @property
    def unshown(self) -> Money:
        """What the books hold beyond the statements: the sum of ``items``."""
        return total([item.amount for item in self.items])

    @property
    def by_books(self) -> Money | None:
        """The closing balance as the books come to it, from the opening balance the bank told."""
        return None if self.closing is None else self.closing + self.left


def bank_ledgers() -> list[BankLedger]:
    """Every account of ours, in the order they were first seen."""
    every = misplaced()
    return [_ledger(account, every) for account in accounts()]


def ledger_of(account: BankAccount) -> BankLedger:
    """That account."""
    return _ledger(account, misplaced())


def _ledger(account: BankAccount, every: Sequence[Misplaced]) -> BankLedger:
    code, waiting, period = account.ledger_code, _waiting(account.id), covered_period(account.id)
    amiss = [each for each in every if each.wanted == code]
    if period is None:
        return BankLedger(account, waiting, None, misplaced=amiss)
    named = {"account": account.id, "code": code, "since": period.since, "until": period.until}
    closing, told = _told_by_balances(account.id, period)
    bank = (_sum(_LINES, named) if told is None else told) + _sum(_OTHER_DAY, named)
    books, items = _sum(_ENTRIES, named), unshown(code, period)
    elsewhere = _elsewhere(every, code, period)
    left = books - bank - total([item.amount for item in items]) + elsewhere
    return BankLedger(account, waiting, period, books, bank, left, items, amiss, closing)


def _elsewhere(every: Sequence[Misplaced], code: str, period: Period) -> Money:
    """What of the account stands on others' subdivisions, less what of others stands on its own."""
    within = [each for each in every if period.since <= each.on <= period.until]
    out = total([each.moved for each in within if each.wanted == code])
    return out - total([each.moved for each in within if each.booked == code])


def _told_by_balances(account_id: int, period: Period) -> tuple[Money | None, Money | None]:
    """The balance on the last day, and what moved since the first: where the bank told both."""
    ours = sa.select(BankStatement).where(BankStatement.account_id == account_id)
    first = db.session.scalar(ours.order_by(BankStatement.opened_on, BankStatement.id).limit(1))
    last = db.session.scalar(
        ours.where(BankStatement.closed_on == period.until)
        .order_by(BankStatement.opened_on.desc(), BankStatement.id.desc())
        .limit(1)
    )
    if first is None or last is None or first.opening is None or last.closing is None:
        return None, None
    return last.closing, last.closing - first.opening


def covered_period(account_id: int) -> Period | None:
    """The days the account's statements cover, until the day before its first line that waits."""
    chosen = sa.select(
        sa.func.min(BankStatement.opened_on), sa.func.max(BankStatement.closed_on)
    ).where(BankStatement.account_id == account_id)
    row = db.session.execute(chosen).one()
    since: date | None = row[0]
    until: date | None = row[1]
    if since is None or until is None:
        return None
    first = db.session.scalar(
        sa.select(sa.func.min(BankLine.booked_on)).where(waits(), BankLine.account_id == account_id)
    )
    if first is not None:
        until = min(until, first - timedelta(days=1))
    return Period(since, until) if since <= until else None


def unshown(code: str, period: Period) -> list[OpenItem]:
    """Movements of the subdivision in the period that no line of a statement shows."""
    named = {"code": code, "since": period.since, "until": period.until}
    rows = db.session.execute(sa.text(_UNSHOWN), named)
    return [OpenItem(row.number, row.date, row.label, Money(int(row.moved))) for row in rows]


def _waiting(account_id: int) -> int:
    chosen = sa.select(sa.func.count()).select_from(BankLine)
    return int(db.session.scalar(chosen.where(waits(), BankLine.account_id == account_id)) or 0)


def _sum(statement: str, named: dict[str, Any]) -> Money:
    asked = {name: value for name, value in named.items() if f":{name}" in statement}
    return Money(int(db.session.scalar(sa.text(statement), asked) or 0))
