"""The account at the provider is a bank account: 517 must be what its own ledger says, at a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

import sqlalchemy as sa
from flask_babel import gettext as _

from portal.accounting.rules.chart import STRIPE
from portal.core.checks import Verdict
from portal.core.clock import paris_date
from portal.core.db import db
from portal.core.i18n import day, money
from portal.core.i18n_markers import N_
from portal.core.money import Money
from portal.donations.models import ProviderLine, ReconciliationRun

_BY_LINES: Final = """
select coalesce(sum(net_minor), 0) from provider_line
where currency = 'EUR' and (created_at at time zone 'Europe/Paris')::date <= :on"""

_BY_ENTRIES: Final = """
select coalesce(sum(l.debit_minor - l.credit_minor), 0)
from entry_line l join entry e on e.id = l.entry_id
where l.account = :account and coalesce(e.fact_on, e.date) <= :on"""

_UNBALANCED: Final = """
select p.id from payout p join payout_line a on a.payout_id = p.id
join provider_line l on l.id = a.line_id and not (l.category = 'payout' and l.source_id = p.id)
where p.automatic and p.lines_read_at is not null
group by p.id having sum(l.net_minor) <> p.amount_minor order by p.id"""

_ENTERED_TWICE: Final = r"""
select g.ref from gift g where g.state in ('settled','partially_refunded','refunded','disputed')
  and exists (select from entry e join entry u on u.source = e.source || '\:undone'
    where e.gift_id = g.id and e.source like 'provider\_line\:%')
  and not exists (select from entry e
    where e.gift_id = g.id and e.source ~ '^provider_line\:[^\:]+\:gift(\:[0-9]+)?$'
      and not exists (select from entry u where u.source = e.source || '\:undone'))
order by g.ref"""


def stripe_ledger_matches_517() -> Verdict:
    """At the last day the provider's ledger was read whole, account 517 is the sum of its lines."""
    on = _last_whole_day()
    if on is None or not _ledger_has_lines():
        return True, _("No line of Stripe's balance was read yet: nothing to compare.")
    lines = _sum(_BY_LINES, on=on)
    booked = _sum(_BY_ENTRIES, on=on, account=STRIPE)
    if lines == booked:
        return True, _("Account 517 on %(day)s: %(amount)s, as in Stripe's balance.",
                       day=day(on), amount=money(booked))  # fmt: skip
    return False, _(
        "Account 517 on %(day)s: the books say %(books)s, Stripe's balance says %(stripe)s;"
        " the reconciliation names what differs.",
        day=day(on),
        books=money(booked),
        stripe=money(lines),
    )


def payouts_are_their_lines() -> Verdict:
    """Each automatic payout is the sum of the lines it pays out."""
    wrong = list(db.session.scalars(sa.text(_UNBALANCED)))
    if wrong:
        return False, _("These payouts are not the sum of their lines: %(payouts)s.",
                        payouts=", ".join(wrong[:5]))  # fmt: skip
    return True, _("Each payout whose lines were read is their sum, to the cent.")


def gifts_entered_once() -> Verdict:
    """No gift the office had named for a payment on 471 is left, once Stripe told of another."""
    twice = list(db.session.scalars(sa.text(_ENTERED_TWICE)))
    if twice:
        return False, _(
            "Stripe tells of another gift for the payment of: %(gifts)s. These are to be taken back.",
            gifts=", ".join(twice[:5]),
        )
    return True, _("No gift stands both as the office entered it and as Stripe tells of it.")


def _last_whole_day() -> dt.date | None:
    covered = db.session.scalar(sa.select(sa.func.max(ReconciliationRun.covered_until)))
    return None if covered is None else paris_date(covered) - dt.timedelta(days=1)


def _ledger_has_lines() -> bool:
    return db.session.scalar(sa.select(ProviderLine.id).limit(1)) is not None


def _sum(statement: str, **named: object) -> Money:
    return Money(int(db.session.scalar(sa.text(statement), named) or 0))


PAYOUT_CHECKS: Final[tuple[tuple[str, Callable[[], Verdict], str], ...]] = (
    (
        "stripe_ledger_matches_517",
        stripe_ledger_matches_517,
        N_("Account 517 is what Stripe's own balance says"),
    ),
    ("payouts_are_their_lines", payouts_are_their_lines, N_("Each payout is its lines")),
    ("gifts_entered_once", gifts_entered_once, N_("No payment at Stripe is two gifts")),
)
"""The checks of payouts: code, what to run, what must be true."""
