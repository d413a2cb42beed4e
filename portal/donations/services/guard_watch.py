"""What the head office sees of the guard, what it may order, and what is forgotten."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from portal.core import audit
from portal.core.db import db, transaction
from portal.donations.models import (
    GivingAttempt,
    GuardOrder,
    HeldForm,
    PaymentDecline,
    Proof,
    SpentProof,
)
from portal.donations.rules.card_testing import JUST_NOW, Reason, Signals, Traffic, judge
from portal.donations.services.card_testing import always_until, paid, traffic
from portal.donations.services.provider import now

REMEMBERED_FOR = dt.timedelta(days=7)
LONGEST_ORDER = 72


@dataclass(frozen=True, slots=True)
class Period:
    """What happened at the guard in a stretch of time, counted in attempts."""

    attempts: int
    opened: int
    asked: int
    answered: int
    paid: int
    declined: int


@dataclass(frozen=True, slots=True)
class GuardView:
    """The guard as it stands: whether it asks strangers now, why, and what it saw."""

    traffic: Traffic
    always_until: dt.datetime | None
    reasons: dict[Reason, int]
    just_now: Period
    today: Period

    @property
    def asks_everybody(self) -> bool:
        """Whether any stranger would be asked now."""
        return bool(judge(Signals(traffic=self.traffic)).reasons)


def guard_view() -> GuardView:
    """What the guard sees now."""
    at = now()
    return GuardView(
        traffic=traffic(at),
        always_until=always_until(at),
        reasons=_reasons(at - JUST_NOW),
        just_now=_period(at - JUST_NOW),
        today=_period(at - dt.timedelta(days=1)),
    )


def _period(since: dt.datetime) -> Period:
    opened = GivingAttempt.passed_at.is_not(None)
    asked = sa.func.jsonb_array_length(GivingAttempt.reasons) > 0
    declines = sa.exists().where(PaymentDecline.attempt_id == GivingAttempt.id)
    counted = [
        sa.func.count(),
        *(
            sa.func.count().filter(which)
            for which in (opened, asked, GivingAttempt.proof != Proof.NONE, paid(), declines)
        ),
    ]
    row = db.session.execute(sa.select(*counted).where(GivingAttempt.created_at > since)).one()
    return Period(*(int(number) for number in row))


def _reasons(since: dt.datetime) -> dict[Reason, int]:
    each = sa.func.jsonb_array_elements_text(GivingAttempt.reasons).table_valued("value")
    rows = db.session.execute(
        sa.select(each.c.value, sa.func.count())
        .select_from(sa.join(GivingAttempt, each, sa.true()))
        .where(GivingAttempt.created_at > since)
        .group_by(each.c.value)
        .order_by(sa.func.count().desc())
    )
    return {Reason(value): int(number) for value, number in rows}


def order_always(hours: int, *, by: int) -> None:
    """Ask every stranger for so many hours (72 at most); nought takes the order back."""
    at = now()
    hours = max(0, min(hours, LONGEST_ORDER))
    with transaction() as session:
        until = at + dt.timedelta(hours=hours)
        session.add(GuardOrder(given_at=at, always_until=until, account_id=by))
        audit.record("guard.ordered", "guard", after={"hours": hours}, actor_id=by)


def forget() -> None:
    """Attempts are remembered for a week; typed forms and spent answers until they expire."""
    at = now()
    with transaction() as session:
        session.execute(sa.delete(HeldForm).where(HeldForm.expires_at <= at))
        session.execute(sa.delete(SpentProof).where(SpentProof.expires_at <= at))
        session.execute(
            sa.delete(GivingAttempt).where(GivingAttempt.created_at <= at - REMEMBERED_FOR)
        )
