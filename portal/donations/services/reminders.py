"""Debits that fail: what we know of each, the ladder of mails, and the call before it is too late.

All of it happens in the transaction that brings a debit up to date; the plan's row is locked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from portal.core.clock import paris_date
from portal.core.db import db
from portal.donations.codes import PurposeKind
from portal.donations.gateway import InvoiceSnapshot, PaymentSnapshot
from portal.donations.models import (
    CallReason,
    DebitFailure,
    FailureState,
    Plan,
    PlanNotice,
    PlanState,
)
from portal.donations.rules.plan_ladder import LADDER, Failing, NoticeKind, call_by, due
from portal.donations.services import plan_mails
from portal.donations.services.plan_calls import no_call_needed, open_call
from portal.donations.services.provider import now, today

ASKS_THE_DONOR = "authentication_required"
"""A bank that declines with this word would have accepted, had the donor confirmed."""
GONE = frozenset({"void", "uncollectible"})
UNHURRIED = frozenset({PlanState.ACTIVE, PlanState.PAST_DUE})
"""Nobody is written to about a debit of a plan that pauses or has ended."""


def follow_debit(plan: Plan, invoice: InvoiceSnapshot, payment: PaymentSnapshot) -> None:
    """Bring what we know of a debit that failed to what it is now; the first debit has pages of its own."""
    if plan.started_on is None:
        return
    known = db.session.scalar(
        sa.select(DebitFailure).where(DebitFailure.invoice_id == invoice.id).with_for_update()
    )
    if invoice.status == "paid" or payment.status == "succeeded":
        _came(plan, known)
    elif invoice.status in GONE:
        _drop(known)
    elif plan.state is not PlanState.ENDED and _failed(invoice, payment):
        _note(plan, invoice, payment, known)


def climb(plan: Plan) -> None:
    """Write what the oldest open failure calls for, once the plan's own state is known."""
    if plan.state not in UNHURRIED or plan.cancels_on is not None:
        return
    for failure in open_failures(plan.id):
        debit = Failing(failure.attempts, failure.next_attempt_at, failure.needs_action)
        wanted = due(debit, _sent(plan.id, failure.invoice_id))
        if wanted is not None:
            plan_mails.say_step(plan, failure, wanted)
        _have_somebody_call(plan, debit)


def open_failures(plan_id: int) -> Sequence[DebitFailure]:
    """The debits of a plan that did not come through and are still asked for, the oldest first."""
    chosen = sa.select(DebitFailure).where(
        DebitFailure.plan_id == plan_id, DebitFailure.state == FailureState.OPEN
    )
    return db.session.scalars(chosen.order_by(DebitFailure.failed_at, DebitFailure.id)).all()


def drop_failures(plan: Plan) -> None:
    """The plan is over: nothing of it is asked for any more."""
    for failure in open_failures(plan.id):
        _drop(failure)


def _note(
    plan: Plan, invoice: InvoiceSnapshot, payment: PaymentSnapshot, known: DebitFailure | None
) -> None:
    failure = known or DebitFailure(
        plan_id=plan.id,
        invoice_id=invoice.id,
        amount_minor=invoice.amount.minor,
        currency=invoice.amount.currency,
        due_on=_due_on(invoice),
        failed_at=now(),
    )
    if failure.state is FailureState.PAID:
        return  # money that came stays; the bank's taking it back is another fact
    failure.attempts = max(invoice.attempts, 1)
    failure.next_attempt_at = invoice.next_attempt_at
    failure.needs_action = payment.needs_action or payment.failure_code == ASKS_THE_DONOR
    failure.failure_code = payment.failure_code or ""
    failure.pay_url = invoice.pay_url
    failure.state, failure.settled_at = FailureState.OPEN, None
    db.session.add(failure)
    db.session.flush()


def _failed(invoice: InvoiceSnapshot, payment: PaymentSnapshot) -> bool:
    return invoice.status == "open" and (payment.status == "failed" or payment.needs_action)


def _due_on(invoice: InvoiceSnapshot) -> dt.date:
    return paris_date(invoice.created_at) if invoice.created_at else today()


def _came(plan: Plan, known: DebitFailure | None) -> None:
    if known is None or known.state is FailureState.PAID:
        return
    known.state, known.settled_at, known.next_attempt_at = FailureState.PAID, now(), None
    db.session.flush()
    if _sent(plan.id, known.invoice_id):
        plan_mails.say_recovered(plan, known)
    if not open_failures(plan.id):
        no_call_needed(plan, CallReason.AT_RISK)


def _drop(known: DebitFailure | None) -> None:
    if known is not None and known.state is FailureState.OPEN:
        known.state, known.settled_at, known.next_attempt_at = FailureState.DROPPED, now(), None
        db.session.flush()


def _have_somebody_call(plan: Plan, debit: Failing) -> None:
    """Before a sponsorship is at risk; at once when the sponsor cannot be written to."""
    if plan.purpose is not PurposeKind.SPONSORSHIP:
        return
    by = call_by(debit, today())
    if by is None and not plan.donor.email:
        by = today() + dt.timedelta(days=2)
    if by is not None:
        open_call(plan, CallReason.AT_RISK, by)


def _sent(plan_id: int, about: str) -> list[NoticeKind]:
    chosen = sa.select(PlanNotice.kind).where(
        PlanNotice.plan_id == plan_id, PlanNotice.about == about, PlanNotice.kind.in_(LADDER)
    )
    return list(db.session.scalars(chosen))
