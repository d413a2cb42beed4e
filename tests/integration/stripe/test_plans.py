"""A plan: its first debit, renewals by the clock, another amount, its end, and debits that fail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import stripe

from portal.core.money import Money
from portal.donations import gateway as door
from portal.donations.stripe_gateway import StripeGateway
from portal.stripe_simulator import Simulator
from tests.integration.stripe.actors import Donor, Hand, Receiver, a_gift, a_plan, eventually


def begin_plan(gateway: StripeGateway, donor: Donor, request: door.CheckoutRequest) -> str:
    started = gateway.start_checkout(request)
    assert donor.chooses(started.url, "paid").status_code == 303
    return gateway.fetch_checkout(started.session_id).subscription_id or ""


def paid_invoices(library: stripe.StripeClient, plan: str) -> list[str]:
    page = library.v1.invoices.list({"subscription": plan, "status": "paid", "limit": 100})
    return [each.id for each in reversed(page.data)]


def test_the_first_debit_leads_from_payment_to_plan(
    gateway: StripeGateway, library: stripe.StripeClient, donor: Donor
) -> None:
    plan = begin_plan(gateway, donor, a_plan(3000))
    subscription = gateway.fetch_subscription(plan)
    assert (subscription.status, subscription.interval) == ("active", "month")
    assert subscription.amount == Money(3000, "EUR")
    assert subscription.reference == "plan-ref-1"
    (number,) = paid_invoices(library, plan)
    invoice = gateway.fetch_invoice(number)
    assert (invoice.status, invoice.subscription_id) == ("paid", plan)
    assert (invoice.amount, invoice.reference) == (Money(3000, "EUR"), "plan-ref-1")
    payment = gateway.fetch_payment(invoice.payment_intent_id or "")
    assert (payment.invoice_id, payment.subscription_id) == (invoice.id, plan)
    assert payment.reference == "plan-ref-1"
    assert payment.customer_id == subscription.customer_id


def test_two_renewals_come_by_the_clock(
    gateway: StripeGateway,
    library: stripe.StripeClient,
    donor: Donor,
    hand: Hand,
    receiver: Receiver,
) -> None:
    plan = begin_plan(gateway, donor, a_plan(3000))
    for _ in range(2):
        hand.does("clock", to=int(gateway.fetch_subscription(plan).current_period_end.timestamp()))
    invoices = [gateway.fetch_invoice(each) for each in paid_invoices(library, plan)]
    assert len(invoices) == 3
    payments = [gateway.fetch_payment(each.payment_intent_id or "") for each in invoices]
    assert len({each.payment_intent_id for each in payments}) == 3
    assert {each.status for each in payments} == {"succeeded"}
    assert {each.reference for each in payments} == {"plan-ref-1"}
    eventually(lambda: receiver.types.count("invoice.paid") == 3)


@pytest.mark.parametrize(
    ("interval", "days", "debits"), [("month", 366, 13), ("quarter", 366, 5), ("year", 366, 2)]
)
def test_a_year_holds_as_many_debits_as_the_interval_says(
    gateway: StripeGateway,
    library: stripe.StripeClient,
    donor: Donor,
    hand: Hand,
    interval: door.Interval,
    days: int,
    debits: int,
) -> None:
    plan = begin_plan(gateway, donor, a_plan(interval=interval))
    hand.lets_pass(days=days)
    assert gateway.fetch_subscription(plan).interval == interval
    assert len(paid_invoices(library, plan)) == debits


def test_a_plan_begun_on_the_31st_is_due_on_the_last_day_of_short_months(
    simulator: Simulator, gateway: StripeGateway, donor: Donor, hand: Hand
) -> None:
    start = datetime(2028, 1, 31, 12, 0, tzinfo=UTC)
    hand.does("clock", to=int(start.timestamp()))
    plan = begin_plan(gateway, donor, a_plan())
    due = []
    for _ in range(3):
        end = gateway.fetch_subscription(plan).current_period_end
        due.append((end.month, end.day))
        hand.does("clock", to=int(end.timestamp()))
    assert due == [(2, 29), (3, 31), (4, 30)]


def test_another_amount_counts_from_the_next_debit_and_charges_nothing_now(
    gateway: StripeGateway, library: stripe.StripeClient, donor: Donor, hand: Hand
) -> None:
    plan = begin_plan(gateway, donor, a_plan(3000))
    changed = gateway.change_amount(plan, Money(5000, "EUR"), "change-1")
    assert changed.amount == Money(5000, "EUR")
    assert len(paid_invoices(library, plan)) == 1
    again = gateway.change_amount(plan, Money(5000, "EUR"), "change-1")
    assert again == changed
    hand.lets_pass(days=31)
    amounts = [gateway.fetch_invoice(each).amount.minor for each in paid_invoices(library, plan)]
    assert amounts == [3000, 5000]


def test_a_plan_keeps_its_currency(gateway: StripeGateway, donor: Donor) -> None:
    plan = begin_plan(gateway, donor, a_plan())
    with pytest.raises(door.GatewayRefused):
        gateway.change_amount(plan, Money(5000, "USD"), "change-1")


def test_a_plan_ended_now_takes_nothing_more_and_may_be_ended_again(
    gateway: StripeGateway, library: stripe.StripeClient, donor: Donor, hand: Hand
) -> None:
    plan = begin_plan(gateway, donor, a_plan())
    assert gateway.cancel_subscription(plan, False, "cancel-1").status == "canceled"
    assert gateway.cancel_subscription(plan, False, "cancel-1").status == "canceled"
    hand.lets_pass(days=70)
    assert len(paid_invoices(library, plan)) == 1


def test_a_plan_ends_when_the_paid_period_is_over(
    gateway: StripeGateway, library: stripe.StripeClient, donor: Donor, hand: Hand
) -> None:
    plan = begin_plan(gateway, donor, a_plan())
    ending = gateway.cancel_subscription(plan, True, "cancel-1")
    assert (ending.status, ending.cancel_at_period_end) == ("active", True)
    hand.lets_pass(days=32)
    assert gateway.fetch_subscription(plan).status == "canceled"
    assert len(paid_invoices(library, plan)) == 1


def test_a_failed_debit_is_tried_again_and_recovers(
    gateway: StripeGateway, donor: Donor, hand: Hand, receiver: Receiver
) -> None:
    plan = begin_plan(gateway, donor, a_plan())
    hand.does(f"subscriptions/{plan}/next_payments", outcome="declined")
    hand.lets_pass(days=32)
    assert gateway.fetch_subscription(plan).status == "past_due"
    hand.does(f"subscriptions/{plan}/next_payments", outcome="paid")
    hand.lets_pass(days=3)
    assert gateway.fetch_subscription(plan).status == "active"
    eventually(lambda: "invoice.payment_failed" in receiver.types)
    eventually(lambda: receiver.types.count("invoice.paid") == 2)


def test_a_plan_ends_after_the_last_failed_try(
    gateway: StripeGateway, library: stripe.StripeClient, donor: Donor, hand: Hand
) -> None:
    plan = begin_plan(gateway, donor, a_plan())
    hand.does(f"subscriptions/{plan}/next_payments", outcome="expired_card")
    hand.lets_pass(days=55)
    assert gateway.fetch_subscription(plan).status == "canceled"
    (unpaid,) = library.v1.invoices.list({"subscription": plan, "status": "open"}).data
    assert unpaid.attempt_count == 4


def test_a_plan_by_direct_debit_runs_before_its_first_money_comes(
    gateway: StripeGateway, library: stripe.StripeClient, donor: Donor, hand: Hand
) -> None:
    started = gateway.start_checkout(a_plan())
    donor.chooses(started.url, "sepa")
    checkout = gateway.fetch_checkout(started.session_id)
    plan = checkout.subscription_id or ""
    assert (checkout.payment_status, gateway.fetch_subscription(plan).status) == (
        "unpaid",
        "active",
    )
    assert paid_invoices(library, plan) == []
    hand.lets_pass(days=5)
    assert len(paid_invoices(library, plan)) == 1
    assert gateway.fetch_checkout(started.session_id).payment_status == "paid"


def test_a_paused_plan_takes_nothing(
    gateway: StripeGateway, library: stripe.StripeClient, donor: Donor, hand: Hand
) -> None:
    plan = begin_plan(gateway, donor, a_plan())
    library.v1.subscriptions.update(plan, {"pause_collection": {"behavior": "void"}})
    hand.lets_pass(days=40)
    assert len(paid_invoices(library, plan)) == 1
    library.v1.subscriptions.update(plan, {"pause_collection": ""})
    hand.lets_pass(days=31)
    assert len(paid_invoices(library, plan)) == 2


def test_a_card_is_replaced_through_a_setup_page(
    gateway: StripeGateway, library: stripe.StripeClient, donor: Donor
) -> None:
    plan = begin_plan(gateway, donor, a_plan())
    customer = gateway.fetch_subscription(plan).customer_id
    session = library.v1.checkout.sessions.create(
        {
            "mode": "setup",
            "currency": "eur",
            "customer": customer,
            "locale": "fr",
            "success_url": "http://127.0.0.1:9/fr/me",
            "setup_intent_data": {"metadata": {"reference": "plan-ref-1"}},
        }
    )
    assert donor.chooses(session.url or "", "declined").status_code == 402
    assert donor.chooses(session.url or "", "paid").status_code == 303
    done = library.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]})
    setup = done.to_dict(for_json=True)["setup_intent"]
    assert (done.status, done.payment_status, setup["status"]) == (
        "complete",
        "no_payment_required",
        "succeeded",
    )
    updated = library.v1.subscriptions.update(
        plan, {"default_payment_method": setup["payment_method"]}
    )
    assert updated.default_payment_method == setup["payment_method"]


def test_a_donor_who_comes_back_keeps_one_customer(gateway: StripeGateway, donor: Donor) -> None:
    plan = begin_plan(gateway, donor, a_plan())
    customer = gateway.fetch_subscription(plan).customer_id
    started = gateway.start_checkout(a_gift(customer_id=customer))
    assert "camille@example.org" in donor.opens(started.url).text
    donor.chooses(started.url, "paid")
    assert gateway.fetch_checkout(started.session_id).customer_id == customer
