"""The guard before the payment page: who is let through, who is asked, what is remembered.

Each decision is taken one after the other, for all web processes together: what was let through
counts for the next one, so that hundreds at once are not each the first.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import ipaddress
from dataclasses import dataclass

import sqlalchemy as sa

from portal.core.db import db, transaction
from portal.donations.models import (
    Gift,
    GivingAttempt,
    GuardOrder,
    PaymentDecline,
    Plan,
    Proof,
)
from portal.donations.rules.card_testing import (
    JUST_NOW,
    LATELY,
    Answer,
    Signals,
    Traffic,
    Trail,
    Verdict,
    judge,
    work_for,
)
from portal.donations.rules.gift import GiftState
from portal.donations.services.giving import Commitment
from portal.donations.services.provider import now, settings

_ONE_AT_A_TIME = 0x6361726473


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who wants a payment page, as fingerprints (see `fingerprint`).

    ``device`` is None for a browser that keeps no cookie; ``known`` for a signed-in donor with settled
    gifts; ``hasty`` for a form sent faster than it can be read.
    """

    address: str
    device: str | None
    email: str
    known: bool = False
    hasty: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The guard's verdict about an attempt."""

    attempt_id: int
    verdict: Verdict

    @property
    def passes(self) -> bool:
        """Whether the payment page may be opened."""
        return self.verdict.answer is Answer.PASS


def fingerprint(kind: str, value: str) -> str:
    """What is kept of an address, a device or an e-mail address: enough to know it again, no more.

    Of an IPv6 address the network counts, for one household has billions of addresses.
    """
    plain = _network(value) if kind == "address" else value.strip().lower()
    secret = settings().secret_key.encode()
    return hmac.new(secret, f"donations.{kind}:{plain}".encode(), hashlib.sha256).hexdigest()[:32]


def _network(address: str) -> str:
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(read, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{read}/64", strict=False))
    return str(read)


def consider(
    visitor: Visitor, subject: str, *, worked: bool = False, mailed: bool = False
) -> Decision:
    """Let this attempt through, or say what to ask; ``subject`` names the form with its answers.

    ``worked`` and ``mailed``: the question was answered. What was let through once stays so: a double
    click is no second attempt.
    """
    at = now()
    with transaction() as session:
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
        attempt = _attempt(visitor, subject, at)
        if attempt.passed_at is not None:
            return Decision(attempt.id, Verdict(Answer.PASS))
        verdict = judge(_signals(visitor, at), worked=worked, mailed=mailed)
        attempt.reasons = [*verdict.reasons] or attempt.reasons
        if verdict.answer is Answer.PASS:
            attempt.created_at = attempt.passed_at = at  # a question kept for later counts from now
            attempt.proof = _proof(worked, mailed)
        session.flush()
        return Decision(attempt.id, verdict)


def _proof(worked: bool, mailed: bool) -> Proof:
    if mailed:
        return Proof.MAIL
    return Proof.WORK if worked else Proof.NONE


def _attempt(visitor: Visitor, subject: str, at: dt.datetime) -> GivingAttempt:
    found = db.session.scalar(sa.select(GivingAttempt).where(GivingAttempt.subject == subject))
    if found is not None:
        return found
    made = GivingAttempt(
        created_at=at,
        subject=subject,
        address=visitor.address,
        device=visitor.device,
        email=visitor.email,
        known=visitor.known,
        reasons=[],
        proof=Proof.NONE,
    )
    db.session.add(made)
    db.session.flush()
    return made


def work_of(attempt: GivingAttempt) -> int:
    """How many tries the question costs whoever made this attempt."""
    visitor = Visitor(attempt.address, attempt.device, attempt.email)
    return work_for(_signals(visitor, now()))


def led_to(attempt_id: int, commitment: Commitment) -> None:
    """Remember which gift or plan an attempt became, to know later whether it was paid."""
    with transaction() as session:
        attempt = session.get_one(GivingAttempt, attempt_id)
        if isinstance(commitment, Gift):
            attempt.gift_id = commitment.id
        else:
            attempt.plan_id = commitment.id


def _signals(visitor: Visitor, at: dt.datetime) -> Signals:
    device = None
    if visitor.device is not None:
        device = _trail(GivingAttempt.device == visitor.device, at)
    return Signals(
        address=_trail(GivingAttempt.address == visitor.address, at),
        device=device,
        email=_trail(GivingAttempt.email == visitor.email, at),
        traffic=traffic(at),
        known=visitor.known,
        hasty=visitor.hasty,
    )


def paid() -> sa.ColumnElement[bool]:
    """Whether the money of an attempt came or is on its way."""
    on_its_way = [GiftState.PROCESSING]
    gift = sa.exists().where(
        Gift.id == GivingAttempt.gift_id,
        sa.or_(Gift.settled_at.is_not(None), Gift.state.in_(on_its_way)),
    )
    debit = sa.exists().where(
        Gift.plan_id == GivingAttempt.plan_id,
        sa.or_(Gift.settled_at.is_not(None), Gift.state.in_(on_its_way)),
    )
    plan = sa.exists().where(Plan.id == GivingAttempt.plan_id, Plan.started_on.is_not(None))
    return sa.or_(gift, debit, plan)


def _opened() -> sa.ColumnElement[bool]:
    return GivingAttempt.passed_at.is_not(None) & GivingAttempt.known.is_(False)


def _declines() -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .where(PaymentDecline.attempt_id == GivingAttempt.id)
        .scalar_subquery()
    )


def _count(*which: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.count().filter(sa.and_(*which))


def _trail(theirs: sa.ColumnElement[bool], at: dt.datetime) -> Trail:
    unpaid, proved = _opened() & ~paid(), GivingAttempt.proof != Proof.NONE
    row = db.session.execute(
        sa.select(
            _count(unpaid),
            _count(unpaid, proved),
            sa.func.coalesce(sa.func.sum(_declines()).filter(unpaid), 0),
        ).where(theirs, GivingAttempt.created_at > at - LATELY)
    ).one()
    return Trail(*(int(number) for number in row))


def traffic(at: dt.datetime) -> Traffic:
    """What strangers did lately, all together, and what the head office ordered."""
    just_now = _opened() & (GivingAttempt.passed_at > at - JUST_NOW)
    came, declined = paid(), _declines() > 0
    proved = GivingAttempt.proof == Proof.WORK
    row = db.session.execute(
        sa.select(
            _count(_opened(), ~came),
            _count(just_now, came),
            _count(just_now, ~came, declined),
            _count(just_now, proved, came),
            _count(just_now, proved, ~came, declined),
        ).where(GivingAttempt.created_at > at - LATELY)
    ).one()
    unpaid, came_just_now, declined_just_now, proved_paid, proved_declined = map(int, row)
    return Traffic(
        unpaid=unpaid,
        paid=came_just_now,
        declined=declined_just_now,
        proved_paid=proved_paid,
        proved_declined=proved_declined,
        always_ask=always_until(at) is not None,
    )


def always_until(at: dt.datetime) -> dt.datetime | None:
    """Until when every stranger is asked, by order of the head office; None when none holds."""
    until = db.session.scalar(
        sa.select(GuardOrder.always_until).order_by(GuardOrder.id.desc()).limit(1)
    )
    return until if until is not None and until > at else None
