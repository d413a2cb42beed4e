"""The association's own bank accounts: opened, numbered in the chart, and each sum on its own one."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import IntegrityError

from portal.accounting.models import BankAccount, BankLine, BankPart, Entry
from portal.accounting.queries.entry_drafts import draft_of
from portal.accounting.queries.own_accounts import (
    MOVED,
    Misplaced,
    codes_taken,
    is_booked_on,
    misplaced,
    moves_of,
    standing_draft,
)
from portal.accounting.rules.chart import BANK
from portal.accounting.rules.own_accounts import default_label, entry_for_moved, next_code
from portal.accounting.rules.sources import UNDONE, Posting
from portal.accounting.rules.statements.accounts import compact, same_account
from portal.accounting.services.bank.errors import (
    AccountKnown,
    CodeInTheBooks,
    CodeTaken,
)
from portal.accounting.services.locking import take_the_books
from portal.accounting.services.posting import validate
from portal.core import audit
from portal.core.dated_rules import read_again
from portal.core.db import db, transaction, violated
from portal.core.money import Money, total


def one_at_a_time() -> None:
    """Who brings in files or adds accounts waits for whoever does: each account gets its own number."""
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("bank_import"))))


def open_account(iban: str, *, name: str = "", by: int | None = None) -> BankAccount:
    """Another account of ours, under the next free subdivision of 512; for the open transaction."""
    code = next_code(codes_taken())
    label = "" if code == BANK else default_label(name, iban[-4:])
    account = BankAccount(iban=iban, name=name, ledger_code=code, ledger_label=label)
    db.session.add(account)
    db.session.flush()
    read_again()
    audit.record(
        "bank.account_opened",
        f"bank_account:{account.id}",
        after={"code": code, "label": label},
        actor_id=by,
    )
    return account


def add_account(iban: str, *, name: str, code: str, label: str, by: int) -> BankAccount:
    """An account made known before its first statement. Empty ``code`` and ``label`` take the next ones.

    Raises AccountKnown, CodeTaken.
    """
    with transaction():
        one_at_a_time()
        known = db.session.scalars(sa.select(BankAccount.iban))
        if any(same_account(each, iban) for each in known):
            raise AccountKnown
        account = open_account(compact(iban), name=name, by=by)
        if code or label:
            number_account(account.id, code=code, label=label, by=by)
        return account


def number_account(account_id: int, *, code: str, label: str, by: int) -> None:
    """Its number and its words in the chart, as long as nothing is booked there.

    Raises CodeTaken, CodeInTheBooks.
    """
    try:
        with transaction() as session:
            take_the_books()
            account = session.get_one(BankAccount, account_id, populate_existing=True)
            before = {"code": account.ledger_code, "label": account.ledger_label}
            code = code or account.ledger_code
            words = "" if code == BANK else label or default_label(account.name, account.last4)
            if before == {"code": code, "label": words}:
                return
            if is_booked_on(account.ledger_code):
                raise CodeInTheBooks
            if code != account.ledger_code and code in codes_taken():
                raise CodeTaken
            account.ledger_code, account.ledger_label = code, words
            session.flush()
            read_again()
            audit.record(
                "bank.account_numbered",
                f"bank_account:{account.id}",
                before=before,
                after={"code": code, "label": words},
                actor_id=by,
            )
    except IntegrityError as error:
        if violated(error) == "uq_bank_account_ledger_code":
            raise CodeTaken from error
        raise CodeInTheBooks from error


def put_in_place(part: BankPart) -> None:
    """What the part shows is booked on the account of its statement, in the open transaction."""
    _move(misplaced([part.id]))


def take_back_move(part: BankPart) -> None:
    """The part is shown by this line no longer: what moved it is undone, on its own day."""
    for source in moves_of(part.id):
        draft = standing_draft(source)
        if draft is not None:
            undone = draft.reversed(draft.on)
            validate([Posting(f"{source}:{UNDONE}", undone)], current_app.extensions["clock"].now())


def rebook_account(account_id: int, *, by: int) -> tuple[int, Money]:
    """Everything on the account's statements that stands on another bank account of ours goes to it.

    Entries stay as they are; each sum is moved by an entry of its own on the day it stands on, or on the
    first open one. Gives how many and what they come to; nothing the second time.
    """
    with transaction() as session:
        account = session.get_one(BankAccount, account_id, with_for_update=True)
        found = misplaced(code=account.ledger_code)
        moved = total([each.moved for each in found])
        if found:
            _move(found)
            audit.record(
                "bank.account_rebooked",
                f"bank_account:{account.id}",
                after={"entries": len(found), "sum": str(moved), "code": account.ledger_code},
                actor_id=by,
            )
        return len(found), moved


def _move(found: Sequence[Misplaced]) -> None:
    ids = [each.entry_id for each in found]
    entries = {row.id: row for row in db.session.scalars(sa.select(Entry).where(Entry.id.in_(ids)))}
    lines = {
        row.id: row
        for row in db.session.scalars(
            sa.select(BankLine).where(BankLine.id.in_([each.line_id for each in found]))
        )
    }
    postings = []
    for each in found:
        original = draft_of(entries[each.entry_id])
        line_ref = lines[each.line_id].ref
        draft = entry_for_moved(each.moved, each.booked, each.wanted, original, line_ref)
        postings.append(Posting(_next_move(each.part_id), draft))
    validate(postings, current_app.extensions["clock"].now())


def _next_move(part_id: int) -> str:
    slot, before = f"bank_part:{part_id}:{MOVED}", len(moves_of(part_id))
    return f"{slot}:{before + 1}" if before else slot
