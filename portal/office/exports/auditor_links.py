"""From each receipt to its gifts, to Stripe's or the bank's line, to the entry: one reading of the database.

Receipts and books do not know each other; here, above both, they are joined (LPF art. L14 A).
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from portal.accounting.queries.statements import CAME, VALUED
from portal.core.db import db
from portal.donations.rules.reconciliation import LineKind, categories_of

# Everything known of a gift's way: ours to the bank by Stripe, by a slip, by our own debits, or directly.
_WAY: Final = r"""
with mine as (
  select g.id, g.ref, g.tax_on, g.received_on, g.mode, g.purpose, g.programme, g.origin, g.state,
    g.amount_minor, g.currency, g.refunded_minor, g.no_receipt, g.cheque_number, g.deposit_ref,
    g.stripe_charge_id, g.stripe_payment_intent_id, g.donor_id,
    case when g.currency = 'EUR' then g.amount_minor else g.euro_minor end as euro_minor
  from gift g where {which}),
entries as (
  select distinct on (e.gift_id) e.id, e.gift_id, e.number, e.journal, e.date, e.validated_on,
    undone.number as undone_by,
    (select sum(l.credit_minor - l.debit_minor) from entry_line l
      where l.entry_id = e.id and l.account = any(:income)) as income_minor
  from entry e left join entry undone on undone.source = e.source || '\:undone'
  where e.gift_id in (select id from mine)
    and e.source ~ '^gift\:[0-9]+\:settled(\:[0-9]+)?$'
  order by e.gift_id, (undone.id is null) desc, e.id desc),
slips as (
  select distinct on (c.gift_id) c.gift_id, c.number as cheque, d.id as deposit_id, d.ref, d.made_on
  from cheque c left join deposit_item i on i.cheque_id = c.id left join deposit d on d.id = i.deposit_id
  where c.gift_id in (select id from mine) order by c.gift_id, d.id desc nulls last),
ours as (
  select a.gift_id, c.message_id, c.credited_on, c.statement_line_ref, a.end_to_end
  from collection_attempt a join collection c on c.id = a.collection_id
  where a.gift_id in (select id from mine)),
charges as (
  select distinct on (p.source_id) p.source_id, p.id, p.net_minor, y.payout_id
  from provider_line p left join payout_line y on y.line_id = p.id
  where p.source_id in (select stripe_charge_id from mine) and p.category = any(:charges)
  order by p.source_id, p.id),
shown as (
  select l.id as line_id, l.booked_on, s.number as statement, s.closed_on, right(k.iban, 4) as account
  from bank_line l join bank_statement s on s.id = l.statement_id
  join bank_account k on k.id = l.account_id),
parts as (
  select b.gift_id, b.deposit_id, b.payout_id, b.entry_id, shown.*
  from bank_part b join bank_match m on m.id = b.match_id join shown on shown.line_id = m.line_id
  where b.live),
way as (
  select mine.*, w.ref as donor_ref, e.number as entry, e.journal, e.date as entry_on, e.validated_on,
    e.undone_by, e.income_minor, s.cheque, s.ref as slip, s.made_on as slip_on, o.message_id, o.end_to_end,
    h.id as provider_line, h.payout_id, y.arrives_on as payout_on,
    coalesce(direct.line_id, by_slip.line_id, by_payout.line_id, by_entry.line_id, by_debit.line_id) as bank_line,
    coalesce(direct.booked_on, by_slip.booked_on, by_payout.booked_on, by_entry.booked_on, by_debit.booked_on, o.credited_on) as bank_on,
    coalesce(direct.statement, by_slip.statement, by_payout.statement, by_entry.statement, by_debit.statement) as statement,
    coalesce(direct.closed_on, by_slip.closed_on, by_payout.closed_on, by_entry.closed_on, by_debit.closed_on) as statement_on,
    coalesce(direct.account, by_slip.account, by_payout.account, by_entry.account, by_debit.account) as account,
    o.statement_line_ref
  from mine join donor w on w.id = mine.donor_id
  left join entries e on e.gift_id = mine.id
  left join slips s on s.gift_id = mine.id
  left join ours o on o.gift_id = mine.id
  left join charges h on h.source_id = mine.stripe_charge_id
  left join payout y on y.id = h.payout_id
  left join parts direct on direct.gift_id = mine.id
  left join parts by_slip on by_slip.deposit_id = s.deposit_id
  left join parts by_payout on by_payout.payout_id = h.payout_id
  left join parts by_entry on by_entry.entry_id = e.id
  left join shown by_debit on 'RLV-' || to_char(by_debit.line_id, 'FM999999000000') = o.statement_line_ref)
"""
_ON_RECEIPTS: Final = """g.id in (select rg.gift_id from receipted_gift rg
    join receipt r on r.id = rg.receipt_id where r.tax_year = :year)"""
_ON_NONE: Final = f"""g.tax_on between make_date(:year, 1, 1) and make_date(:year, 12, 31)
    and g.state in {CAME} and not exists (
      select from receipted_gift rg where rg.gift_id = g.id and rg.live)"""
_LINKS: Final = """
select way.*, r.number, r.state as receipt_state, r.issued_on, r.content -> 'donor' as donor,
  rg.amount_minor as certified_minor
from receipted_gift rg join receipt r on r.id = rg.receipt_id join way on way.id = rg.gift_id
where r.tax_year = :year order by r.series_year, r.sequence, way.tax_on, way.id"""
_WITHOUT: Final = "select way.* from way order by way.tax_on, way.id"


def _read(statement: str, year: int) -> list[Any]:
    known = {
        "year": year,
        "income": list(VALUED),
        "charges": list(categories_of(LineKind.CHARGE)),
    }
    return list(db.session.execute(sa.text(statement), known))


def links(year: int) -> list[Any]:
    """One row a gift on a receipt of the tax year, cancelled ones too, with all that is known of its way."""
    return _read(_WAY.format(which=_ON_RECEIPTS) + _LINKS, year)


def gifts_without_receipt(year: int) -> list[Any]:
    """The gifts of the year that stand on no valid receipt, with all that is known of their way."""
    return _read(_WAY.format(which=_ON_NONE) + _WITHOUT, year)


RECEIPTS: Final = """
select r.number, r.state, r.form, r.issued_on, w.ref as donor_ref, r.content -> 'donor' as donor,
  r.amount_minor, r.cancelled_at, r.cancel_reason, old.number as replaces, new.number as replaced_by,
  r.sha256, r.chain_hash,
  (select count(*) from receipted_gift rg where rg.receipt_id = r.id) as gifts,
  (select coalesce(sum(rg.amount_minor), 0) from receipted_gift rg where rg.receipt_id = r.id) as certified
from receipt r join donor w on w.id = r.donor_id
left join receipt old on old.id = r.replaces_id left join receipt new on new.replaces_id = r.id
where r.tax_year = :year order by r.series_year, r.sequence"""


def receipts(year: int) -> list[Any]:
    """The receipts of the tax year, cancelled ones too, by number."""
    return list(db.session.execute(sa.text(RECEIPTS), {"year": year}))


_CONTROLS: Final = f"""
select
  (select count(*) from receipt where tax_year = :year) as receipts,
  (select count(*) from receipt where tax_year = :year and state = 'issued') as standing,
  (select coalesce(sum(amount_minor), 0) from receipt where tax_year = :year and state = 'issued')
    as standing_minor,
  (select coalesce(sum(rg.amount_minor), 0) from receipted_gift rg join receipt r on r.id = rg.receipt_id
    where r.tax_year = :year and rg.live) as certified_minor,
  (select coalesce(last, 0) from receipt_series where year = :year) as last_number,
  (select count(*) from receipt where series_year = :year) as in_series,
  (select count(*) from gift g where g.tax_on between make_date(:year, 1, 1) and make_date(:year, 12, 31)
    and g.state in {CAME}) as gifts,
  (select coalesce(sum(case when g.currency = 'EUR' then g.amount_minor else g.euro_minor end), 0)
    from gift g where g.tax_on between make_date(:year, 1, 1) and make_date(:year, 12, 31)
    and g.state in {CAME}) as gifts_minor"""  # noqa: S608 - constants


def controls(year: int) -> Any:
    """Counts and sums read without the links: what the links must come to."""
    return db.session.execute(sa.text(_CONTROLS), {"year": year}).one()
