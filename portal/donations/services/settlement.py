"""A payment as the provider tells it, brought into our gift: by facts, never by guesses.

The gift's row is locked by the caller. The same snapshot applied twice changes nothing the second
time, and a signal is sent once for each fact.
"""

from __future__ import annotations

import logging

import sqlalchemy as sa

from portal.core.clock import paris_date
from portal.core.db import db
from portal.donations import events
from portal.donations.codes import GiftMode
from portal.donations.gateway import PaymentSnapshot, RefundSnapshot
from portal.donations.models import Gift, Origin, Plan, Refund, StripeCustomer
from portal.donations.rules.gift import GiftFact, GiftState, next_state, refund_fact, tax_date
from portal.donations.services import thanks
from portal.donations.services.giving import new_ref

log = logging.getLogger(__name__)
UNPAID = frozenset({GiftState.PENDING, GiftState.PROCESSING, GiftState.FAILED, GiftState.ABANDONED})
COUNTED = frozenset({"pending", "succeeded"})
"""Refunds whose money has left: a pending one already went from the provider's balance."""
LOST_TO_BANK = "lost_dispute"
_FACTS = {
    "processing": GiftFact.PROCESSING_STARTED,
    "succeeded": GiftFact.SETTLED,
    "failed": GiftFact.PAYMENT_FAILED,
    "canceled": GiftFact.EXPIRED,
}
_MODES = {"card": GiftMode.CARD, "sepa": GiftMode.SEPA}


class AmountDiffers(Exception):
    """The provider took another amount than the gift says: a person must look."""


def gift_of_payment(gift: Gift, payment_intent_id: str) -> Gift:
    """The gift this payment belongs to: itself, or a second one when it was already paid.

    Two payments of one form (two browsers, an attempt thought lost) are both money that came:
    neither is lost, the office may give one back.
    """
    known = {None, payment_intent_id}
    if gift.stripe_payment_intent_id in known or gift.state in UNPAID:
        return gift
    found = db.session.scalar(
        sa.select(Gift).where(Gift.stripe_payment_intent_id == payment_intent_id)
    )
    return found or _second_gift(gift)


def _second_gift(gift: Gift) -> Gift:
    log.warning("gift %s was paid a second time", gift.id)
    copied = ("donor_id", "amount_minor", "currency", "purpose", "programme", "language")
    second = Gift(
        ref=new_ref(), origin=Origin.ONLINE, **{name: getattr(gift, name) for name in copied}
    )
    db.session.add(second)
    db.session.flush()
    return second


def apply_payment(gift: Gift, payment: PaymentSnapshot, refunds: list[RefundSnapshot]) -> None:
    """Bring the gift to what the payment is now.

    Raises AmountDiffers, ImpossibleFact.
    """
    if _of_an_earlier_attempt(gift, payment):
        return
    if payment.amount != gift.amount:
        raise AmountDiffers(f"gift {gift.id}: {payment.amount} instead of {gift.amount}")
    before = gift.state
    gift.stripe_payment_intent_id = payment.payment_intent_id
    gift.stripe_charge_id = payment.charge_id or gift.stripe_charge_id
    fact = _FACTS.get(payment.status)
    if fact is not None:
        gift.state = _after(gift, fact, payment)
    if before in UNPAID and gift.state is GiftState.SETTLED:
        _tell_settled(gift, payment)
    else:
        _learn_fee(gift, payment)
    apply_refunds(gift, refunds)


def _of_an_earlier_attempt(gift: Gift, payment: PaymentSnapshot) -> bool:
    """Whether a payment that led nowhere belongs to a checkout the donor has left for another."""
    other = gift.stripe_payment_intent_id not in (None, payment.payment_intent_id)
    return other and payment.status not in ("succeeded", "processing")


def _after(gift: Gift, fact: GiftFact, payment: PaymentSnapshot) -> GiftState:
    after = next_state(gift.state, fact)
    if after is GiftState.SETTLED and gift.state in UNPAID:
        mode = _MODES.get(payment.method, GiftMode.CARD)
        gift.mode = mode
        gift.settled_at = payment.succeeded_at
        gift.tax_on = tax_date(mode, credited_at=payment.succeeded_at)
        gift.received_on = gift.tax_on
        gift.typed = None
    return after


def _tell_settled(gift: Gift, payment: PaymentSnapshot) -> None:
    if payment.fee is not None:
        gift.fee_minor = payment.fee.minor
        gift.stripe_balance_transaction_id = payment.balance_transaction_id
    remember_customer(gift.donor_id, payment.customer_id)
    db.session.flush()
    events.gift_settled.send(gift)
    thanks.say_thanks(gift)


def _learn_fee(gift: Gift, payment: PaymentSnapshot) -> None:
    """The fee is often known some minutes after the money: told once, when it is."""
    if gift.state in UNPAID or payment.fee is None or gift.stripe_balance_transaction_id:
        return
    gift.fee_minor = payment.fee.minor
    gift.stripe_balance_transaction_id = payment.balance_transaction_id
    db.session.flush()
    events.gift_fee_known.send(gift)


def remember_customer(donor_id: int, customer_id: str | None) -> None:
    """Which of the provider's customers the donor is."""
    if customer_id is None:
        return
    new = sa.dialects.postgresql.insert(StripeCustomer).values(
        donor_id=donor_id, stripe_customer_id=customer_id
    )
    db.session.execute(new.on_conflict_do_nothing(index_elements=["stripe_customer_id"]))


def apply_refunds(gift: Gift, snapshots: list[RefundSnapshot]) -> None:
    """Each refund a row of its own, unique on the provider's id; the gift says what is left."""
    for snapshot in snapshots:
        _apply_refund(gift, snapshot)
    back = sum(s.amount.minor for s in snapshots if s.status in COUNTED) + _lost(gift)
    if back == gift.refunded_minor:
        return
    gift.refunded_minor = back
    gift.state = next_state(gift.state, refund_fact(gift.amount, gift.refunded))
    db.session.flush()


def _lost(gift: Gift) -> int:
    """What a bank took back for good, in minor units."""
    taken = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_minor), 0)).where(
            Refund.gift_id == gift.id, Refund.state == LOST_TO_BANK
        )
    )
    return int(taken or 0)


def _apply_refund(gift: Gift, snapshot: RefundSnapshot) -> None:
    refund = _row_of(gift, snapshot)
    counted_before = refund.state in COUNTED and refund.stripe_refund_id is not None
    refund.stripe_refund_id = snapshot.id
    refund.state = snapshot.status
    refund.refunded_on = paris_date(snapshot.created_at)
    db.session.flush()
    counted = snapshot.status in COUNTED
    if counted and not counted_before:
        events.gift_refunded.send(gift, refund=refund)
        thanks.say_refunded(gift, refund)
    if counted_before and not counted:
        events.refund_failed.send(gift, refund=refund)


def _row_of(gift: Gift, snapshot: RefundSnapshot) -> Refund:
    """The refund's row: known by its id, or the one asked for here, or new (made elsewhere)."""
    rows = list(
        db.session.scalars(sa.select(Refund).where(Refund.gift_id == gift.id).order_by(Refund.id))
    )
    for row in rows:
        if row.stripe_refund_id == snapshot.id:
            return row
    for row in rows:
        if row.stripe_refund_id is None and row.amount == snapshot.amount:
            return row
    made = Refund(
        gift_id=gift.id,
        amount_minor=snapshot.amount.minor,
        currency=snapshot.amount.currency,
        state="new",
        refunded_on=paris_date(snapshot.created_at),
    )
    db.session.add(made)
    return made


def debit_of(plan: Plan, invoice_id: str, amount_minor: int, currency: str) -> Gift:
    """The gift of one debit of a plan: one an invoice, made when it is first heard of."""
    found = db.session.scalar(sa.select(Gift).where(Gift.stripe_invoice_id == invoice_id))
    if found is not None:
        return found
    gift = Gift(
        ref=new_ref(),
        donor_id=plan.donor_id,
        plan_id=plan.id,
        origin=Origin.PLAN,
        amount_minor=amount_minor,
        currency=currency,
        purpose=plan.purpose,
        programme=plan.programme,
        language=plan.language,
        stripe_invoice_id=invoice_id,
    )
    db.session.add(gift)
    db.session.flush()
    return gift
