"""What must be true of cheques in hand, of the till, and of what companies promised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import sqlalchemy as sa
from flask_babel import gettext as _

from portal.accounting.rules.booking import BOOKS_BEGIN_ON
from portal.accounting.rules.chart import AGREED_GIFTS, CASH_IN_TRANSIT, CHEQUES_IN_HAND
from portal.core.checks import Verdict
from portal.core.db import db
from portal.core.i18n import money
from portal.core.i18n_markers import N_
from portal.core.money import Money

# A cheque that went to the bank and came back left the books from the bank, not from 5112.
_CHEQUES: Final = """
select
  (select coalesce(sum(amount_minor), 0) from gift where mode = 'cheque' and tax_on >= :since
     and currency = 'EUR' and state in ('settled','partially_refunded','refunded','disputed'))
  + (select coalesce(sum(c.amount_minor), 0) from cheque_return r join cheque c on c.id = r.cheque_id
     where r.deposit_id is not null and c.arrived_on >= :since)
  - (select coalesce(sum(amount_minor), 0) from deposit
     where kind = 'cheques' and credited_on is not null)
  - (select coalesce(sum(amount_minor), 0) from bank_part where live and account = :account)"""
_CASH_ON_ITS_WAY: Final = """
select coalesce(sum(amount_minor), 0) from deposit where kind = 'cash' and credited_on is null"""
_PROMISED: Final = """
select (select coalesce(sum(amount_minor), 0) from agreement)
  - (select coalesce(sum(amount_minor), 0) from agreement_payment)"""
_BALANCE: Final = """
select coalesce(sum(debit_minor - credit_minor), 0) from entry_line where account = :account"""


def cheques_in_hand() -> Verdict:
    """Account 5112 holds the cheques that came and that no credited slip took away."""
    return _compared(CHEQUES_IN_HAND, _sum(_CHEQUES, since=BOOKS_BEGIN_ON, account=CHEQUES_IN_HAND))


def cash_on_its_way() -> Verdict:
    """Account 581 holds the cash deposited that the bank does not show yet."""
    return _compared(CASH_IN_TRANSIT, _sum(_CASH_ON_ITS_WAY))


def agreements_due() -> Verdict:
    """Account 4672 holds what companies promised and have not paid."""
    return _compared(AGREED_GIFTS, _sum(_PROMISED))


def _compared(account: str, told: Money) -> Verdict:
    booked = _sum(_BALANCE, account=account)
    if booked == told:
        text = _("Account %(account)s: %(amount)s on both sides.",
                 account=account, amount=money(booked))  # fmt: skip
        return True, text
    return False, _(
        "Account %(account)s: the books say %(books)s, the records say %(records)s.",
        account=account,
        books=money(booked),
        records=money(told),
    )


def _sum(statement: str, **named: object) -> Money:
    return Money(int(db.session.scalar(sa.text(statement), named) or 0))


HANDED_OVER_CHECKS: Final[tuple[tuple[str, Callable[[], Verdict], str], ...]] = (
    ("cheques_in_hand", cheques_in_hand, N_("Account 5112 equals the cheques not yet credited")),
    ("cash_on_its_way", cash_on_its_way, N_("Account 581 equals the cash on its way to the bank")),
    ("agreements_due", agreements_due, N_("Account 4672 equals what companies still owe")),
)
"""The checks of what was handed over: code, what to run, what must be true."""
