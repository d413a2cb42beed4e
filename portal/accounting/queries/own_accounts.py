"""The association's bank accounts in the books: which subdivision of 512 each is, and what stands amiss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa

from portal.accounting.models import BankAccount, BankLine, BankMatch, BankPart, Entry, EntryLine
from portal.accounting.queries.chart import all_accounts
from portal.accounting.queries.entry_drafts import draft_of
from portal.accounting.rules.chart import BANK
from portal.accounting.rules.draft import Draft
from portal.accounting.rules.sources import UNDONE
from portal.core.db import db
from portal.core.money import Money
from portal.donations.models import Deposit, Gift

MOVED: Final = "account"
"""What the name of an entry ends in that brings a part to the account of its statement."""

# The entry behind each part of a line: the gift's last settlement, the slip's last credit, the part's own, or
# the entry it shows.
_BEHIND: Final = r"""
select p.id as part_id, p.match_id, (select max(e.id) from entry e where e.gift_id = p.gift_id
    and e.source ~ '^gift:[0-9]+\:settled(:[0-9]+)?$') as entry_id
  from bank_part p where p.live and p.gift_id is not null
union all
select p.id, p.match_id, (select max(e.id) from entry e
    where e.source ~ ('^deposit:' || p.deposit_id || '\:credited(:[0-9]+)?$'))
  from bank_part p where p.live and p.deposit_id is not null
union all
select p.id, p.match_id, (select e.id from entry e where e.source = 'bank_part:' || p.id)
  from bank_part p where p.live and (p.payout_id is not null or p.account is not null)
union all
select p.id, p.match_id, p.entry_id from bank_part p where p.live and p.entry_id is not null"""

_MISPLACED: Final = rf"""
with behind as ({_BEHIND}), ours as (
  select ledger_code as code from bank_account union select :bank)
select b.part_id, b.entry_id, l.id as line_id, coalesce(e.fact_on, e.date) as on_day, a.ledger_code as wanted, x.account as booked,
  sum(x.debit_minor - x.credit_minor) as moved
from behind b join bank_match m on m.id = b.match_id join bank_line l on l.id = m.line_id
join bank_account a on a.id = l.account_id
join entry e on e.id = b.entry_id
join entry_line x on x.entry_id = b.entry_id and x.account in (select code from ours)
where not exists (select from entry_line y where y.entry_id = b.entry_id and y.account = a.ledger_code)
  and not exists (select from entry v where v.source ~ ('^bank_part:' || b.part_id || '\:account(:[0-9]+)?$')
    and not exists (select from entry u where u.source = v.source || '\:undone'))
  and (:every or b.part_id = any(:parts)) and (:code = '' or a.ledger_code = :code)
group by b.part_id, b.entry_id, l.id, a.ledger_code, x.account, e.fact_on, e.date
having sum(x.debit_minor - x.credit_minor) <> 0
order by b.part_id"""  # noqa: S608 - constants of this module


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A part of a line whose sum stands on another bank account than the one of its statement.

    ``on`` is the day it is booked on, or would be if that were open.
    """

    part_id: int
    entry_id: int
    line_id: int
    wanted: str
    booked: str
    on: date
    moved: Money


def bank_codes() -> list[str]:
    """The subdivisions of 512 that are bank accounts of ours, the main one first."""
    ours = db.session.scalars(sa.select(BankAccount.ledger_code).order_by(BankAccount.ledger_code))
    return [BANK, *(code for code in ours if code != BANK)]


def codes_taken() -> set[str]:
    """Subdivisions that cannot be given to another account: they are one's, in the chart, or booked on.

    The main one is everybody's until it is an account's.
    """
    booked = set(
        db.session.scalars(
            sa.select(EntryLine.account).where(EntryLine.account.like("512%")).distinct()
        )
    )
    worded = {each.code for each in all_accounts()}
    return set(db.session.scalars(sa.select(BankAccount.ledger_code))) | (booked | worded) - {BANK}


def is_booked_on(code: str) -> bool:
    """Whether an entry stands on the account."""
    return bool(db.session.scalar(sa.select(sa.exists().where(EntryLine.account == code))))


def misplaced(parts: Sequence[int] | None = None, *, code: str = "") -> list[Misplaced]:
    """What stands on another bank account than the one on whose statement it is: of these parts, or of
    every line of the account ``code``, or all."""
    named = {"bank": BANK, "every": parts is None, "parts": list(parts or ()), "code": code}
    rows = db.session.execute(sa.text(_MISPLACED), named)
    return [
        Misplaced(
            row.part_id,
            row.entry_id,
            row.line_id,
            row.wanted,
            row.booked,
            row.on_day,
            Money(int(row.moved)),
        )
        for row in rows
    ]


def code_of_line(line_ref: str) -> str:
    """The subdivision of the account on whose statement the line stands; the main one for no line."""
    prefix, _sign, number = line_ref.partition("-")
    if prefix != "RLV" or not number.isdigit():
        return BANK
    chosen = sa.select(BankAccount.ledger_code).join(
        BankLine, BankLine.account_id == BankAccount.id
    )
    return db.session.scalar(chosen.where(BankLine.id == int(number))) or BANK


def code_of_deposit(deposit_id: int | None) -> str:
    """The subdivision of the account that was credited with a slip."""
    if deposit_id is None:
        return BANK
    ref = db.session.scalar(sa.select(Deposit.statement_line_ref).where(Deposit.id == deposit_id))
    return code_of_line(ref or "")


def code_of_gift() -> sa.ColumnElement[str]:
    """Beside :class:`Gift` in a query: the account whose line made the gift, or credited its slip."""
    of_part = (
        sa.select(BankAccount.ledger_code)
        .join(BankLine, BankLine.account_id == BankAccount.id)
        .join(BankMatch, BankMatch.line_id == BankLine.id)
        .join(BankPart, sa.and_(BankPart.match_id == BankMatch.id, BankPart.live))
        .limit(1)
    )
    made = of_part.where(BankPart.gift_id == Gift.id, BankPart.settled_here)
    slip = of_part.join(Deposit, Deposit.id == BankPart.deposit_id).where(
        Deposit.ref == Gift.deposit_ref, Gift.deposit_ref != ""
    )
    found = sa.func.coalesce(
        made.correlate(Gift).scalar_subquery(), slip.correlate(Gift).scalar_subquery(), BANK
    )
    return found.label("bank_code")


def moves_of(part_id: int) -> list[str]:
    """The names of the entries that moved a part to its account, oldest first, undone ones included."""
    slot = f"bank_part:{part_id}:{MOVED}"
    chosen = sa.select(Entry.source).where(
        sa.or_(Entry.source == slot, Entry.source.like(f"{slot}:%")),
        ~Entry.source.like(f"%:{UNDONE}"),
    )
    return list(db.session.scalars(chosen.order_by(Entry.id)))


def standing_draft(source: str) -> Draft | None:
    """The entry booked under that name, as its fact wanted it; None when it is undone or never was."""
    undone = sa.select(sa.exists().where(Entry.source == f"{source}:{UNDONE}"))
    if db.session.scalar(undone):
        return None
    entry = db.session.scalar(sa.select(Entry).where(Entry.source == source))
    return None if entry is None else draft_of(entry)
