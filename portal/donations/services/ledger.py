"""The provider's balance, line by line: read in a stream, kept once, never changed.

Lines that touch no gift (a payout, a fee of the account, an adjustment) are told to the books in
the transaction that keeps them, once each. Each part of a thousand lines is a transaction of its
own: a reading that breaks off leaves what it had, and the next one goes over it again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, TypeVar

import sqlalchemy as sa

from portal.core.db import db, transaction
from portal.donations import events
from portal.donations.gateway import LedgerLine
from portal.donations.rules.reconciliation import LineKind, kind_of
from portal.donations.services.provider import now, payments

_T = TypeVar("_T")
AT_ONCE: Final = 1_000
BOOKED_IN: Final = "EUR"
PAYOUT_BACK: Final = "payout_reversal"

_KEEP: Final = sa.text("""
insert into provider_line (id, category, gross_minor, fee_minor, net_minor, currency, source_id,
                           created_at, available_at, exchange_rate, description, imported_at)
select id, category, gross, fee, net, currency, source, created, available, rate, told,
       cast(:at as timestamptz)
from unnest(cast(:ids as text[]), cast(:categories as text[]), cast(:gross as bigint[]),
            cast(:fees as bigint[]), cast(:net as bigint[]), cast(:currencies as text[]),
            cast(:sources as text[]), cast(:created as timestamptz[]),
            cast(:available as timestamptz[]), cast(:rates as numeric[]), cast(:told as text[]))
  as line (id, category, gross, fee, net, currency, source, created, available, rate, told)
on conflict (id) do nothing
returning id""")

_KNOWN: Final = sa.text("select id from provider_line where id = any(:ids)")

_ATTRIBUTE: Final = sa.text("""
insert into payout_line (line_id, payout_id)
select line, :payout from unnest(cast(:ids as text[])) as line
on conflict (line_id) do nothing""")


def read_ledger(since: dt.datetime) -> int:
    """Keep the lines made since that instant; gives how many were new.

    Raises GatewayError when the provider does not answer to the end: what came is kept.
    """
    return sum(keep_lines(part) for part in parts(payments().ledger(since)))


def read_payout_lines(payout_id: str) -> int:
    """Keep the lines of an automatic payout and that it paid them out; gives how many there are.

    Raises GatewayError as `read_ledger`.
    """
    read = 0
    for part in parts(payments().ledger_of_payout(payout_id)):
        ids = [line.id for line in part]
        with transaction():
            known = set(db.session.scalars(_KNOWN, {"ids": ids}))
            keep_lines([line for line in part if line.id not in known])
            db.session.execute(_ATTRIBUTE, {"payout": payout_id, "ids": ids})
        read += len(part)
    return read


def keep_lines(lines: Sequence[LedgerLine]) -> int:
    """Keep these lines, those known already left as they are; gives how many were new."""
    if not lines:
        return 0
    with transaction():
        new = set(db.session.scalars(_KEEP, _columns(lines)))
        for line in lines:
            if line.id in new:
                _tell(line)
        return len(new)


def _columns(lines: Sequence[LedgerLine]) -> dict[str, object]:
    return {
        "at": now(),
        "ids": [line.id for line in lines],
        "categories": [line.category for line in lines],
        "gross": [line.gross.minor for line in lines],
        "fees": [line.fee.minor for line in lines],
        "net": [line.net.minor for line in lines],
        "currencies": [line.net.currency for line in lines],
        "sources": [line.source_id for line in lines],
        "created": [line.created_at for line in lines],
        "available": [line.available_on for line in lines],
        "rates": [line.exchange_rate for line in lines],
        "told": [line.description for line in lines],
    }


def _tell(line: LedgerLine) -> None:
    """The books are kept in euros and hear of what no gift, refund or dispute tells them."""
    if line.net.currency != BOOKED_IN or not line.net:
        return
    kind = kind_of(line.category)
    if kind is LineKind.PAYOUT:
        back = line.category == PAYOUT_BACK
        (events.payout_failed if back else events.payout_created).send(line)
    elif kind is LineKind.FEE:
        events.provider_fee_taken.send(line)
    elif kind is LineKind.OTHER:
        events.provider_adjusted.send(line)


def parts(told: Iterable[_T], size: int = AT_ONCE) -> Iterator[list[_T]]:
    """The stream in parts, so that memory stays small however long it is."""
    stream = iter(told)
    while part := list(islice(stream, size)):
        yield part
