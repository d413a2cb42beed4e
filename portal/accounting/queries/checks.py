"""What must always be true of the books: each check compares two independent readings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounting.rules.booking import BOOKS_BEGIN_ON
from portal.accounting.rules.chart import (
    CORPORATE_GIFTS,
    FEES,
    GIFTS,
    MEMBERSHIPS,
    MEMBERSHIPS_WITH_RETURN,
    OTHER_DEBTORS,
    STRIPE,
    WAIVED_EXPENSES,
)
from portal.core.checks import Verdict
from portal.core.db import db
from portal.core.i18n import money, number
from portal.core.i18n_markers import N_
from portal.core.money import Money

INCOME: Final = (GIFTS, WAIVED_EXPENSES, CORPORATE_GIFTS, MEMBERSHIPS, MEMBERSHIPS_WITH_RETURN)
"""The accounts gifts are booked on."""

_CAME: Final = "('settled','partially_refunded','refunded','disputed')"
_FACTS: Final = {"income": list(INCOME), "stripe": STRIPE, "fees": FEES, "since": BOOKS_BEGIN_ON}

# What each gift should have brought, and what its entries say; only where the two differ.
_GIFTS_THAT_DIFFER: Final = rf"""
with booked as (
  select e.gift_id, sum(l.credit_minor - l.debit_minor) as income
  from entry e join entry_line l on l.entry_id = e.id
  where l.account = any(:income) group by e.gift_id),
standing as (
  select e.gift_id, count(*) as times from entry e
  where e.source ~ '^gift:[0-9]+\:settled(:[0-9]+)?$'
    and not exists (select from entry u where u.source = e.source || '\:undone')
  group by e.gift_id),
expected as (
  select g.id, g.ref, case when g.state in {_CAME} then 1 else 0 end as times,
    case when g.state in {_CAME} then g.amount_minor - g.refunded_minor else 0 end as income
  from gift g where g.tax_on is null or g.tax_on >= :since)
select x.ref from expected x
left join booked b on b.gift_id = x.id left join standing s on s.gift_id = x.id
where x.income <> coalesce(b.income, 0) or x.times <> coalesce(s.times, 0)
order by x.ref"""  # noqa: S608 - constants of this module

_WITHOUT_FACT: Final = r"""
select e.number from entry e left join gift g on g.id = e.gift_id
where e.gift_id is null
   or e.source !~ '^(gift:[0-9]+:(settled|fee|dispute)|refund:[0-9]+)(:[0-9]+)?(\:undone|\:won)?$'
   or (e.source like 'gift:%' and split_part(e.source, ':', 2) <> e.gift_id::text)
   or (e.source like 'refund:%' and not exists (
         select from refund r where r.id::text = split_part(e.source, ':', 2)
           and r.gift_id = e.gift_id))
   or g.state in ('pending','processing','abandoned')
order by e.id"""

_OUT_OF_SEQUENCE: Final = """
with counted as (
  select journal, year, count(*) as entries, min(sequence) as first, max(sequence) as last,
    bool_and(number = journal || '-' || year || '-' || lpad(sequence::text, 6, '0')) as named
  from entry group by journal, year)
select coalesce(c.journal, k.journal) || ' ' || coalesce(c.year, k.year)
from counted c full join journal_counter k on k.journal = c.journal and k.year = c.year
where coalesce(c.first, 1) <> 1 or coalesce(c.last, 0) <> coalesce(c.entries, 0)
   or coalesce(c.last, 0) <> coalesce(k.last, 0) or not coalesce(c.named, true)
order by 1"""

_UNBALANCED: Final = """
select e.number from entry e left join entry_line l on l.entry_id = e.id
group by e.id, e.number
having coalesce(sum(l.debit_minor), 0) <> coalesce(sum(l.credit_minor), 0) or count(l.id) < 2
order by e.id"""

_STRIPE_BY_GIFTS: Final = f"""
select coalesce(sum(case when state in {_CAME} then amount_minor - refunded_minor else 0 end
    - fee_minor), 0)
from gift where tax_on >= :since and stripe_payment_intent_id is not null
  and (state in {_CAME} or state = 'failed')"""  # noqa: S608 - constants of this module

_INCOME_BY_GIFTS: Final = f"""
select coalesce(sum(amount_minor), 0) as given, coalesce(sum(refunded_minor), 0) as back
from gift where state in {_CAME} and tax_on >= :since"""  # noqa: S608 - constants

_FEES_BY_GIFTS: Final = f"""
select coalesce(sum(fee_minor), 0) from gift
where (state in {_CAME} or state = 'failed') and tax_on >= :since"""  # noqa: S608 - constants


def _asked(statement: str) -> dict[str, Any]:
    return {name: value for name, value in _FACTS.items() if f":{name}" in statement}


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
    wrong = _column(_UNBALANCED)
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
    wrong = _column(_OUT_OF_SEQUENCE)
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
    wrong = _column(_GIFTS_THAT_DIFFER)
    if wrong:
        return False, _(
            "These gifts are not booked, or not to their amount: %(gifts)s.", gifts=named(wrong)
        )
    sql = f"select count(*) from gift where state in {_CAME} and tax_on >= :since"  # noqa: S608
    return True, ngettext(
        "%(num)d gift, booked once.", "%(num)d gifts, booked once each.", _one(sql)[0]
    )


def entries_have_a_fact() -> Verdict:
    """No entry without the gift or refund it books."""
    wrong = _column(_WITHOUT_FACT)
    if wrong:
        return False, _("No gift or refund stands behind: %(entries)s.", entries=named(wrong))
    return True, _("Each entry names the gift or refund it books.")


def stripe_balance() -> Verdict:
    """Account 517 holds the gifts through Stripe, less fees and what went back.

    What Stripe holds while a bank looks into a dispute stands on 467 meanwhile.
    """
    held = _balance(OTHER_DEBTORS)
    what = _("Account 517 with 467, disputes") if held else _("Account 517")
    return _equal(_balance(STRIPE) + held, Money(int(_one(_STRIPE_BY_GIFTS)[0])), what)


def income_is_gifts() -> Verdict:
    """The income accounts hold the gifts whose money came, less what went back."""
    booked = sum((_balance(account) for account in INCOME), Money(0))
    row = _one(_INCOME_BY_GIFTS)
    return _equal(-booked, Money(int(row.given) - int(row.back)), _("Income"))


def fees_are_fees() -> Verdict:
    """Account 6278 holds the fees the gifts say."""
    return _equal(_balance(FEES), Money(int(_one(_FEES_BY_GIFTS)[0])), _("Fees"))


CHECKS: Final[tuple[tuple[str, Callable[[], Verdict], str], ...]] = (
    ("entries_balance", entries_balance, N_("Every entry balances")),
    ("debit_equals_credit", debit_equals_credit, N_("Total debit equals total credit")),
    ("numbers_without_gaps", numbers_without_gaps, N_("No entry number is missing")),
    ("gifts_booked_once", gifts_booked_once, N_("Each gift is booked once, to its amount")),
    ("entries_have_a_fact", entries_have_a_fact, N_("No entry without a gift or refund")),
    ("stripe_balance", stripe_balance, N_("Account 517 equals the money at Stripe")),
    ("income_is_gifts", income_is_gifts, N_("Income equals gifts less refunds")),
    ("fees_are_fees", fees_are_fees, N_("Fees booked equal fees taken")),
)
"""The checks of the books: code, what to run, what must be true."""
