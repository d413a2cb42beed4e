"""A balance with very many lines, made at once: to measure how long a reconciliation takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal.stripe_simulator import balance, payouts
from portal.stripe_simulator.account import DAY, Account
from portal.stripe_simulator.refusals import Refusal
from portal.stripe_simulator.store import Body

MOST = 500_000
_SPAN = 365 * DAY
_REFUND_EVERY = 50


@dataclass(frozen=True, slots=True)
class Filling:
    """What was made: the lines, without the payouts' own ones, and their sources' common beginnings."""

    batch: str
    lines: int
    payouts: int
    net: int
    """What the payouts sent to the bank, in cents of euros."""
    first: int
    last: int
    """Unix times of the oldest and the newest line."""


def fill(account: Account, lines: int, sent: int) -> Filling:
    """Write `lines` card payments and some refunds of the past year, paid out in `sent` payouts.

    The n-th line is about ``ch_fill<batch>_<n>``, every 50th gives the one before it back
    (``re_fill<batch>_<n>``): no charge or refund of that id exists. 10.00 to 109.99 euros each.
    """
    if not 3 <= 3 * sent <= lines <= MOST:
        raise Refusal(f"lines must be at most {MOST} and at least three for each payout")
    batch = account.new_id("f")[-6:]
    last = account.now() - 2 * DAY
    first = last - _SPAN
    total, made = 0, 0
    for number in range(sent):
        share = lines * (number + 1) // sent - made
        group = list(_group(batch, made, share, first, lines))
        net = sum(each["net"] for each in group)
        account.store.insert(_paid_out(batch, number, group, net))
        total, made = total + net, made + share
    return Filling(batch, lines, sent, total, first, last)


def _group(batch: str, made: int, share: int, first: int, lines: int) -> Iterator[Body]:
    for number in range(made, made + share):
        back = number % _REFUND_EVERY == _REFUND_EVERY - 1
        gross = 1000 + (number - back) * 7919 % 10_000
        yield balance.written(
            f"txn_fill{batch}_{number:06d}",
            kind="refund" if back else "charge",
            category="refund" if back else "charge",
            amount=-gross if back else gross,
            source=f"{'re' if back else 'ch'}_fill{batch}_{number:06d}",
            fee=0 if back else balance.card_fee(gross),
            created=first + _SPAN * number // lines,
            description="Where most needed",
        )


def _paid_out(batch: str, number: int, group: list[Body], net: int) -> Iterator[Body]:
    payout_id = f"po_fill{batch}_{number:05d}"
    at = group[-1]["created"]
    own = balance.written(
        f"txn_fill{batch}_payout{number:05d}",
        kind="payout",
        category="payout",
        amount=-net,
        source=payout_id,
        fee=0,
        created=at,
        description="STRIPE PAYOUT",
    )
    for each in [*group, own]:
        each["status"] = "available"
        each["_sim"]["payout"] = payout_id
        yield each
    yield payouts.as_paid(payout_id, net, at, own["id"])
