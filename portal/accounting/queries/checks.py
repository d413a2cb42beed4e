"""What must always be true of the books: each check compares two independent readings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounting.queries import statements
from portal.accounting.queries.statements import VALUED
from portal.accounting.rules.chart import (
    FEES,
    STRIPE,
)
from portal.core.checks import Verdict
from portal.core.db import db
from portal.core.i18n import money, number
from portal.core.i18n_markers import N_
from portal.core.money import Money


def _asked(statement: str) -> dict[str, Any]:
    return {name: value for name, value in statements.FACTS.items() if f":{name}" in statement}


def _column(statement: str) -> Sequence[Any]:
    return db.session.scalars(sa.text(statement), _asked(statement)).all()


def _one(statement: str) -> Any:
    return db.session.execute(sa.text(statement), _asked(statement)).one()


def _balance(account: str) -> Money:
    minor = db.session.scalar(
        sa.text(
            "select coalesce(sum(debit_minor - credit_minor), 0) from entry_line"
            " where account = :account"
        ),
        {"account": account},
    )
    return Money(int(minor or 0))


def named(found: Sequence[Any], shown: int = 5) -> str:
    """The first of what is wrong, and how many more."""
    words = ", ".join(str(one) for one in found[:shown])
    more = len(found) - shown
    return f"{words} (+{number(more)})" if more > 0 else words


def _equal(here: Money, there: Money, what: str) -> Verdict:
    if here == there:
        return True, _("%(what)s: %(amount)s on both sides.", what=what, amount=money(here))
    return False, _(
        "%(what)s: the books say %(books)s, the gifts say %(gifts)s; %(difference)s between them.",
        what=what,
        books=money(here),
        gifts=money(there),
        difference=money(Money(abs((here - there).minor))),
    )


def entries_balance() -> Verdict:
    """In each entry the debits equal the credits."""
    wrong = _column(statements.UNBALANCED)
    if wrong:
        return False, _("These entries do not balance: %(entries)s.", entries=named(wrong))
    count = _one("select count(*) from entry")[0]
    return True, ngettext("%(num)d entry balances.", "All %(num)d entries balance.", count)


def debit_equals_credit() -> Verdict:
    """Over all the books, the debits equal the credits."""
    row = _one(
        "select coalesce(sum(debit_minor), 0), coalesce(sum(credit_minor), 0) from entry_line"
    )
    debit, credit = Money(int(row[0])), Money(int(row[1]))
    told = {"debit": money(debit), "credit": money(credit)}
    return debit == credit, _("Debits %(debit)s, credits %(credit)s.", **told)


def numbers_without_gaps() -> Verdict:
    """In each journal and year the numbers run from 1 to the counter, none missing."""
    wrong = _column(statements.OUT_OF_SEQUENCE)
    if wrong:
        return False, _("Numbers are missing or doubled in: %(journals)s.", journals=named(wrong))
    count = _one("select count(*) from journal_counter where last > 0")[0]
    return True, ngettext(
        "%(num)d journal of a year runs without a gap.",
        "%(num)d journals of a year run without a gap.",
        count,
    )


def gifts_booked_once() -> Verdict:
    """Each gift whose money came is booked once and to its amount, less what went back."""
    wrong = _column(statements.GIFTS_THAT_DIFFER)
    if wrong:
        return False, _(
            "These gifts are not booked, or not to their amount: %(gifts)s.", gifts=named(wrong)
        )
    sql = f"select count(*) from gift where state in {statements.CAME} and tax_on >= :since"  # noqa: S608
    return True, ngettext(
        "%(num)d gift, booked once.", "%(num)d gifts, booked once each.", _one(sql)[0]
    )


def entries_have_a_fact() -> Verdict:
    """No entry without the gift or refund it books."""
    wrong = _column(statements.WITHOUT_FACT)
    if wrong:
        return False, _("No gift or refund stands behind: %(entries)s.", entries=named(wrong))
    return True, _("Each entry names the gift or refund it books.")


def stripe_balance() -> Verdict:
    """Account 517 holds the gifts through Stripe, less fees, what went back and what was paid out."""
    told = int(_one(statements.STRIPE_BY_GIFTS)[0]) + int(_one(statements.BY_LINES)[0])
    return _equal(_balance(STRIPE), Money(told), _("Account 517"))


def disputes_held() -> Verdict:
    """What gifts put on 467 is what banks hold while they look into disputes."""
    held = Money(int(_one(statements.HELD_BY_ENTRIES)[0]))
    return _equal(held, Money(int(_one(statements.HELD)[0])), _("Account 467, disputes"))


def income_is_gifts() -> Verdict:
    """The income accounts hold the gifts whose money came, less what went back.

    What a company promised in writing is income from its signature, before its money comes.
    """
    booked = sum((_balance(account) for account in VALUED), Money(0))
    told = int(_one(statements.INCOME_BY_GIFTS)[0]) + int(_one(statements.PROMISED)[0])
    return _equal(-booked, Money(told), _("Income"))


def fees_are_fees() -> Verdict:
    """Account 6278 holds the fees the gifts say, and those of the account at the provider."""
    told = int(_one(statements.FEES_BY_GIFTS)[0]) + int(_one(statements.FEES_BY_LINES)[0])
    told += int(_one(statements.FEES_BY_RETURNS)[0])
    told += int(_one(statements.FEES_BY_BANK_LINES)[0])
    told += int(_one(statements.FEES_BY_HAND)[0])
    return _equal(_balance(FEES), Money(told), _("Fees"))


CHECKS: Final[tuple[tuple[str, Callable[[], Verdict], str], ...]] = (
    ("entries_balance", entries_balance, N_("Every entry balances")),
    ("debit_equals_credit", debit_equals_credit, N_("Total debit equals total credit")),
    ("numbers_without_gaps", numbers_without_gaps, N_("No entry number is missing")),
    ("gifts_booked_once", gifts_booked_once, N_("Each gift is booked once, to its amount")),
    ("entries_have_a_fact", entries_have_a_fact, N_("No entry without a gift or refund")),
    ("stripe_balance", stripe_balance, N_("Account 517 equals the money at Stripe")),
    ("disputes_held", disputes_held, N_("Account 467 is what disputes hold")),
    ("income_is_gifts", income_is_gifts, N_("Income equals gifts less refunds")),
    ("fees_are_fees", fees_are_fees, N_("Fees booked equal fees taken")),
)
"""The checks of the books: code, what to run, what must be true."""
