"""Money given back: part of it, the rest, never more; and money the bank takes back."""

from __future__ import annotations

import pytest
import stripe

from portal.core.money import Money
from portal.donations import gateway as door
from portal.donations.stripe_gateway import StripeGateway
from tests.integration.stripe.actors import Donor, Hand, Receiver, a_gift, eventually


@pytest.fixture
def paid(gateway: StripeGateway, donor: Donor) -> str:
    """A gift of 40 euros that was paid."""
    started = gateway.start_checkout(a_gift(4000))
    donor.chooses(started.url, "paid")
    return gateway.fetch_checkout(started.session_id).payment_intent_id or ""


def test_parts_are_given_back_until_nothing_is_left(gateway: StripeGateway, paid: str) -> None:
    first = gateway.refund(paid, Money(1000, "EUR"), "refund-1")
    assert (first.status, first.amount, first.payment_intent_id) == (
        "succeeded",
        Money(1000, "EUR"),
        paid,
    )
    gateway.refund(paid, Money(1500, "EUR"), "refund-2")
    assert gateway.fetch_payment(paid).refunded == Money(2500, "EUR")
    with pytest.raises(door.RefundTooLarge):
        gateway.refund(paid, Money(1501, "EUR"), "refund-3")
    gateway.refund(paid, Money(1500, "EUR"), "refund-4")
    with pytest.raises(door.RefundTooLarge):
        gateway.refund(paid, Money(1, "EUR"), "refund-5")
    amounts = [each.amount.minor for each in gateway.list_refunds(paid)]
    assert amounts == [1000, 1500, 1500]


def test_the_same_refund_asked_for_twice_is_made_once(gateway: StripeGateway, paid: str) -> None:
    first = gateway.refund(paid, Money(1000, "EUR"), "refund-1")
    assert gateway.refund(paid, Money(1000, "EUR"), "refund-1") == first
    assert gateway.fetch_payment(paid).refunded == Money(1000, "EUR")


def test_a_refund_keeps_the_currency(gateway: StripeGateway, paid: str) -> None:
    with pytest.raises(door.GatewayRefused):
        gateway.refund(paid, Money(1000, "USD"), "refund-1")


def test_what_is_not_paid_is_not_given_back(gateway: StripeGateway, donor: Donor) -> None:
    started = gateway.start_checkout(a_gift())
    donor.chooses(started.url, "sepa")
    intent = gateway.fetch_checkout(started.session_id).payment_intent_id or ""
    with pytest.raises(door.GatewayRefused):
        gateway.refund(intent, Money(100, "EUR"), "refund-1")


def test_a_payment_without_refunds_has_none(gateway: StripeGateway, paid: str) -> None:
    assert gateway.list_refunds(paid) == []


def test_a_disputed_payment_goes_and_comes_back_when_won(
    gateway: StripeGateway,
    library: stripe.StripeClient,
    hand: Hand,
    receiver: Receiver,
    paid: str,
) -> None:
    charge = gateway.fetch_payment(paid).charge_id
    dispute = hand.does(f"charges/{charge}/dispute")
    with pytest.raises(door.GatewayRefused):
        gateway.refund(paid, Money(100, "EUR"), "refund-1")
    hand.does(f"disputes/{dispute['id']}/close", won=True)
    moves = library.v1.balance_transactions.list({"source": dispute["id"]}).data
    assert [(each.amount, each.fee) for each in reversed(moves)] == [(-4000, 2000), (4000, 0)]
    eventually(lambda: receiver.types.count("charge.dispute.closed") == 1)


def test_a_payout_is_the_sum_of_its_movements(
    gateway: StripeGateway, library: stripe.StripeClient, hand: Hand, paid: str
) -> None:
    gateway.refund(paid, Money(1000, "EUR"), "refund-1")
    hand.lets_pass(days=7)
    (payout,) = library.v1.payouts.list().data
    moves = library.v1.balance_transactions.list({"payout": payout.id, "limit": 100}).data
    nets = {each.type: each.net for each in moves}
    assert nets == {"charge": 4000 - 85, "refund": -1000, "payout": -payout.amount}
    assert payout.amount == 4000 - 85 - 1000
    assert (payout.status, payout.reconciliation_status) == ("paid", "completed")
