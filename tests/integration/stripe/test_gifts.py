"""A gift by card: paid, refused and paid after all, confirmed at the bank, given up."""

from __future__ import annotations

import pytest

from portal.core.money import Money
from portal.donations import gateway as door
from portal.donations.stripe_gateway import StripeGateway
from tests.integration.stripe.actors import SITE, Donor, Hand, a_gift


def test_a_card_gift_is_paid_with_its_fee(gateway: StripeGateway, donor: Donor) -> None:
    started = gateway.start_checkout(a_gift(4700))
    answer = donor.chooses(started.url, "paid")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{SITE}/fr/give/thanks?session={started.session_id}"
    checkout = gateway.fetch_checkout(started.session_id)
    assert (checkout.status, checkout.payment_status) == ("complete", "paid")
    assert (checkout.reference, checkout.subscription_id) == ("gift-ref-1", None)
    payment = gateway.fetch_payment(checkout.payment_intent_id or "")
    assert payment.status == "succeeded"
    assert payment.amount == Money(4700, "EUR")
    assert payment.fee == Money(71 + 25, "EUR")
    assert payment.method == "card"
    assert payment.reference == "gift-ref-1"
    assert payment.refunded == Money(0, "EUR")
    assert payment.balance_transaction_id is not None
    assert payment.succeeded_at is not None
    assert (payment.invoice_id, payment.failure_code) == (None, None)


@pytest.mark.parametrize(
    ("outcome", "words", "code"),
    [
        ("declined", "a été refusée", "generic_decline"),
        ("insufficient_funds", "provision insuffisante", "insufficient_funds"),
        ("expired_card", "a expiré", "expired_card"),
    ],
)
def test_a_refused_card_keeps_the_page_open_for_another(
    gateway: StripeGateway, donor: Donor, outcome: str, words: str, code: str
) -> None:
    started = gateway.start_checkout(a_gift())
    refused = donor.chooses(started.url, outcome)
    assert refused.status_code == 402
    assert words in refused.text
    checkout = gateway.fetch_checkout(started.session_id)
    assert checkout.status == "open"
    failed = gateway.fetch_payment(checkout.payment_intent_id or "")
    assert (failed.status, failed.failure_code) == ("failed", code)
    assert failed.fee is None
    assert donor.chooses(started.url, "paid").status_code == 303
    paid = gateway.fetch_payment(checkout.payment_intent_id or "")
    assert (paid.status, paid.failure_code) == ("succeeded", None)


def test_the_bank_confirms_and_the_gift_is_paid(gateway: StripeGateway, donor: Donor) -> None:
    started = gateway.start_checkout(a_gift())
    sent = donor.chooses(started.url, "three_d_secure")
    assert sent.status_code == 303
    assert sent.headers["Location"].endswith("/authenticate")
    waiting = gateway.fetch_checkout(started.session_id)
    assert gateway.fetch_payment(waiting.payment_intent_id or "").status == "pending"
    assert donor.answers_bank(started.url, "authenticate").status_code == 303
    assert gateway.fetch_payment(waiting.payment_intent_id or "").status == "succeeded"


def test_the_bank_does_not_confirm_and_the_donor_tries_again(
    gateway: StripeGateway, donor: Donor
) -> None:
    started = gateway.start_checkout(a_gift())
    donor.chooses(started.url, "three_d_secure")
    back = donor.answers_bank(started.url, "fail")
    assert back.status_code == 402
    assert "authentifier" in back.text
    checkout = gateway.fetch_checkout(started.session_id)
    failed = gateway.fetch_payment(checkout.payment_intent_id or "")
    assert failed.failure_code == "payment_intent_authentication_failure"
    assert (checkout.status, failed.status, failed.charge_id) == ("open", "failed", None)
    assert donor.chooses(started.url, "paid").status_code == 303


def test_paying_twice_on_the_same_page_takes_the_money_once(
    gateway: StripeGateway, donor: Donor
) -> None:
    started = gateway.start_checkout(a_gift())
    first = donor.chooses(started.url, "paid")
    second = donor.chooses(started.url, "paid")
    assert first.headers["Location"] == second.headers["Location"]
    assert "déjà" in donor.opens(started.url).text


def test_giving_up_leads_back_to_the_site(gateway: StripeGateway, donor: Donor) -> None:
    started = gateway.start_checkout(a_gift())
    assert f'href="{SITE}/fr/give"' in donor.opens(started.url).text
    assert gateway.fetch_checkout(started.session_id).status == "open"


def test_a_page_nobody_pays_at_expires_after_a_day(
    gateway: StripeGateway, donor: Donor, hand: Hand
) -> None:
    started = gateway.start_checkout(a_gift())
    donor.chooses(started.url, "declined")
    hand.lets_pass(days=1)
    checkout = gateway.fetch_checkout(started.session_id)
    assert checkout.status == "expired"
    assert gateway.fetch_payment(checkout.payment_intent_id or "").status == "canceled"
    assert donor.opens(started.url).status_code == 410
    assert donor.chooses(started.url, "paid").status_code == 410


def test_a_direct_debit_is_money_only_days_later(
    gateway: StripeGateway, donor: Donor, hand: Hand
) -> None:
    started = gateway.start_checkout(a_gift())
    assert donor.chooses(started.url, "sepa").status_code == 303
    checkout = gateway.fetch_checkout(started.session_id)
    assert (checkout.status, checkout.payment_status) == ("complete", "unpaid")
    under_way = gateway.fetch_payment(checkout.payment_intent_id or "")
    assert (under_way.status, under_way.method, under_way.fee) == ("processing", "sepa", None)
    hand.lets_pass(days=5)
    settled = gateway.fetch_payment(checkout.payment_intent_id or "")
    assert (settled.status, settled.fee) == ("succeeded", Money(35, "EUR"))
    assert settled.succeeded_at is not None
    assert int(settled.succeeded_at.timestamp()) == pytest.approx(hand.asks()["now"], abs=60)
    assert gateway.fetch_checkout(started.session_id).payment_status == "paid"


def test_a_direct_debit_can_be_returned_weeks_later(
    gateway: StripeGateway, donor: Donor, hand: Hand
) -> None:
    started = gateway.start_checkout(a_gift())
    donor.chooses(started.url, "sepa_fails")
    hand.lets_pass(days=13)
    intent = gateway.fetch_checkout(started.session_id).payment_intent_id or ""
    assert gateway.fetch_payment(intent).status == "processing"
    hand.lets_pass(days=1)
    returned = gateway.fetch_payment(intent)
    assert (returned.status, returned.failure_code) == ("failed", "insufficient_funds")


def test_a_debit_can_be_settled_by_hand(gateway: StripeGateway, donor: Donor, hand: Hand) -> None:
    started = gateway.start_checkout(a_gift())
    donor.chooses(started.url, "sepa_fails")
    intent = gateway.fetch_checkout(started.session_id).payment_intent_id or ""
    hand.does(f"payment_intents/{intent}/settle", outcome="sepa")
    assert gateway.fetch_payment(intent).status == "succeeded"


def test_a_gift_below_the_smallest_charge_is_refused(gateway: StripeGateway) -> None:
    with pytest.raises(door.GatewayRefused) as refusal:
        gateway.start_checkout(a_gift(49))
    assert refusal.value.code == "amount_too_small"


def test_a_yen_gift_has_no_decimals(gateway: StripeGateway, donor: Donor) -> None:
    started = gateway.start_checkout(a_gift(amount=Money(500, "JPY"), language="en"))
    page = donor.opens(started.url).text
    assert "JPY\u00a0500" in page
    assert 'value="sepa"' not in page
