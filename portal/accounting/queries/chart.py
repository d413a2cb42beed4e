"""The chart of accounts as it is worded on each day: ours, and what an administrator wrote since."""

from __future__ import annotations

import datetime as dt

from portal.accounting.rules import chart as rules
from portal.accounting.rules.chart import Account
from portal.core.dated_rules import NothingHolds, Period, rule_book

ACCOUNT = "account"


def all_accounts() -> tuple[Account, ...]:
    """Every account with the days its wording holds: hand it to a draft of free choice."""
    return rule_book().table(ACCOUNT, _account)


def account_on(code: str, on: dt.date) -> Account:
    """The account as the chart words it on that day. Raises UnknownAccount."""
    try:
        return _account(rule_book().on(ACCOUNT, code, on))
    except NothingHolds as error:
        raise rules.UnknownAccount(
            f"account {code} is not in the chart on {on.isoformat()}"
        ) from error


def added_codes() -> frozenset[str]:
    """The accounts an administrator added: open to entries by hand, and to nothing else."""
    return frozenset(each.code for each in all_accounts()) - {each.code for each in rules.CHART}


def accounts_named(on: dt.date) -> dict[str, str]:
    """The label of each account of the chart on that day."""
    return {account.code: account.label for account in all_accounts() if account.holds_on(on)}


def _account(period: Period) -> Account:
    version = period.version
    return Account(
        version.code, version.value["label"], version.source, period.since, period.last_day
    )
