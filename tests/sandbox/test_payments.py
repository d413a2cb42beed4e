"""Gifts: paid, declined, on their way, given back, disputed."""

from __future__ import annotations

import pytest

from portal.core.money import Money
from portal.donations.gateway import LedgerLine, RefundTooLarge
from tests.sandbox.actors import REFERENCE, Actor


def test_a_paid_gift_tells_its_fee_and_whose_it_is(actor: Actor) -> None:
    intent = actor.gives(Money(4700))
    payment = actor.until(lambda: actor.gateway.fetch_payment(intent), lambda told: told.fee)
    assert (payment.status, payment.method, payment.amount) == ("succeeded", "card", Money(4700))
    assert (payment.reference, payment.invoice_id) == (REFERENCE, None)
    assert payment.settled is not None
    assert payment.balance_transaction_id
    assert payment.succeeded_at is not None


def test_a_declined_card_is_no_money_and_says_why(actor: Actor) -> None:
    payment = actor.gateway.fetch_payment(actor.gives(Money(4700), "declined"))
    assert (payment.status, payment.failure_code) == ("failed", "generic_decline")
    assert payment.settled is None
    assert not payment.needs_action


def test_a_direct_debit_is_on_its_way_first(actor: Actor) -> None:
    payment = actor.gateway.fetch_payment(actor.gives(Money(4700), "sepa"))
    assert (payment.status, payment.method) == ("processing", "sepa")
    assert payment.succeeded_at is None


def test_money_goes_back_in_parts_never_more_than_there_was(actor: Actor) -> None:
    gateway, intent = actor.gateway, actor.gives(Money(4000))
    key = actor.name("refund")
    first = gateway.refund(intent, Money(1000), key)
    assert gateway.refund(intent, Money(1000), key).id == first.id
    second = gateway.refund(intent, Money(1500), actor.name("refund"))
    with pytest.raises(RefundTooLarge):
        gateway.refund(intent, Money(1501), actor.name("refund"))
    assert [each.id for each in gateway.list_refunds(intent)] == [first.id, second.id]
    told = actor.until(lambda: gateway.fetch_refund(first.id), lambda one: one.settled)
    assert (told.amount, told.payment_intent_id) == (Money(1000), intent)
    assert gateway.fetch_payment(intent).refunded == Money(2500)


def test_a_dispute_takes_the_money_and_says_until_when_to_answer(actor: Actor) -> None:
    gateway, intent = actor.gateway, actor.gives(Money(4000), "disputed")
    (told,) = actor.until(lambda: gateway.list_disputes(intent))
    dispute = actor.until(lambda: gateway.fetch_dispute(told.id), lambda one: one.lines)
    assert (dispute.payment_intent_id, dispute.amount) == (intent, Money(4000))
    assert (dispute.status, dispute.reason) == ("needs_response", "fraudulent")
    assert dispute.answer_by is not None
    assert all(_adds_up(line) and line.net.minor < 0 for line in dispute.lines)
    assert gateway.fetch_payment(intent).disputed


def _adds_up(line: LedgerLine) -> bool:
    return line.gross - line.fee == line.net
