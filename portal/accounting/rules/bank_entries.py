"""What a line that is no gift writes into the books: the bank on one side, an account on the other."""

from __future__ import annotations

from datetime import date

from portal.accounting.rules import chart
from portal.accounting.rules.draft import Draft, credit, debit
from portal.accounting.rules.journals import Journal
from portal.core.money import Money


def entry_for_line_on_account(
    account: str,
    moved: Money,
    on: date,
    line_ref: str,
    accounts: tuple[chart.Account, ...] = chart.CHART,
    *,
    bank: str = chart.BANK,
) -> Draft:
    """A movement of the account, on its day; below zero, money left. ``bank`` is the account
    whose statement the line stands on. The label names no person.

    :raises EntryError: for nothing moved; UnknownAccount before these books begin.
    """
    label = f"{chart.account_on(account, on, accounts).label} {line_ref}"
    size = Money(abs(moved.minor), moved.currency)
    to, from_ = (bank, account) if moved.minor > 0 else (account, bank)
    return Draft(Journal.BANK, on, line_ref, on, label, (debit(to, size), credit(from_, size)))
