"""A file of statements into the books: each line once, everything or nothing, tried before it is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from portal.accounting.models import BankAccount, BankFile, BankLine, BankStatement
from portal.accounting.queries.bank import gaps_of
from portal.accounting.rules.bank import Gap
from portal.accounting.rules.statements import (
    ColumnPlan,
    FileFormat,
    Statement,
    StatementLine,
    StatementRefused,
    proved,
    read_file,
)
from portal.accounting.rules.statements.accounts import compact, same_account
from portal.accounting.services.bank.certain import accept_certain
from portal.accounting.services.bank.errors import UnknownAccountOfOurs
from portal.accounting.services.bank.new_lines import new_lines
from portal.accounting.services.bank.own_accounts import one_at_a_time, open_account
from portal.accounting.services.bank.standing import recognise
from portal.core import audit, documents, sealing
from portal.core.dated_rules import read_again
from portal.core.db import db, transaction
from portal.core.i18n_markers import N_
from portal.core.money import Money, total
from portal.core.tables.wording import say
from portal.donations.services.direct_debits.mandates import IBAN_PURPOSE

_MEDIA = {
    FileFormat.CAMT: "application/xml",
    FileFormat.CFONB: "text/plain",
    FileFormat.OFX: "application/x-ofx",
    FileFormat.CSV: "text/csv",
}


@dataclass(frozen=True, slots=True)
class StatementReport:
    """What one statement of a file brings. ``gaps`` are those of the account, with it."""

    account: str
    account_is_new: bool
    ledger_code: str
    opened_on: date
    closed_on: date
    opening: Money | None
    closing: Money | None
    proved: bool
    new: int
    known: int
    pending: int
    came_in: Money
    went_out: Money
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. ``matched`` were certain, ``waiting`` ask for a person.

    ``again``: the same file was imported before, and nothing was done.
    """

    format: FileFormat
    statements: tuple[StatementReport, ...]
    matched: int = 0
    waiting: int = 0
    again: bool = False
    line_ids: tuple[int, ...] = field(default=(), repr=False)

    @property
    def new(self) -> int:
        return sum(each.new for each in self.statements)

    @property
    def known(self) -> int:
        return sum(each.known for each in self.statements)


class _NothingKept(Exception):
    """The dry run is over."""

    def __init__(self, told: Imported) -> None:
        super().__init__()
        self.told = told


def import_statements(
    data: bytes,
    name: str,
    *,
    by: int | None,
    dry_run: bool = False,
    plan: ColumnPlan | None = None,
    account: str = "",
) -> Imported:
    """Bring in a file. ``account`` and ``plan`` say what a table (CSV) does not; both are kept with the
    account for the next time. A dry run does it all and keeps nothing.

    Raises StatementRefused (MappingNeeded among them) and UnknownAccountOfOurs.
    """
    known = None if plan is not None or not account else _kept_plan(account)
    read = read_file(data, name, plan=plan or known, account=account)
    try:
        with transaction():
            one_at_a_time()  # two people, one file: the second finds each line known
            told = _known_file(data, read.format) or _take(
                data, name, read.format, read.statements, by, plan, account
            )
            if dry_run:
                raise _NothingKept(told)
            return told
    except _NothingKept as over:
        read_again()
        return over.told


def _kept_plan(account: str) -> ColumnPlan | None:
    known = _account_named(account)
    return ColumnPlan.from_dict(known.plan) if known is not None and known.plan else None


def _known_file(data: bytes, kind: FileFormat) -> Imported | None:
    sha256 = hashlib.sha256(data).hexdigest()
    known = db.session.scalar(sa.select(BankFile).where(BankFile.sha256 == sha256))
    if known is None:
        return None
    return Imported(kind, (), again=True)


def _take(
    data: bytes,
    name: str,
    kind: FileFormat,
    statements: Sequence[Statement],
    by: int | None,
    plan: ColumnPlan | None,
    account: str,
) -> Imported:
    paper = documents.store("bank_statement", name[-120:] or "statement", _MEDIA[kind], data)
    file = BankFile(document_id=paper.id, sha256=paper.sha256, format=kind, imported_by=by)
    db.session.add(file)
    db.session.flush()
    reports, new_ids = [], []
    for statement in statements:
        ours, is_new = _account_of(statement, account, plan)
        kept, new = _keep(file, ours, statement, kind)
        reports.append(_report(ours, is_new, statement, len(new), kept))
        new_ids += new
        file.lines_new += len(new)
        file.lines_known += len(statement.lines) - len(new)
    matched = accept_certain(new_ids, by=by)
    recognise(new_ids)
    audit.record(
        "bank.imported",
        f"bank_file:{file.id}",
        after={"file": name[-120:], "sha256": paper.sha256, "new": file.lines_new, "known": file.lines_known, "matched": matched},
        actor_id=by,
    )  # fmt: skip
    return Imported(kind, tuple(reports), matched, len(new_ids) - matched, line_ids=tuple(new_ids))


def _account_of(
    statement: Statement, told: str, plan: ColumnPlan | None
) -> tuple[BankAccount, bool]:
    """Our account the statement is of; one not seen before is opened. Statements in another currency
    than the euro are refused: the books are kept in euros."""
    if statement.currency != "EUR":
        raise StatementRefused(
            say(N_("This account is kept in %(currency)s: the books take euros only."),
                currency=statement.currency)
        )  # fmt: skip
    number = statement.account or told
    if not compact(number):
        raise UnknownAccountOfOurs
    ours, is_new = _account_named(number), False
    if ours is None:
        ours, is_new = open_account(compact(number)), True
    if plan is not None:
        ours.plan = plan.as_dict()
    db.session.flush()
    return ours, is_new


def _account_named(number: str) -> BankAccount | None:
    every = db.session.scalars(sa.select(BankAccount).order_by(BankAccount.id))
    return next((each for each in every if same_account(each.iban, number)), None)


def _keep(
    file: BankFile, ours: BankAccount, statement: Statement, kind: FileFormat
) -> tuple[BankStatement, list[int]]:
    told_first = new_lines(ours, statement, kind)
    row = BankStatement(
        file_id=file.id,
        account_id=ours.id,
        number=statement.number,
        opened_on=statement.opened_on,
        closed_on=statement.closed_on,
        opening_minor=statement.opening.minor if statement.opening is not None else None,
        closing_minor=statement.closing.minor if statement.closing is not None else None,
    )
    db.session.add(row)
    db.session.flush()
    lines = [
        _row(ours, row, place, line, print_)
        for place, (line, print_) in enumerate(told_first, start=1)
    ]
    db.session.add_all(lines)
    db.session.flush()
    return row, [line.id for line in lines]


def _row(
    ours: BankAccount, statement: BankStatement, place: int, line: StatementLine, print_: str
) -> BankLine:
    iban = line.counterparty_iban
    return BankLine(
        account_id=ours.id,
        statement_id=statement.id,
        fingerprint=print_,
        place=place,
        booked_on=line.booked_on,
        value_on=line.value_on,
        amount_minor=line.amount.minor,
        counterparty=_clean(line.counterparty, 140),
        iban_fingerprint=sealing.fingerprint(iban, IBAN_PURPOSE) if iban else None,
        iban_last4=iban[-4:],
        text=_clean(line.text, 1000),
        reference=_clean(line.reference, 140),
        structured=_clean(line.structured, 140),
        mandate=_clean(line.mandate, 35),
        bank_code=_clean(line.bank_code, 60),
        bank_ref=_clean(line.bank_ref, 140),
        reversal=line.reversal,
    )


def _clean(text: str, most: int) -> str:
    """What the database and a page can hold."""
    return "".join(c for c in text if c.isprintable())[:most]


def _report(
    ours: BankAccount, is_new: bool, statement: Statement, new: int, row: BankStatement
) -> StatementReport:
    del row
    amounts = [line.amount for line in statement.lines]
    return StatementReport(
        account=ours.shown,
        account_is_new=is_new,
        ledger_code=ours.ledger_code,
        opened_on=statement.opened_on,
        closed_on=statement.closed_on,
        opening=statement.opening,
        closing=statement.closing,
        proved=proved(statement),
        new=new,
        known=len(statement.lines) - new,
        pending=statement.pending,
        came_in=total([amount for amount in amounts if amount.minor > 0]),
        went_out=total([amount for amount in amounts if amount.minor < 0]),
        gaps=tuple(gaps_of(ours.id)),
    )
