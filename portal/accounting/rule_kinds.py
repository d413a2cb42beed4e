"""The rules of the books that have dates: the accounts and how they are worded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa

from portal.accounting.models import BankAccount, Entry, EntryLine
from portal.accounting.queries.chart import ACCOUNT
from portal.accounting.rules.chart import BOOKS_SINCE, CHART
from portal.core.dated_rules import RuleField, RuleKind, Shape, Version, register_kind
from portal.core.dated_rules.kinds import Faults, Value
from portal.core.db import db
from portal.core.i18n_markers import N_

CODE = r"[1-8][0-9]{5}"
"""Six digits, the first of which is the class (PCG; 8 for what volunteers and givers bring)."""
SEPARATORS = "\t|\r\n"


def register() -> None:
    """Make these rules known to the house."""
    register_kind(ACCOUNTS)


def _chart() -> Iterable[Version]:
    for each in CHART:
        yield Version(each.code, each.effective_from, {"label": each.label}, each.source)
    for code, label in _bank_accounts().items():
        yield Version(code, BOOKS_SINCE, {"label": label}, "PCG, art. 932-1")


def _bank_accounts() -> dict[str, str]:
    """Our bank accounts, beside the one the chart words."""
    chosen = sa.select(BankAccount.ledger_code, BankAccount.ledger_label)
    with db.session.no_autoflush:
        rows = db.session.execute(chosen.order_by(BankAccount.ledger_code))
        return {code: label for code, label in rows if label}


def _names() -> dict[str, str]:
    return {each.code: each.code for each in CHART} | {code: code for code in _bank_accounts()}


def _last_entry(code: str) -> dt.date | None:
    """The day of the latest entry on the account."""
    wanted = sa.select(sa.func.max(Entry.date)).join(EntryLine, EntryLine.entry_id == Entry.id)
    return db.session.scalar(wanted.where(EntryLine.account == code))


def _faults(_code: str, value: Value, _since: dt.date) -> Faults:
    if any(sign in value["label"] for sign in SEPARATORS):
        return {"label": N_("A label has no bar and no tab: they separate the columns of the FEC.")}
    return {}


ACCOUNTS = RuleKind(
    name=ACCOUNT,
    label=N_("Accounts of the books"),
    about=N_(
        "The chart of accounts (règlement ANC 2018-06, plan comptable général). The journal and the FEC word an"
        " account as on the day of the entry. A subdivision of your own is added under its six digits."
    ),
    fields=(RuleField("label", N_("Label"), Shape.LINE, longest=120),),
    names=_names,
    defaults=_chart,
    short=("label",),
    said_until=_last_entry,
    said_by=N_("Entries up to that day are worded as the chart was then."),
    faults=_faults,
    addable=CODE,
    order=60,
)
