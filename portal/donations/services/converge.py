"""Refresh and converge: read how things stand at the provider, bring our rows there.

What is read while the row is locked cannot be older than what was applied before it, so events
may come twice, late or in any order (reference: at least once, no order).
"""

from __future__ import annotations

import uuid
from typing import TypeVar

import sqlalchemy as sa

from portal.core.clock import paris_date
from portal.core.db import db, transaction
from portal.donations.gateway import (
    DisputeSnapshot,
    InvoiceSnapshot,
    PaymentSnapshot,
    RefundSnapshot,
    SubscriptionSnapshot,
)
from portal.donations.models import Dispute, Gift, Plan, PlanState
from portal.donations.rules.gift import GiftFact, GiftState, next_state
from portal.donations.services.gift_news import tell_of_first_debit
from portal.donations.services.giving import Commitment
from portal.donations.services.plan_life import BEHIND, activate, apply_subscription, stands_beside
from portal.donations.services.provider import payments
from portal.donations.services.reminders import follow_debit
from portal.donations.services.settlement import apply_payment, debit_of, gift_of_payment

_T = TypeVar("_T", Gift, Plan)


class NotYetKnown(Exception):
    """The provider has not linked this payment to its debit yet: ask again later."""


def refresh_commitment(commitment: Commitment) -> None:
    """Bring a gift or plan up to date, whatever no message told us."""
    if commitment.stripe_session_id is not None and not _known_to_be_paid(commitment):
        refresh_checkout(commitment.stripe_session_id)
    if isinstance(commitment, Plan) and commitment.stripe_subscription_id is not None:
        refresh_debits(commitment.stripe_subscription_id)
    elif isinstance(commitment, Gift) and commitment.stripe_payment_intent_id is not None:
        refresh_payment(commitment.stripe_payment_intent_id)


def _known_to_be_paid(commitment: Commitment) -> bool:
    if isinstance(commitment, Plan):
        return commitment.started_on is not None
    return commitment.settled_at is not None


def refresh_checkout(session_id: str) -> bool:
    """The checkout, and what was paid through it. Gives False when it is none of ours."""
    checkout = payments().fetch_checkout(session_id)
    commitment = _by_reference(checkout.reference)
    if commitment is None:
        return False
    if checkout.status == "expired":
        _expire(commitment, session_id)
    elif checkout.subscription_id is not None:
        refresh_subscription(checkout.subscription_id)
    elif checkout.payment_intent_id is not None:
        refresh_payment(checkout.payment_intent_id)
    return True


def _expire(commitment: Commitment, session_id: str) -> None:
    with transaction():
        locked = _locked_either(commitment)
        if locked.stripe_session_id not in (None, session_id):
            return  # an earlier attempt; another one is open
        if isinstance(locked, Gift):
            locked.state = next_state(locked.state, GiftFact.EXPIRED)
        elif locked.state is PlanState.PENDING:
            locked.state = PlanState.ABANDONED


def refresh_payment(payment_intent_id: str, dispute_id: str = "") -> bool:
    """A payment of a gift, or the debit of a plan, with what went back of it.

    ``dispute_id``: one that is known to exist, whatever the payment says. Gives False when the
    payment is none of ours.
    """
    payment = payments().fetch_payment(payment_intent_id)
    commitment = _of_payment(payment)
    if isinstance(commitment, Plan):
        if payment.invoice_id is None:
            raise NotYetKnown(f"no invoice of {payment_intent_id} yet")
        return _refresh_debit(commitment, payment.invoice_id, dispute_id)
    if commitment is None:
        return False
    if commitment.stripe_invoice_id is not None and commitment.plan is not None:
        return _refresh_debit(commitment.plan, commitment.stripe_invoice_id, dispute_id)
    with transaction():
        locked = _locked(Gift, commitment.id)
        current = payments().fetch_payment(payment_intent_id)
        gift = gift_of_payment(locked, current)
        if gift is not locked:
            current = payments().fetch_payment(payment_intent_id)
        _apply_current(gift, current, dispute_id)
    return True


def refresh_invoice(invoice_id: str) -> bool:
    """One debit of a plan. Gives False when it is none of ours."""
    invoice = payments().fetch_invoice(invoice_id)
    plan = _plan(invoice.reference, invoice.subscription_id)
    return plan is not None and _refresh_debit(plan, invoice_id)


def _give_up(plan: Plan, debit: Gift) -> None:
    """A first debit the bank refused is not asked for again: who gives is told that nothing was taken,
    and begins anew when she still wishes to. Harmless when it is done twice."""
    subscription_id = plan.stripe_subscription_id
    if plan.started_on is not None or subscription_id is None:
        return
    if payments().fetch_subscription(subscription_id).status not in BEHIND:
        return
    with transaction():
        tell_of_first_debit(debit)
    payments().cancel_subscription(subscription_id, False, f"first-debit-refused:{subscription_id}")
    refresh_subscription(subscription_id)


def refresh_subscription(subscription_id: str) -> bool:
    """A plan as the provider sees it. Gives False when it is none of ours."""
    found = payments().fetch_subscription(subscription_id)
    plan = _plan(found.reference, subscription_id)
    if plan is None:
        return False
    with transaction():
        locked = _locked(Plan, plan.id)
        apply_subscription(locked, payments().fetch_subscription(subscription_id))
    return True


def refresh_debits(subscription_id: str) -> None:
    """A plan and each of its debits that is not settled here: for what no message told."""
    refresh_subscription(subscription_id)
    asked = payments().list_invoices(subscription_id)
    settled = set(
        db.session.scalars(
            sa.select(Gift.stripe_invoice_id).where(
                Gift.stripe_invoice_id.in_([invoice.id for invoice in asked]),
                Gift.settled_at.is_not(None),
            )
        )
    )
    for invoice in asked:
        if invoice.id not in settled:
            refresh_invoice(invoice.id)


def _refresh_debit(plan: Plan, invoice_id: str, dispute_id: str = "") -> bool:
    with transaction():
        locked = _locked(Plan, plan.id)
        gift = _debit_as_it_is(locked, payments().fetch_invoice(invoice_id), dispute_id)
    if gift is not None and gift.state is GiftState.FAILED:
        _give_up(locked, gift)
    return True


def _debit_as_it_is(plan: Plan, invoice: InvoiceSnapshot, dispute_id: str) -> Gift | None:
    """The gift of a debit, brought to what the debit is now; None when nothing was tried yet."""
    if invoice.amount.minor <= 0 or invoice.payment_intent_id is None:
        return None
    payment = payments().fetch_payment(invoice.payment_intent_id)
    beside = _of_another(plan, invoice)
    if not beside:
        follow_debit(plan, invoice, payment)
    if payment.status not in ("processing", "succeeded", "failed") and not payment.needs_action:
        return None
    subscription_id = invoice.subscription_id or plan.stripe_subscription_id
    if subscription_id is None:
        raise NotYetKnown(f"no subscription of {invoice.id} yet")
    found = payments().fetch_subscription(subscription_id)
    if not beside:
        plan.next_debit_on = paris_date(found.current_period_end)
    debit = debit_of(plan, invoice.id, invoice.amount.minor, invoice.amount.currency)
    gift = _locked(Gift, debit.id)
    if plan.started_on is None and not beside:
        _begin(plan, gift, payment, found)
    _apply_current(gift, payment, dispute_id)
    if not beside:
        apply_subscription(plan, found)
    return gift


def _of_another(plan: Plan, invoice: InvoiceSnapshot) -> bool:
    """Whether a debit is that of another subscription than the plan's own."""
    subscription_id = invoice.subscription_id
    if subscription_id is None or subscription_id == plan.stripe_subscription_id:
        return False
    return stands_beside(plan, payments().fetch_subscription(subscription_id))


def _begin(plan: Plan, gift: Gift, payment: PaymentSnapshot, found: SubscriptionSnapshot) -> None:
    """A first debit that came begins the plan, before anything is told of money that went back of it:
    a debit the bank took back meanwhile pauses a plan that runs."""
    apply_payment(gift, payment, ())
    if gift.settled_at is not None:
        activate(plan, gift)
    apply_subscription(plan, found)


def _apply_current(gift: Gift, payment: PaymentSnapshot, dispute_id: str) -> None:
    apply_payment(gift, payment, _refunds(payment), _disputes(gift, payment, dispute_id))


def _refunds(payment: PaymentSnapshot) -> list[RefundSnapshot]:
    if payment.status != "succeeded":
        return []
    return payments().list_refunds(payment.payment_intent_id)


def _disputes(gift: Gift, payment: PaymentSnapshot, dispute_id: str) -> list[DisputeSnapshot]:
    """The payment's disputes, asked for only when there is reason to think that there are any."""
    known = sa.select(Dispute.id).where(Dispute.gift_id == gift.id).limit(1)
    if not (payment.disputed or dispute_id or db.session.scalar(known)):
        return []
    found = payments().list_disputes(payment.payment_intent_id)
    if dispute_id and dispute_id not in {dispute.id for dispute in found}:
        found.append(payments().fetch_dispute(dispute_id))
    return found


def _locked(kind: type[_T], row_id: int) -> _T:
    return db.session.scalars(
        sa.select(kind)
        .where(kind.id == row_id)
        .with_for_update(of=kind)
        .execution_options(populate_existing=True)
    ).one()


def _locked_either(commitment: Commitment) -> Commitment:
    if isinstance(commitment, Gift):
        return _locked(Gift, commitment.id)
    return _locked(Plan, commitment.id)


def _of_payment(payment: PaymentSnapshot) -> Commitment | None:
    known = db.session.scalar(
        sa.select(Gift).where(Gift.stripe_payment_intent_id == payment.payment_intent_id)
    )
    if known is not None:
        return known
    if payment.invoice_id or payment.subscription_id:
        return _plan(payment.reference, payment.subscription_id)
    return _by_reference(payment.reference)


def _by_reference(reference: str) -> Commitment | None:
    try:
        public_id = uuid.UUID(reference)
    except ValueError:
        return None
    gift = db.session.scalar(sa.select(Gift).where(Gift.public_id == public_id))
    return gift or db.session.scalar(sa.select(Plan).where(Plan.public_id == public_id))


def _plan(reference: str, subscription_id: str | None) -> Plan | None:
    found = _by_reference(reference)
    if isinstance(found, Plan):
        return found
    if not subscription_id:
        return None
    return db.session.scalar(sa.select(Plan).where(Plan.stripe_subscription_id == subscription_id))
