"""The statements the checks of the books ask the database, and what stands in them by name."""

from __future__ import annotations

from typing import Final

from portal.accounting.rules.booking import BOOKS_BEGIN_ON
from portal.accounting.rules.chart import (
    CORPORATE_GIFTS,
    FEES,
    GIFTS,
    GIFTS_IN_KIND,
    MEMBERSHIPS,
    MEMBERSHIPS_WITH_RETURN,
    OTHER_DEBTORS,
    STRIPE,
    WAIVED_EXPENSES,
)
from portal.donations.rules.reconciliation import LineKind, categories_of

INCOME: Final = (GIFTS, WAIVED_EXPENSES, CORPORATE_GIFTS, MEMBERSHIPS, MEMBERSHIPS_WITH_RETURN)
"""The accounts gifts are booked on."""
VALUED: Final = (*INCOME, GIFTS_IN_KIND)
"""The same, with what is valued outside the result: gifts in kind (class 8)."""

CAME: Final = "('settled','partially_refunded','refunded','disputed')"
# Euros of a gift and of what is kept of it at its own rate; unknown (null) until the rate is known.
EUROS: Final = "(case when g.currency = 'EUR' then g.amount_minor else g.euro_minor end)"
KEPT: Final = f"({EUROS} - round({EUROS}::numeric * g.refunded_minor / g.amount_minor)::bigint)"
LEFT: Final = "('pending','requires_action','succeeded')"
FACTS: Final = {
    "income": list(VALUED),
    "stripe": STRIPE,
    "fees": FEES,
    "debtors": OTHER_DEBTORS,
    "since": BOOKS_BEGIN_ON,
    "with_a_gift": categories_of(
        LineKind.CHARGE, LineKind.CHARGE_BACK, LineKind.REFUND, LineKind.DISPUTE
    ),
    "of_the_account": categories_of(LineKind.FEE),
}

# What each gift should have brought, and what its entries say; only where the two differ.
GIFTS_THAT_DIFFER: Final = rf"""
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
  select g.id, g.ref, case when g.state in {CAME} then 1 else 0 end as times,
    case when g.state in {CAME} then {KEPT} else 0 end as income
  from gift g where (g.tax_on is null or g.tax_on >= :since)
    and not (g.state in {CAME} and {EUROS} is null)
    and not exists (select from refund r where r.gift_id = g.id and r.currency <> 'EUR'
      and r.state in {LEFT} and r.euro_minor is null))
select x.ref from expected x
left join booked b on b.gift_id = x.id left join standing s on s.gift_id = x.id
where x.income <> coalesce(b.income, 0) or x.times <> coalesce(s.times, 0)
order by x.ref"""  # noqa: S608 - constants of this module

WITHOUT_FACT: Final = r"""
select e.number from entry e left join gift g on g.id = e.gift_id
left join provider_line b on e.source like 'provider_line:%'
  and b.id = split_part(e.source, ':', 2)
where b.id is null and (e.gift_id is null
   or e.source !~ '^(gift:[0-9]+:(settled|fee|dispute)|refund:[0-9]+|movement:[0-9]+(\:fee)?|dispute:[0-9]+\:end)(:[0-9]+)?(\:undone|\:won)?$'
   or (e.source like 'gift:%' and split_part(e.source, ':', 2) <> e.gift_id::text)
   or (e.source like 'refund:%' and not exists (
         select from refund r where r.id::text = split_part(e.source, ':', 2)
           and r.gift_id = e.gift_id))
   or (e.source like 'movement:%' and not exists (
         select from dispute_movement m join dispute d on d.id = m.dispute_id
         where m.id::text = split_part(e.source, ':', 2) and d.gift_id = e.gift_id))
   or (e.source like 'dispute:%' and not exists (
         select from dispute d where d.id::text = split_part(e.source, ':', 2)
           and d.gift_id = e.gift_id))
   or g.state in ('pending','processing','abandoned'))
  and not (e.gift_id is null and (
    (e.source like 'deposit:%' and exists (
      select from deposit d where d.id::text = split_part(e.source, ':', 2)))
    or (e.source like 'cheque_return:%' and exists (
      select from cheque_return c where c.id::text = split_part(e.source, ':', 2)))
    or (e.source like 'agreement:%' and exists (
      select from agreement a where a.id::text = split_part(e.source, ':', 2)))
    or (e.source like 'bank_part:%' and exists (
      select from bank_part p where p.id::text = split_part(e.source, ':', 2)))
    or (e.source like 'manual:%' and exists (
      select from manual_entry m where m.entry_id = e.id))
    or e.source ~ '^dedicated:[0-9]+\:[a-z_]+\:(carried|used)(:[0-9]+)?(\:undone)?$'))
order by e.id"""

OUT_OF_SEQUENCE: Final = """
with counted as (
  select journal, year, count(*) as entries, min(sequence) as first, max(sequence) as last,
    bool_and(number = journal || '-' || year || '-' || to_char(sequence, 'FM999999000000')) as named
  from entry group by journal, year)
select coalesce(c.journal, k.journal) || ' ' || coalesce(c.year, k.year)
from counted c full join journal_counter k on k.journal = c.journal and k.year = c.year
where coalesce(c.first, 1) <> 1 or coalesce(c.last, 0) <> coalesce(c.entries, 0)
   or coalesce(c.last, 0) <> coalesce(k.last, 0) or not coalesce(c.named, true)
order by 1"""

UNBALANCED: Final = """
select e.number from entry e left join entry_line l on l.entry_id = e.id
group by e.id, e.number
having coalesce(sum(l.debit_minor), 0) <> coalesce(sum(l.credit_minor), 0) or count(l.id) < 2
order by e.id"""

THROUGH_STRIPE: Final = f"""
  g.tax_on >= :since and g.stripe_payment_intent_id is not null and {EUROS} is not null"""
# Gross less fees, refunds whose money left, and what disputes moved; those of before disputes were
# rows of their own have no movements, only what was lost.
STRIPE_BY_GIFTS: Final = f"""
select coalesce((select sum(case when g.state in {CAME} then {EUROS} else 0 end - g.fee_minor)
    from gift g where {THROUGH_STRIPE} and (g.state in {CAME} or g.state = 'failed')), 0)
  - coalesce((select sum(case when r.currency = 'EUR' then r.amount_minor else r.euro_minor end)
    from refund r join gift g on g.id = r.gift_id
    where {THROUGH_STRIPE} and g.state in {CAME} and r.state in {LEFT}), 0)
  + coalesce((select sum(m.euro_minor - m.fee_minor) from dispute_movement m
    join dispute d on d.id = m.dispute_id join gift g on g.id = d.gift_id
    where {THROUGH_STRIPE} and g.state in {CAME}), 0)
  - coalesce((select sum(d.taken_minor) from dispute d join gift g on g.id = d.gift_id
    where {THROUGH_STRIPE} and g.state in {CAME} and d.status = 'lost'
      and not exists (select from dispute_movement m where m.dispute_id = d.id)), 0)
"""  # noqa: S608 - constants of this module

HELD: Final = """
select coalesce(-sum(m.euro_minor), 0) from dispute_movement m
join dispute d on d.id = m.dispute_id join gift g on g.id = d.gift_id
where d.closed_at is null and g.tax_on >= :since"""
HELD_BY_ENTRIES: Final = """
select coalesce(sum(l.debit_minor - l.credit_minor), 0)
from entry_line l join entry e on e.id = l.entry_id
where l.account = :debtors and e.gift_id is not null"""

# Lines of the provider's balance that no gift, refund or dispute tells of (docs/rules/payouts.md).
# Those that tell of a payment, refund or dispute nobody here knows count once they stand on 471.
_STRAY: Final = r"""exists (select from entry e
  where e.source ~ ('^provider_line:' || l.id || '\:stray(:[0-9]+)?$')
    and not exists (select from entry u where u.source = e.source || '\:undone'))"""
BY_LINES: Final = f"""
select coalesce(sum(l.net_minor), 0) from provider_line l
where l.currency = 'EUR' and (l.category <> all(:with_a_gift) or {_STRAY})"""  # noqa: S608 - constants
FEES_BY_LINES: Final = f"""
select coalesce(sum(case when l.category = any(:of_the_account) then -l.net_minor
    else l.fee_minor end), 0)
from provider_line l where l.currency = 'EUR'
  and (l.category <> all(:with_a_gift) or {_STRAY})"""  # noqa: S608 - constants

INCOME_BY_GIFTS: Final = f"""
select coalesce(sum({KEPT}), 0) from gift g
where g.state in {CAME} and g.tax_on >= :since
  and not exists (select from refund r where r.gift_id = g.id and r.currency <> 'EUR'
    and r.state in {LEFT} and r.euro_minor is null)"""  # noqa: S608 - constants

FEES_BY_GIFTS: Final = f"""
select coalesce((select sum(g.fee_minor) from gift g where (g.state in {CAME}
    or g.state = 'failed') and g.tax_on >= :since and {EUROS} is not null), 0)
  + coalesce((select sum(m.fee_minor) from dispute_movement m
    join dispute d on d.id = m.dispute_id join gift g on g.id = d.gift_id
    where g.state in {CAME} and g.tax_on >= :since and {EUROS} is not null), 0)
"""  # noqa: S608 - constants

FEES_BY_RETURNS: Final = "select coalesce(sum(fee_minor), 0) from cheque_return"
FEES_BY_BANK_LINES: Final = """
select coalesce(-sum(amount_minor), 0) from bank_part where live and account = :fees"""
FEES_BY_HAND: Final = """
select coalesce(sum(l.debit_minor - l.credit_minor), 0) from entry_line l
join entry e on e.id = l.entry_id where l.account = :fees and e.source like 'manual:%'"""
PROMISED: Final = """
select (select coalesce(sum(amount_minor), 0) from agreement)
  - (select coalesce(sum(amount_minor), 0) from agreement_payment)"""
