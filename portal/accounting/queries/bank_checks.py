"""The books and the bank: what each account says of itself is what its subdivision of 512 says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounting.models import BankAccount
from portal.accounting.queries.bank import accounts, gaps_of
from portal.accounting.queries.bank_doubles import doubles
from portal.accounting.queries.bank_ledgers import BankLedger, OpenItem, bank_ledgers
from portal.core.checks import Verdict
from portal.core.i18n import day, money
from portal.core.i18n_markers import N_
from portal.core.money import total


def bank_statement_matches_512() -> Verdict:
    """Of each bank account, over the days whose lines are all dealt with, the ledger is what its
    statements say: the closing balance where the bank told it, what moved where it did not.

    What stands in the books and on no statement yet is named: it is the difference a statement of
    reconciliation explains. A difference nothing explains is an error, and so is what stands on another
    account's subdivision.
    """
    ledgers = bank_ledgers()
    if not any(ledger.period or ledger.waiting or ledger.misplaced for ledger in ledgers):
        return True, _("No statement is imported and dealt with yet: nothing to compare.")
    return all(ledger.agrees for ledger in ledgers), " ".join(_told(each) for each in ledgers)


def _told(ledger: BankLedger) -> str:
    parts = (_compared(ledger), _named(ledger.items), _amiss(ledger), _still(ledger.waiting))
    name = f"{ledger.account.ledger_code} ({ledger.account.shown}):"
    return " ".join((name, *(part for part in parts if part)))


def _compared(ledger: BankLedger) -> str:
    if ledger.period is None:
        return ""
    told = {"since": day(ledger.period.since), "until": day(ledger.period.until)}
    if ledger.closing is not None and ledger.by_books is not None:
        text = _(
            "on %(until)s the statement closes on %(bank)s, the books come to %(books)s.",
            bank=money(ledger.closing),
            books=money(ledger.by_books),
            **told,
        )
    else:
        text = _(
            "from %(since)s to %(until)s the books moved by %(books)s, the bank says %(bank)s.",
            bank=money(ledger.bank),
            books=money(ledger.books),
            **told,
        )
    if ledger.left:
        text += " " + _("Nothing explains %(left)s of it.", left=money(ledger.left))
    return str(text)


def _amiss(ledger: BankLedger) -> str:
    if not ledger.misplaced:
        return ""
    return str(
        ngettext(
            "%(num)d entry of its statements stands on another bank account: move it on its page.",
            "%(num)d entries of its statements stand on another bank account: move them on its page.",
            len(ledger.misplaced),
        )
    )


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
    ("bank_statement_matches_512", bank_statement_matches_512, N_("Each bank account's ledger (512) is what its statements say")),
    ("bank_statements_follow", bank_statements_follow, N_("No bank statement is missing")),
    ("transfers_counted_once", transfers_counted_once, N_("No transfer is counted twice")),
)  # fmt: skip
"""The checks of the bank: code, what to run, what must be true."""
