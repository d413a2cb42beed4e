"""How the provider's books and ours are compared: one statement a kind of difference, set by set.

Each statement gives rows (subject, about, gift_id, happened_at, expected, found, currency): what
ours say is ``expected``, what the provider's say is ``found``, both in minor units. A charge and
what took it back stand under one source, so the sums of a source are compared, not single lines.
"""

from __future__ import annotations

from typing import Any, Final

from portal.donations.rules.reconciliation import (
    LEDGER_BEGINS,
    FindingKind,
    LineKind,
    categories_of,
)

FACTS: Final[dict[str, Any]] = {
    "charges": categories_of(LineKind.CHARGE, LineKind.CHARGE_BACK),
    "refunds": categories_of(LineKind.REFUND),
    "disputes": categories_of(LineKind.DISPUTE),
    "known": categories_of(*(kind for kind in LineKind if kind is not LineKind.OTHER)),
    "begins": LEDGER_BEGINS.date(),
}
"""What the statements name besides ``:covered`` (read whole up to there) and ``:young``."""

_CAME: Final = "('settled','partially_refunded','refunded','disputed')"
_COUNTED: Final = "('pending','requires_action','succeeded')"

_CHARGES: Final = f"""
with line as (
  select source_id, currency, sum(gross_minor) as gross, sum(fee_minor) as fee,
    min(created_at) as made
  from provider_line where category = any(:charges) group by source_id, currency),
ours as (
  select id, ref, stripe_charge_id as charge, fee_minor,
    case when state not in {_CAME} then 0 when currency = 'EUR' then amount_minor
         else euro_minor end as worth
  from gift where stripe_charge_id is not null)
"""  # noqa: S608 - constants of this module

_REFUNDS: Final = f"""
with line as (
  select source_id, currency, sum(gross_minor) as moved, min(created_at) as made
  from provider_line where category = any(:refunds) group by source_id, currency),
ours as (
  select r.id, r.gift_id, r.stripe_refund_id as source, r.state, r.created_at, g.ref,
    case when r.state in {_COUNTED}
         then -case when r.currency = 'EUR' then r.amount_minor else r.euro_minor end
         else 0 end as moved
  from refund r join gift g on g.id = r.gift_id
  where r.stripe_refund_id is not null and r.state <> 'lost_dispute')
"""  # noqa: S608 - constants of this module

STATEMENTS: Final[dict[FindingKind, str]] = {
    FindingKind.PAYOUT_DIFFERS: """
select p.id as subject, '' as about, null::bigint as gift_id, p.created_at as happened_at,
  coalesce(sum(l.net_minor), 0)::bigint as expected, p.amount_minor as found, p.currency
from payout p
left join payout_line a on a.payout_id = p.id
left join provider_line l on l.id = a.line_id
  and not (l.category = 'payout' and l.source_id = p.id)
where p.automatic and p.lines_read_at is not null
group by p.id having coalesce(sum(l.net_minor), 0) <> p.amount_minor""",
    FindingKind.PAYOUT_BY_HAND: """
select p.id as subject, '' as about, null::bigint as gift_id, p.created_at as happened_at,
  null::bigint as expected, p.amount_minor as found, p.currency
from payout p where not p.automatic""",
    FindingKind.CHARGE_UNKNOWN: _CHARGES
    + """
select l.source_id as subject, '' as about, null::bigint as gift_id, l.made as happened_at,
  null::bigint as expected, l.gross::bigint as found, l.currency
from line l left join ours o on o.charge = l.source_id
where o.id is null and l.gross <> 0 and not (l.made between :young and :covered)""",
    FindingKind.CHARGE_MISSING: f"""
select g.ref as subject, coalesce(g.stripe_charge_id, g.stripe_payment_intent_id) as about,
  g.id as gift_id, g.settled_at as happened_at,
  case when g.currency = 'EUR' then g.amount_minor else g.euro_minor end as expected,
  null::bigint as found, 'EUR' as currency
from gift g
where g.stripe_payment_intent_id is not null and g.state in {_CAME} and g.tax_on >= :begins
  and not exists (select from provider_line l
    where l.source_id = g.stripe_charge_id and l.category = 'charge')""",  # noqa: S608
    FindingKind.CHARGE_DIFFERS: _CHARGES
    + """
select l.source_id as subject, o.ref as about, o.id as gift_id, l.made as happened_at,
  o.worth as expected, l.gross::bigint as found, l.currency
from line l join ours o on o.charge = l.source_id
where o.worth is distinct from l.gross and not (l.made between :young and :covered)""",
    FindingKind.FEE_DIFFERS: _CHARGES
    + """
select l.source_id as subject, o.ref as about, o.id as gift_id, l.made as happened_at,
  o.fee_minor as expected, l.fee::bigint as found, l.currency
from line l join ours o on o.charge = l.source_id
where o.fee_minor <> l.fee and not (l.made between :young and :covered)""",
    FindingKind.REFUND_UNKNOWN: _REFUNDS
    + """
select l.source_id as subject, '' as about, null::bigint as gift_id, l.made as happened_at,
  null::bigint as expected, l.moved::bigint as found, l.currency
from line l left join ours o on o.source = l.source_id
where o.id is null and l.moved <> 0 and not (l.made between :young and :covered)""",
    FindingKind.REFUND_MISSING: _REFUNDS
    + """
select o.source as subject, o.ref as about, o.gift_id, o.created_at as happened_at,
  o.moved as expected, null::bigint as found, 'EUR' as currency
from ours o left join line l on l.source_id = o.source
where l.source_id is null and o.state = 'succeeded' and o.moved <> 0""",
    FindingKind.REFUND_DIFFERS: _REFUNDS
    + """
select l.source_id as subject, o.ref as about, o.gift_id, l.made as happened_at,
  o.moved as expected, l.moved::bigint as found, l.currency
from line l join ours o on o.source = l.source_id
where o.moved is distinct from l.moved and not (l.made between :young and :covered)""",
    FindingKind.DISPUTE_UNKNOWN: """
select l.source_id as subject, l.id as about, null::bigint as gift_id, l.created_at as happened_at,
  null::bigint as expected, l.net_minor as found, l.currency
from provider_line l
where l.category = any(:disputes) and l.net_minor <> 0
  and not (l.created_at between :young and :covered)
  and not exists (select from dispute_movement m where m.stripe_balance_transaction_id = l.id)""",
    FindingKind.DISPUTE_MISSING: """
select d.stripe_dispute_id as subject, g.ref as about, g.id as gift_id, m.moved_at as happened_at,
  m.euro_minor - m.fee_minor as expected, null::bigint as found, 'EUR' as currency
from dispute_movement m join dispute d on d.id = m.dispute_id join gift g on g.id = d.gift_id
where not exists (select from provider_line l where l.id = m.stripe_balance_transaction_id)""",
    FindingKind.DISPUTE_DIFFERS: """
select d.stripe_dispute_id as subject, g.ref as about, g.id as gift_id, m.moved_at as happened_at,
  m.euro_minor - m.fee_minor as expected, l.net_minor as found, l.currency
from dispute_movement m join dispute d on d.id = m.dispute_id join gift g on g.id = d.gift_id
join provider_line l on l.id = m.stripe_balance_transaction_id
where (m.euro_minor, m.fee_minor) <> (l.gross_minor, l.fee_minor)""",
    FindingKind.LINE_UNKNOWN: """
select l.id as subject, l.category as about, null::bigint as gift_id, l.created_at as happened_at,
  null::bigint as expected, l.net_minor as found, l.currency
from provider_line l
where l.net_minor <> 0 and (l.currency <> 'EUR' or l.category <> all(:known))""",
}
"""What to look for, kind by kind; `BALANCE_DIFFERS` needs the provider's word and is apart."""
