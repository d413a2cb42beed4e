"""Plans: their amount, day, pause, means of payment and end; renewals, and debits that fail."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.money import Money
from portal.donations.gateway import GatewayRefused, Interval
from tests.sandbox.actors import REFERENCE, Actor


@pytest.mark.parametrize("interval", ["month", "quarter", "year"])
def test_a_plan_runs_and_its_first_debit_leads_back_to_it(actor: Actor, interval: Interval) -> None:
    plan = actor.begins_plan(Money(3000), interval)
    told = actor.gateway.fetch_subscription(plan)
    assert (told.status, told.amount, told.interval) == ("active", Money(3000), interval)
    (invoice,) = actor.gateway.list_invoices(plan)
    assert (invoice.status, invoice.reference) == ("paid", REFERENCE)
    assert invoice.id == told.latest_invoice_id
    payment = actor.gateway.fetch_payment(invoice.payment_intent_id or "")
    assert (payment.reference, payment.subscription_id) == (REFERENCE, plan)
    assert payment.method_id == told.method_id


def test_another_amount_is_taken_from_the_next_debit_on(actor: Actor) -> None:
    gateway, plan = actor.gateway, actor.begins_plan(Money(3000))
    assert gateway.change_amount(plan, Money(4000), actor.name("a")).amount == Money(4000)
    assert gateway.change_amount(plan, Money(5000), actor.name("a")).amount == Money(5000)
    assert len(gateway.list_invoices(plan)) == 1
    with pytest.raises(GatewayRefused):
        gateway.change_amount(plan, Money(5000, "USD"), actor.name("a"))
    actor.lets_pass(plan, 33)
    assert [each.amount for each in gateway.list_invoices(plan)] == [Money(3000), Money(5000)]


def test_the_next_debit_can_be_moved_and_nothing_is_taken_before(actor: Actor) -> None:
    gateway, plan = actor.gateway, actor.begins_plan(Money(3000))
    day = gateway.fetch_subscription(plan).current_period_end + timedelta(days=10)
    moved = gateway.change_next_debit(plan, day, actor.name("day"))
    assert (moved.status, moved.current_period_end) == ("active", day)
    actor.lets_pass(plan, 35)
    taken = [each for each in gateway.list_invoices(plan) if each.amount]
    assert len(taken) == 1


def test_a_paused_plan_takes_nothing_and_goes_on(actor: Actor) -> None:
    gateway, plan = actor.gateway, actor.begins_plan(Money(3000))
    until = gateway.fetch_subscription(plan).current_period_end + timedelta(days=20)
    paused = gateway.pause_subscription(plan, until, actor.name("pause"))
    assert (paused.paused, paused.paused_until, paused.status) == (True, until, "active")
    actor.lets_pass(plan, 33)
    assert [each.status for each in gateway.list_invoices(plan)] == ["paid", "void"]
    going_on = gateway.resume_subscription(plan, actor.name("resume"))
    assert (going_on.paused, going_on.paused_until) == (False, None)


def test_an_end_can_be_taken_back_and_a_final_one_comes_once(actor: Actor) -> None:
    gateway, plan = actor.gateway, actor.begins_plan(Money(3000))
    assert gateway.cancel_subscription(plan, True, actor.name("end")).cancel_at_period_end
    assert not gateway.resume_subscription(plan, actor.name("on")).cancel_at_period_end
    assert gateway.cancel_subscription(plan, False, actor.name("end")).status == "canceled"
    assert gateway.cancel_subscription(plan, False, actor.name("end")).status == "canceled"


def test_another_card_is_used_from_now_on(actor: Actor) -> None:
    gateway, plan = actor.gateway, actor.begins_plan(Money(3000))
    card = actor.gives_card(plan)
    assert gateway.use_method(plan, card, actor.name("card")).method_id == card
    told = gateway.fetch_method(card)
    assert (told.method, len(told.last4)) == ("card", 4)
    assert told.expires is not None
    assert told.customer_id == gateway.fetch_subscription(plan).customer_id


def test_an_iban_comes_with_a_mandate(actor: Actor) -> None:
    gateway, plan = actor.gateway, actor.begins_plan(Money(3000))
    consent = gateway.fetch_setup(actor.consents_to_debits(plan))
    assert (consent.status, consent.reference) == ("succeeded", REFERENCE)
    mandate = gateway.fetch_mandate(consent.mandate_id or "")
    assert (mandate.status, mandate.method_id) == ("active", consent.method_id)
    assert mandate.reference
    assert gateway.fetch_method(consent.method_id or "").method == "sepa"


def test_a_plan_that_names_its_card_needs_no_default(actor: Actor) -> None:
    plan = actor.gateway.fetch_subscription(actor.begins_plan(Money(3000)))
    default = actor.gateway.default_method(plan.customer_id)
    assert plan.method_id
    assert default is None or default.customer_id == plan.customer_id


def test_a_failed_debit_is_told_and_paid_with_another_card(actor: Actor) -> None:
    gateway, plan = actor.gateway, actor.begins_plan(Money(3000))
    actor.card_stops_working(plan)
    actor.lets_pass(plan, 33)
    assert gateway.fetch_subscription(plan).status == "past_due"
    failed = gateway.list_invoices(plan)[-1]
    assert (failed.status, failed.paid_at) == ("open", None)
    assert failed.attempts >= 1
    assert failed.pay_url.startswith("http")
    still = gateway.pay_invoice(failed.id, actor.name("pay"))
    assert still.status == "open"
    gateway.use_method(plan, actor.gives_card(plan), actor.name("card"))
    paid = gateway.pay_invoice(failed.id, actor.name("pay"))
    assert paid.status == "paid"
    assert gateway.pay_invoice(failed.id, actor.name("pay")).status == "paid"
    assert gateway.fetch_invoice(failed.id).paid_at is not None
    assert gateway.fetch_subscription(plan).status == "active"


def test_a_failed_debit_that_is_given_up_is_never_tried_again(actor: Actor) -> None:
    gateway, plan = actor.gateway, actor.begins_plan(Money(3000))
    actor.card_stops_working(plan)
    actor.lets_pass(plan, 33)
    failed = gateway.list_invoices(plan)[-1]
    key = actor.name("forgive")
    given_up = gateway.forgive_invoice(failed.id, key)
    assert (given_up.status, given_up.next_attempt_at) == ("uncollectible", None)
    assert gateway.forgive_invoice(failed.id, key).status == "uncollectible"
