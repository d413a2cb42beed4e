"""What no message told us is found by asking: each hour, each gift or plan on its own."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from typing import Any, cast

import sqlalchemy as sa

from portal.core.clock import paris_date
from portal.core.db import db, transaction
from portal.donations import money_back, queries
from portal.donations.models import Gift, Plan, PlanState, Refund
from portal.donations.rules.gift import GiftFact, GiftState, next_state
from portal.donations.services.converge import (
    refresh_commitment,
    refresh_debits,
    refresh_payment,
)
from portal.donations.services.disputes import refresh_dispute
from portal.donations.services.giving import Commitment
from portal.donations.services.provider import now
from portal.donations.services.refunds import carry_out_alone

log = logging.getLogger(__name__)
LONG_ENOUGH = dt.timedelta(minutes=10)
NEVER_LED_TO_A_PAGE = dt.timedelta(hours=25)
KEPT_FORM = dt.timedelta(days=7)


def sweep() -> list[str]:
    """Ask about everything that has been open for ten minutes or more.

    Gives the ids of the messages still waiting, for their jobs to be queued again. A failure
    of one never keeps the others from being asked about.
    """
    at = now()
    _each(queries.open_commitments(at - LONG_ENOUGH), _refresh)
    _each(queries.payments_without_fee(), refresh_payment)
    _each(money_back.payments_without_euros(), refresh_payment)
    _each(money_back.undecided_dispute_ids(), refresh_dispute)
    _each(queries.late_subscriptions(paris_date(at)), refresh_debits)
    _each(queries.refunds_asked(at - LONG_ENOUGH), _carry_out)
    _give_up(at - NEVER_LED_TO_A_PAGE)
    _forget_forms(at - KEPT_FORM)
    return queries.waiting_events(at - LONG_ENOUGH)


def _each(subjects: Iterable[Any], act: Callable[[Any], Any]) -> None:
    for subject in subjects:
        try:
            act(subject)
        except Exception:
            log.exception("sweep: %s could not be refreshed", subject)


def _refresh(found: tuple[type[Gift] | type[Plan], int]) -> None:
    kind, row_id = found
    refresh_commitment(cast(Commitment, db.session.get_one(kind, row_id)))


def _carry_out(refund_id: int) -> None:
    carry_out_alone(db.session.get_one(Refund, refund_id))


def _give_up(before: dt.datetime) -> None:
    """Forms that never led to a payment page are abandoned; nobody can pay them any more."""
    with transaction():
        for gift in db.session.scalars(
            sa.select(Gift)
            .where(
                Gift.state == GiftState.PENDING,
                Gift.stripe_session_id.is_(None),
                Gift.stripe_payment_intent_id.is_(None),
                Gift.stripe_invoice_id.is_(None),
                Gift.created_at < before,
            )
            .with_for_update(of=Gift, skip_locked=True)
        ):
            gift.state = next_state(gift.state, GiftFact.EXPIRED)
        db.session.execute(
            sa.update(Plan)
            .where(
                Plan.state == PlanState.PENDING,
                Plan.stripe_session_id.is_(None),
                sa.func.coalesce(Plan.attempted_at, Plan.created_at) < before,
            )
            .values(state=PlanState.ABANDONED)
        )


def _forget_forms(before: dt.datetime) -> None:
    """What was typed and never paid is kept for a week."""
    with transaction():
        for kind in (Gift, Plan):
            old = kind.typed.is_not(None) & (kind.created_at < before)
            db.session.execute(sa.update(kind).where(old).values(typed=None))
