"""Payouts: what the provider sends to the bank, and which lines of its balance that pays out."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert

from portal.core.db import db, transaction
from portal.donations.gateway import GatewayError, PayoutSnapshot
from portal.donations.models import Payout
from portal.donations.services.ledger import read_payout_lines
from portal.donations.services.provider import now, payments

log = logging.getLogger(__name__)
UNDECIDED: Final = ("pending", "in_transit")
_ONE_PAYOUT: Final = 580
"""The first half of the locks of payouts."""
MAY_STILL_FAIL: Final = dt.timedelta(days=10)
"""A payout that is paid may come back within five working days (Stripe's own description)."""


def refresh_payout(payout_id: str) -> bool:
    """Bring our row to where the payout stands; always True: every payout is ours."""
    with transaction():
        _lock(payout_id)
        keep_payout(payments().fetch_payout(payout_id))
    return True


def read_payouts(since: dt.datetime) -> int:
    """Keep the payouts made since that instant, and look again at those still undecided.

    A list is a picture of a moment: a payout it shows otherwise than ours is read on its own, so
    that nothing older takes the place of something newer. Gives how many were seen. Raises
    GatewayError when the provider does not answer to the end.
    """
    seen = set()
    for snapshot in payments().payouts(since):
        if not _is_new_or_as_known(snapshot):
            refresh_payout(snapshot.id)
        seen.add(snapshot.id)
    for payout_id in set(_unfinished()) - seen:
        refresh_payout(payout_id)
        seen.add(payout_id)
    return len(seen)


def keep_payout(snapshot: PayoutSnapshot) -> None:
    """Keep one payout as it stands; its amount and its instant are those it was first seen with."""
    made, standing = _row(snapshot), _standing(snapshot)
    with transaction():
        db.session.execute(made.on_conflict_do_update(index_elements=["id"], set_=standing))


def _is_new_or_as_known(snapshot: PayoutSnapshot) -> bool:
    """Keep a payout nobody heard of; False when it is known and stands otherwise here."""
    with transaction():
        db.session.execute(_row(snapshot).on_conflict_do_nothing(index_elements=["id"]))
        as_shown = [getattr(Payout, name) == value for name, value in _standing(snapshot).items()]
        chosen = sa.select(Payout.id).where(Payout.id == snapshot.id, *as_shown)
        return db.session.scalar(chosen) is not None


def _standing(snapshot: PayoutSnapshot) -> dict[str, object]:
    """What may change of a payout."""
    return {
        "status": snapshot.status,
        "reconciled": snapshot.reconciled,
        "arrives_on": snapshot.arrives_on,
        "balance_transaction_id": snapshot.balance_transaction_id,
        "failure_reason": snapshot.failure_reason,
        "statement_descriptor": snapshot.statement_descriptor,
    }


def _row(snapshot: PayoutSnapshot) -> Insert:
    return insert(Payout).values(
        id=snapshot.id,
        amount_minor=snapshot.amount.minor,
        currency=snapshot.amount.currency,
        automatic=snapshot.automatic,
        created_at=snapshot.created_at,
        **_standing(snapshot),
    )


def attribute_lines() -> int:
    """Read the lines of each automatic payout whose lines are complete; gives how many payouts.

    One that cannot be read never keeps the others from it; it is read the next time.
    """
    done = 0
    for payout_id in _unread():
        try:
            read_payout_lines(payout_id)
        except GatewayError as error:
            log.warning("payout %s: its lines could not be read: %s", payout_id, error)
            continue
        with transaction():
            _lock(payout_id)
            read = sa.update(Payout).where(Payout.id == payout_id)
            db.session.execute(read.values(lines_read_at=now()))
        done += 1
    return done


def _unread() -> list[str]:
    """Automatic payouts whose lines are complete at the provider and not read here."""
    chosen = sa.select(Payout.id).where(
        Payout.automatic, Payout.reconciled, Payout.lines_read_at.is_(None)
    )
    return list(db.session.scalars(chosen.order_by(Payout.created_at, Payout.id)))


def _unfinished() -> list[str]:
    waiting = Payout.automatic & ~Payout.reconciled & ~Payout.status.in_(("failed", "canceled"))
    recent = Payout.created_at > now() - MAY_STILL_FAIL
    chosen = sa.select(Payout.id).where(
        sa.or_(Payout.status.in_(UNDECIDED), waiting, (Payout.status == "paid") & recent)
    )
    return list(db.session.scalars(chosen))


def _lock(payout_id: str) -> None:
    """One at a time, also before there is a row to lock."""
    locked = sa.func.pg_advisory_xact_lock(_ONE_PAYOUT, sa.func.hashtext(payout_id))
    db.session.execute(sa.select(locked))
