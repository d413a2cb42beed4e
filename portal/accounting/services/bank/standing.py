"""Standing orders, recognised by the transfers that come: the same account, donor, sum and rhythm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from portal.accounting.models import BankLine, BankMatch, BankPart, StandingOrder
from portal.accounting.rules.promises import Rhythm, rhythm_of
from portal.core import audit
from portal.core.db import db, transaction
from portal.donations.models import Gift
from portal.donations.rules.gift import GiftState


def recognise(line_ids: Sequence[int]) -> int:
    """Look again at the accounts and sums of these lines; gives how many orders are new."""
    with transaction():
        return sum(_recognised(account, minor) for account, minor in _sums_of(line_ids))


def _sums_of(line_ids: Sequence[int]) -> list[tuple[str, int]]:
    rows = db.session.execute(
        sa.select(BankLine.iban_fingerprint, BankLine.amount_minor)
        .where(
            BankLine.id.in_(line_ids),
            BankLine.iban_fingerprint.is_not(None),
            BankLine.amount_minor > 0,
        )
        .distinct()
    )
    return sorted((row[0], row[1]) for row in rows if row[0] is not None)


def _recognised(account: str, minor: int) -> int:
    rows = _gifts_of(account, minor)
    if not rows or len({row.donor_id for row in rows}) > 1:
        return 0  # several people's gifts from one account: a person must say
    rhythm = rhythm_of([row.booked_on for row in rows])
    known = db.session.scalar(
        sa.select(StandingOrder)
        .where(
            StandingOrder.iban_fingerprint == account,
            StandingOrder.amount_minor == minor,
            StandingOrder.ended_on.is_(None),
        )
        .with_for_update()
    )
    latest = rows[-1]
    if known is not None:
        known.last_on = max(known.last_on, latest.booked_on)
        return 0
    if rhythm is None or _was_ended(account, minor):
        return 0
    _keep(account, minor, rhythm, latest)
    return 1


def _gifts_of(account: str, minor: int) -> Sequence[Any]:
    return db.session.execute(
        sa.select(
            BankLine.booked_on,
            BankLine.iban_last4,
            Gift.donor_id,
            Gift.purpose,
            Gift.programme,
        )
        .join(BankMatch, sa.and_(BankMatch.line_id == BankLine.id, BankMatch.live))
        .join(BankPart, BankPart.match_id == BankMatch.id)
        .join(Gift, Gift.id == BankPart.gift_id)
        .where(
            BankLine.iban_fingerprint == account,
            BankLine.amount_minor == minor,
            BankPart.amount_minor == minor,
            Gift.state == GiftState.SETTLED,
        )
        .order_by(BankLine.booked_on, BankLine.id)
    ).all()


def _was_ended(account: str, minor: int) -> bool:
    """A person said it is over: what comes after is money after the end, not a new promise."""
    ended = db.session.scalar(
        sa.select(sa.func.max(StandingOrder.ended_on)).where(
            StandingOrder.iban_fingerprint == account, StandingOrder.amount_minor == minor
        )
    )
    return ended is not None


def _keep(account: str, minor: int, rhythm: Rhythm, latest: Any) -> None:
    order = StandingOrder(
        donor_id=latest.donor_id,
        iban_fingerprint=account,
        iban_last4=latest.iban_last4,
        amount_minor=minor,
        purpose=latest.purpose,
        programme=latest.programme,
        every_months=rhythm.every_months,
        started_on=rhythm.started_on,
        last_on=rhythm.last_on,
    )
    db.session.add(order)
    db.session.flush()
    audit.record(
        "standing_order.recognised",
        f"standing_order:{order.id}",
        after={"donor": latest.donor_id, "amount": str(order.amount), "every": rhythm.every_months},
    )


def end_standing_order(order_id: int, on: dt.date, *, reason: str, by: int) -> None:
    """No transfer is expected from that day on; nothing when it ended before."""
    with transaction() as session:
        order = session.get_one(StandingOrder, order_id, with_for_update={"of": StandingOrder})
        if order.ended_on is not None:
            return
        order.ended_on, order.end_reason = max(on, order.started_on), reason
        audit.record(
            "standing_order.ended",
            f"standing_order:{order.id}",
            after={"ended_on": order.ended_on},
            note=reason,
            actor_id=by,
        )
