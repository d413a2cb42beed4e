"""The books and the bank: what the account says of itself is what account 512 says of it.

The books of gifts open no balance of their own, so movements are compared: from the first day all
accounts are covered to the last on which every line is dealt with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounting.models import BankAccount, BankLine, BankStatement
from portal.accounting.queries.bank import accounts, gaps_of
from portal.accounting.queries.bank_doubles import doubles
from portal.accounting.queries.bank_facts import waits
from portal.accounting.rules.chart import BANK
from portal.core.checks import Verdict
from portal.core.db import db
from portal.core.i18n import day, money
from portal.core.i18n_markers import N_
from portal.core.money import Money, total

_LINES: Final = """
select coalesce(sum(amount_minor), 0) from bank_line where booked_on between :since and :until"""
_ENTRIES: Final = """
select coalesce(sum(l.debit_minor - l.credit_minor), 0) from entry_line l
join entry e on e.id = l.entry_id
where l.account = :bank and coalesce(e.fact_on, e.date) between :since and :until"""
# What a line shows was booked on another day than the bank's: on one side of the period only.
_OTHER_DAY: Final = """
select coalesce(sum(case when x.booked between :since and :until then x.minor else 0 end), 0)
     - coalesce(sum(case when x.shown between :since and :until then x.minor else 0 end), 0)
from (select p.amount_minor as minor, l.booked_on as shown,
        coalesce(e.fact_on, e.date, g.tax_on, l.booked_on) as booked
      from bank_part p join bank_match m on m.id = p.match_id join bank_line l on l.id = m.line_id
      left join gift g on g.id = p.gift_id left join entry e on e.id = p.entry_id
      where p.live) x"""
# Movements of 512 that no line shows, each fact net of what undid it.
_UNSHOWN: Final = r"""
select min(e.number) as number, min(e.date) as date, min(e.label) as label,
  sum(l.debit_minor - l.credit_minor) as moved
from entry e join entry_line l on l.entry_id = e.id and l.account = :bank
where coalesce(e.fact_on, e.date) between :since and :until
  and e.source not like 'bank_part:%' and e.source not like 'deposit:%'
  and not exists (select from bank_part p where p.live and p.entry_id = e.id)
  and not (e.source ~ '^gift:[0-9]+\:settled(:[0-9]+)?$'
    and exists (select from bank_part p where p.live and p.gift_id = e.gift_id))
group by regexp_replace(e.source, '\:undone$', '')
having sum(l.debit_minor - l.credit_minor) <> 0 order by 1"""


@dataclass(frozen=True, slots=True)
class Period:
    """What can be compared."""

    since: date
    until: date

    @property
    def named(self) -> dict[str, Any]:
        return {"since": self.since, "until": self.until, "bank": BANK}


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A movement in the books that no line of a statement shows yet."""

    number: str
    on: date
    label: str
    amount: Money


def bank_statement_matches_512() -> Verdict:
    """Over the days whose lines are all dealt with, 512 moved as the accounts did.

    What stands in the books and on no statement yet is named: it is the difference a statement of
    reconciliation explains. A difference nothing explains is an error.
    """
    period, waiting = covered_period(), _waiting()
    if period is None:
        if waiting:
            return True, _still(waiting)
        return True, _("No statement is imported and dealt with yet: nothing to compare.")
    bank, books = _sum(_LINES, period) + _sum(_OTHER_DAY, period), _sum(_ENTRIES, period)
    open_items = unshown(period)
    left = books - bank - total([item.amount for item in open_items])
    told = {
        "since": day(period.since),
        "until": day(period.until),
        "books": money(books),
        "bank": money(bank),
    }
    if left:
        text = _(
            "From %(since)s to %(until)s account 512 moved by %(books)s, the bank says %(bank)s;"
            " %(left)s of it nothing explains.",
            left=money(left),
            **told,
        )
        return False, f"{text} {_named(open_items)}".strip()
    text = _(
        "From %(since)s to %(until)s account 512 moved by %(books)s, the bank says %(bank)s.",
        **told,
    )
    return True, " ".join(part for part in (text, _named(open_items), _still(waiting)) if part)


def _named(items: Sequence[OpenItem]) -> str:
    """What the books have and no statement shows."""
    if not items:
        return ""
    some = ", ".join(f"{item.number} ({money(item.amount)})" for item in items[:5])
    return str(
        ngettext(
            "%(num)d entry is on no statement (%(sum)s): %(some)s.",
            "%(num)d entries are on no statement (%(sum)s): %(some)s.",
            len(items),
            sum=money(total([item.amount for item in items])),
            some=some + (" …" if len(items) > len(items[:5]) else ""),
        )
    )


def _still(waiting: int) -> str:
    if not waiting:
        return ""
    return str(ngettext("%(num)d line still waits.", "%(num)d lines still wait.", waiting))


def _waiting() -> int:
    return int(
        db.session.scalar(sa.select(sa.func.count()).select_from(BankLine).where(waits())) or 0
    )


def covered_period() -> Period | None:
    """The days every account with statements covers, until the day before the first line that waits."""
    spans = db.session.execute(
        sa.select(sa.func.min(BankStatement.opened_on), sa.func.max(BankStatement.closed_on))
        .group_by(BankStatement.account_id)
    ).all()  # fmt: skip
    if not spans:
        return None
    since, until = max(row[0] for row in spans), min(row[1] for row in spans)
    first = db.session.scalar(sa.select(sa.func.min(BankLine.booked_on)).where(waits()))
    if first is not None:
        until = min(until, first - timedelta(days=1))
    return Period(since, until) if since <= until else None


def _sum(statement: str, period: Period) -> Money:
    named = {name: value for name, value in period.named.items() if f":{name}" in statement}
    return Money(int(db.session.scalar(sa.text(statement), named) or 0))


def unshown(period: Period) -> list[OpenItem]:
    """Movements of 512 in the period that no line of a statement shows."""
    rows = db.session.execute(sa.text(_UNSHOWN), period.named)
    return [OpenItem(row.number, row.date, row.label, Money(int(row.moved))) for row in rows]


def bank_statements_follow() -> Verdict:
    """No statement is missing between two others of an account."""
    missing = [_gaps_in_words(each) for each in accounts()]
    told = " ".join(words for words in missing if words)
    if told:
        return False, told
    return True, _("Each statement begins where the one before it ended.")


def _gaps_in_words(account: BankAccount) -> str:
    return " ".join(
        _("%(account)s: a statement is missing between %(after)s and %(before)s (%(amount)s).",
          account=account.shown, after=day(gap.after), before=day(gap.before),
          amount=money(gap.missing) if gap.missing else _("sum unknown"))
        for gap in gaps_of(account.id)[:3]
    )  # fmt: skip


def transfers_counted_once() -> Verdict:
    """No transfer stands both as a line of the bank and beside it, for one donor, sum and time."""
    found = doubles()
    if found:
        pairs = ", ".join(f"{row.gift_ref} = {row.other_ref}?" for row in found[:5])
        return False, _("These gifts may be the same money: %(pairs)s.", pairs=pairs)
    return True, _("No transfer is recorded twice.")


BANK_CHECKS: Final[tuple[tuple[str, Callable[[], Verdict], str], ...]] = (
    ("bank_statement_matches_512", bank_statement_matches_512, N_("Account 512 is what the bank's statements say")),
    ("bank_statements_follow", bank_statements_follow, N_("No bank statement is missing")),
    ("transfers_counted_once", transfers_counted_once, N_("No transfer is counted twice")),
)  # fmt: skip
"""The checks of the bank: code, what to run, what must be true."""
