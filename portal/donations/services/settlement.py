"""A payment as the provider tells it, brought into our gift: by facts, never by guesses.

The gift's row is locked by the caller. The same snapshot applied twice changes nothing the second
time, and a signal is sent once for each fact.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

from portal.core.db import db
from portal.donations import events
from portal.donations.codes import GiftMode
from portal.donations.gateway import DisputeSnapshot, PaymentSnapshot, RefundSnapshot
from portal.donations.models import Gift, Origin, Plan, StripeCustomer
from portal.donations.rules.gift import GiftFact, GiftState, next_state, tax_date
from portal.donations.services import thanks
from portal.donations.services.gift_news import tell_of_debit
from portal.donations.services.giving import new_ref
from portal.donations.services.money_back import apply_money_back

log = logging.getLogger(__name__)
UNPAID = frozenset({GiftState.PENDING, GiftState.PROCESSING, GiftState.FAILED, GiftState.ABANDONED})
BRINGS_MONEY = frozenset({"succeeded", "processing"})
BOOKED_IN = "EUR"
_RATE = Decimal("1e-9")
_FACTS = {
    "processing": GiftFact.PROCESSING_STARTED,
    "succeeded": GiftFact.SETTLED,
    "failed": GiftFact.PAYMENT_FAILED,
    "canceled": GiftFact.EXPIRED,
}
_MODES = {"card": GiftMode.CARD, "sepa": GiftMode.SEPA}


class AmountDiffers(Exception):
    """The provider took another amount than the gift says: a person must look."""


def gift_of_payment(gift: Gift, payment: PaymentSnapshot) -> Gift:
    """The gift this payment belongs to: itself, or a second one when it was already paid.

    Two payments of one form (two browsers, an attempt thought lost) are both money that came:
    neither is lost, the office may give one back. A try that brought nothing is no second gift.
    A second gift is locked too: what was read of the payment before may be older than its row.
    """
    known = {None, payment.payment_intent_id}
    if gift.stripe_payment_intent_id in known or gift.state in UNPAID:
        return gift
    found = db.session.scalar(
        sa.select(Gift)
        .where(Gift.stripe_payment_intent_id == payment.payment_intent_id)
        .with_for_update(of=Gift)
        .execution_options(populate_existing=True)
    )
    if found is not None:
        return found
    return _second_gift(gift) if payment.status in BRINGS_MONEY else gift


def _second_gift(gift: Gift) -> Gift:
    log.warning("gift %s was paid a second time", gift.id)
    copied = ("donor_id", "amount_minor", "currency", "purpose", "programme", "language")
    second = Gift(
        ref=new_ref(), origin=Origin.ONLINE, **{name: getattr(gift, name) for name in copied}
    )
    db.session.add(second)
    db.session.flush()
    return second


def apply_payment(
    gift: Gift,
    payment: PaymentSnapshot,
    refunds: Sequence[RefundSnapshot],
    disputes: Sequence[DisputeSnapshot] = (),
) -> None:
    """Bring the gift to what the payment is now, with all that went back of it.

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
        _learn_later(gift, payment)
        tell_of_debit(gift, before)
    apply_money_back(gift, refunds, disputes)


def _of_an_earlier_attempt(gift: Gift, payment: PaymentSnapshot) -> bool:
    """Whether a payment that led nowhere belongs to a checkout the donor has left for another."""
    other = gift.stripe_payment_intent_id not in (None, payment.payment_intent_id)
    return other and payment.status not in BRINGS_MONEY


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
    _learn_fee(gift, payment)
    _learn_euros(gift, payment)
    remember_customer(gift.donor_id, payment.customer_id)
    db.session.flush()
    events.gift_settled.send(gift)
    thanks.say_thanks(gift)


def _learn_later(gift: Gift, payment: PaymentSnapshot) -> None:
    """Fee and euros are often known some minutes after the money: each told once, when it is."""
    if gift.state in UNPAID:
        return
    fee, euros = _learn_fee(gift, payment), _learn_euros(gift, payment)
    db.session.flush()
    if fee:
        events.gift_fee_known.send(gift)
    if euros:
        events.gift_euros_known.send(gift)


def _learn_fee(gift: Gift, payment: PaymentSnapshot) -> bool:
    if payment.fee is None or gift.stripe_balance_transaction_id:
        return False
    if payment.fee.currency != BOOKED_IN:
        log.error("gift %s: its fee is in %s", gift.id, payment.fee.currency)
        return False
    gift.fee_minor = payment.fee.minor
    gift.stripe_balance_transaction_id = payment.balance_transaction_id
    return True


def _learn_euros(gift: Gift, payment: PaymentSnapshot) -> bool:
    """What a gift in another currency brought, at the rate of the payout, and who says so."""
    settled = payment.settled
    if gift.currency == BOOKED_IN or gift.euro_minor is not None or settled is None:
        return False
    if settled.currency != BOOKED_IN:
        log.error("gift %s reached a balance in %s", gift.id, settled.currency)
        return False
    rate = payment.exchange_rate or settled.decimal / gift.amount.decimal
    gift.euro_minor, gift.exchange_rate = settled.minor, rate.quantize(_RATE)
    gift.rate_source = f"Stripe, {payment.balance_transaction_id}, payout currency {BOOKED_IN}"
    return True


def remember_customer(donor_id: int, customer_id: str | None) -> None:
    """Which of the provider's customers the donor is."""
    if customer_id is None:
        return
    new = sa.dialects.postgresql.insert(StripeCustomer).values(
        donor_id=donor_id, stripe_customer_id=customer_id
    )
    db.session.execute(new.on_conflict_do_nothing(index_elements=["stripe_customer_id"]))


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
