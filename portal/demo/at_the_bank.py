"""Stripe's payouts, a statement of the bank and a double of the demonstration's accountant.

One payout has arrived and stands on the statement, one is under way; three lines of the statement wait
for a person; one donor is recorded twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from portal.accounting.services.bank import import_statements
from portal.accounts.models import Donor
from portal.accounts.rules.donors import DonorDetails
from portal.core.clock import paris_date
from portal.core.db import db, transaction
from portal.core.money import Money, total
from portal.demo.handed_over import ACCOUNT, persons
from portal.demo.statement import Movement, statement
from portal.donations import events
from portal.donations.codes import GiftMode, PurposeKind
from portal.donations.gateway import LedgerLine, PayoutSnapshot
from portal.donations.models import Gift, Origin, Payout, PayoutLine
from portal.donations.rules.gift import GiftState
from portal.donations.services.entry import donor_for_entry
from portal.donations.services.ledger import keep_lines
from portal.donations.services.payouts import keep_payout

_GIFTS: Final = ((14, 4_700), (13, 10_000), (12, 3_000), (11, 25_000), (7, 4_700), (5, 6_000))
"""Gifts by card: how many days ago, and how much in cents."""
_SENT: Final = ((216, 10, "paid"), (2, 4, "in_transit"))
"""Payouts: how many hours ago, the gifts of which day at the latest, and how they stand."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """A payout with the lines it pays out."""

    payout: PayoutSnapshot
    lines: Sequence[LedgerLine]
    own: LedgerLine


def put_at_the_bank(by: int, now: dt.datetime, *, through_stripe: bool) -> list[dict[str, Any]]:
    """Gifts through Stripe and their payouts, a statement, a double; gives the payouts as Stripe's
    stand-in is told of them. ``through_stripe``: whether it is the stand-in that answers, for Stripe
    itself knows nothing of invented payouts."""
    givers = persons(len(_GIFTS) + 2)
    if len(givers) < len(_GIFTS) + 2:
        return []
    sent = _through_stripe(givers[: len(_GIFTS)], now) if through_stripe else []
    arrived = [
        Movement(each.payout.amount.minor, each.payout.arrives_on, "STRIPE", "STRIPE PAYOUT")
        for each in sent[:1]
    ]
    _bring_in(arrived, db.session.get_one(Donor, givers[-1]), by, paris_date(now))
    _recorded_twice(db.session.get_one(Donor, givers[-2]))
    return [_told(each) for each in sent]


def _through_stripe(givers: Sequence[int], now: dt.datetime) -> list[_Sent]:
    lines: list[tuple[int, LedgerLine]] = []
    with transaction():
        for number, (giver, (ago, minor)) in enumerate(zip(givers, _GIFTS, strict=True), start=1):
            at = (now - dt.timedelta(days=ago)).replace(
                hour=9, minute=number, second=0, microsecond=0
            )
            lines.append((ago, _given(giver, number, Money(minor), at)))
        keep_lines([line for _ago, line in lines])
    taken, sent = 0, []
    for number, (ago, until, status) in enumerate(_SENT, start=1):
        group = [line for given_ago, line in lines[taken:] if given_ago >= until]
        taken += len(group)
        at = (now - dt.timedelta(hours=ago)).replace(minute=0, second=0, microsecond=0)
        sent.append(_paid_out(number, group, at, status))
    return sent


def _given(giver: int, number: int, amount: Money, at: dt.datetime) -> LedgerLine:
    """A gift by card through Stripe, booked, with its line of the balance (1,5 % + 0,25 €)."""
    fee = Money(amount.minor * 15 // 1000 + 25)
    charge, line = f"ch_demonstration{number}", f"txn_demonstration{number}"
    gift = Gift(
        ref=f"DEMO{number:06}",
        donor_id=giver,
        origin=Origin.ONLINE,
        state=GiftState.SETTLED,
        amount_minor=amount.minor,
        fee_minor=fee.minor,
        mode=GiftMode.CARD,
        purpose=PurposeKind.GENERAL,
        received_on=paris_date(at),
        tax_on=paris_date(at),
        settled_at=at,
        stripe_payment_intent_id=f"pi_demonstration{number}",
        stripe_charge_id=charge,
        stripe_balance_transaction_id=line,
    )
    db.session.add(gift)
    db.session.flush()
    events.gift_settled.send(gift)
    return _line(line, "charge", amount, fee, charge, at)


def _paid_out(number: int, group: Sequence[LedgerLine], at: dt.datetime, status: str) -> _Sent:
    payout_id = f"po_demonstration{number}"
    amount = total([line.net for line in group])
    own = _line(f"txn_demonstration_payout{number}", "payout", -amount, Money(0), payout_id, at)
    payout = PayoutSnapshot(
        id=payout_id,
        amount=amount,
        status=status,
        automatic=True,
        reconciled=True,
        created_at=at,
        arrives_on=paris_date(at + dt.timedelta(days=1)),
        balance_transaction_id=own.id,
        statement_descriptor="STRIPE PAYOUT",
    )
    with transaction() as session:
        keep_payout(payout)
        keep_lines([own])
        session.add_all(PayoutLine(line_id=line.id, payout_id=payout_id) for line in (*group, own))
        session.execute(sa.update(Payout).where(Payout.id == payout_id).values(lines_read_at=at))
    return _Sent(payout, group, own)


def _line(
    line_id: str, category: str, gross: Money, fee: Money, source: str, at: dt.datetime
) -> LedgerLine:
    return LedgerLine(
        id=line_id,
        category=category,
        gross=gross,
        fee=fee,
        net=gross - fee,
        source_id=source,
        payout_id=None,
        created_at=at,
        available_on=at + dt.timedelta(days=2),
        description="STRIPE PAYOUT" if category == "payout" else "Don",
    )


def _told(sent: _Sent) -> dict[str, Any]:
    """A payout as the stand-in for Stripe begins with it."""
    return {
        "id": sent.payout.id,
        "amount": sent.payout.amount.minor,
        "created": int(sent.payout.created_at.timestamp()),
        "status": sent.payout.status,
        "own": sent.own.id,
        "lines": [
            {
                "id": line.id,
                "amount": line.gross.minor,
                "fee": line.fee.minor,
                "source": line.source_id,
                "intent": line.source_id.replace("ch_", "pi_"),
                "created": int(line.created_at.timestamp()),
                "description": line.description,
            }
            for line in sent.lines
        ],
    }


def _bring_in(arrived: Sequence[Movement], giver: Donor, by: int, today: dt.date) -> None:
    """A statement: Stripe's payout, and three lines that wait for a person."""
    ago = {days: today - dt.timedelta(days=days) for days in (2, 3, 12)}
    movements = [
        *arrived,
        Movement(4_700, ago[3], giver.name.upper(), "VIREMENT DON"),
        Movement(-1_490, ago[3], "", "FRAIS DE TENUE DE COMPTE"),
        Movement(32_000, ago[2], "LES AMIS DU QUAI", "VIR FETE DE RENTREE"),
    ]
    data = statement(movements, iban=ACCOUNT, opening=1_254_060, since=ago[12], until=ago[2])
    import_statements(data, "releve-demonstration.xml", by=by)


def _recorded_twice(donor: Donor) -> None:
    """The same person, met again with another address of mail."""
    donor_for_entry(
        DonorDetails(
            kind=donor.kind,
            title=donor.title,
            first_name=donor.first_name,
            last_name=donor.last_name.upper(),
            email=f"autre.{donor.ref.lower()}@example.org",
            address1=donor.address1,
            postcode=donor.postcode,
            city=donor.city,
            country=donor.country,
            language=donor.language,
        )
    )
