"""A debit that fails: each mail once, nobody harassed, a person before it is too late."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest

from portal.core.db import db
from portal.donations import services
from portal.donations.codes import PurposeKind
from portal.donations.models import CallReason, PlanCall, PlanState
from tests.integration.donations.conftest import Told
from tests.integration.donations.plans.conftest import Running, last_mail, subjects

FIRST = "Your payment of €47 did not come through"
CONFIRM = "Your bank asks you to confirm €47"
SECOND = "Second try: €47 could not be taken"
LAST = "Before your regular gift ends: €47"
RECOVERED = "Thank you: your payment of €47 has arrived"
ENDED = "Your regular gift has ended"


def test_the_first_failure_says_when_it_is_tried_again(running: Running, told: Told) -> None:
    running.debit_fails()
    assert running.plan.state == PlanState.PAST_DUE
    assert subjects() == [FIRST]
    assert "tried again by itself on December 25, 2026" in last_mail().text
    assert "No child lacks anything because of it" in last_mail().text
    assert told.names == ["plan_past_due"]


def test_the_page_says_what_happened_and_what_happens_when(running: Running) -> None:
    running.debit_fails()
    page = running.page()
    assert page.has("The debit of €47 of December 22, 2026 did not come through")
    assert page.has("It is tried again by itself on December 25, 2026.")
    assert f"{running.path}/pay" in page.links()
    assert f"{running.path}/method" in page.links()


def test_each_step_is_written_once_however_often_it_is_told(running: Running) -> None:
    invoice = running.debit_fails()
    for step in range(3):
        for kind in ("invoice.payment_failed", "customer.subscription.updated"):
            about = invoice if kind.startswith("invoice") else running.subscription
            running.is_told(kind, about)
        if step < 2:
            running.fails_again(invoice)
    assert subjects() == [FIRST, SECOND, LAST]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_messages_in_any_order_lead_to_the_same_mails(
    running: Running, order: tuple[int, ...]
) -> None:
    invoice = running.payments.month_passes(running.subscription, status="failed")
    intent = str(running.payments.invoices[invoice].payment_intent_id)
    told = (
        ("invoice.payment_failed", invoice),
        ("payment_intent.payment_failed", intent),
        ("customer.subscription.updated", running.subscription),
    )
    for number in order:
        running.is_told(*told[number])
    assert subjects() == [FIRST]
    assert running.plan.state == PlanState.PAST_DUE


def test_a_debit_first_heard_of_at_its_second_try_begins_there(running: Running) -> None:
    invoice = running.payments.month_passes(running.subscription, status="failed")
    running.fails_again(invoice)
    assert subjects() == [SECOND]


def test_a_debit_that_comes_through_ends_the_ladder_with_thanks(
    running: Running, told: Told
) -> None:
    invoice = running.debit_fails()
    running.fails_again(invoice)
    running.payments.attempt_succeeds(invoice)
    running.is_told("invoice.paid", invoice)
    running.is_told("invoice.payment_failed", invoice)  # late
    assert subjects() == [FIRST, SECOND, RECOVERED]
    assert running.plan.state == PlanState.ACTIVE
    assert services.open_calls() == []
    assert running.page().has("Came through after 2 failed tries.")


def test_after_the_last_try_it_ends_with_one_mail_and_owes_nothing(
    running: Running, told: Told
) -> None:
    invoice = running.debit_fails()
    running.fails_again(invoice)
    running.fails_again(invoice)
    running.payments.attempt_fails(invoice, again=False)
    running.payments.subscription_ends(running.subscription)
    running.is_told("customer.subscription.deleted", running.subscription)
    running.is_told("invoice.payment_failed", invoice)
    assert subjects() == [FIRST, SECOND, LAST, ENDED]
    assert "you owe nothing" in last_mail().text
    assert told.names.count("plan_ended") == 1
    assert services.open_failures(running.plan.id) == []


def test_a_provider_that_stops_trying_leaves_the_choice_to_the_sponsor(running: Running) -> None:
    invoice = running.debit_fails()
    running.fails_again(invoice, again=False)
    assert subjects() == [FIRST, LAST]
    assert "it is up to you now" in last_mail().text
    assert running.plan.state == PlanState.PAST_DUE


def test_a_bank_that_asks_for_a_confirmation_leads_to_its_page(running: Running) -> None:
    invoice = running.debit_fails(needs_action=True)
    assert subjects() == [CONFIRM]
    assert f"https://pay.example.org/{invoice}" in last_mail().text
    assert running.page().has("Confirm with my bank")
    running.payments.attempt_succeeds(invoice)
    running.is_told("invoice.paid", invoice)
    assert subjects() == [CONFIRM, RECOVERED]


def test_a_person_is_asked_to_call_before_the_next_try(running: Running) -> None:
    invoice = running.debit_fails()
    assert services.open_calls() == []
    running.fails_again(invoice)
    (call,) = services.open_calls()
    assert call.reason == CallReason.AT_RISK
    assert date(2026, 12, 22) <= call.due_on < date(2026, 12, 25)
    running.fails_again(invoice)
    assert db.session.query(PlanCall).count() == 1


def test_nobody_is_called_about_a_gift_without_a_child(running: Running) -> None:
    running.plan.purpose = PurposeKind.GENERAL
    db.session.commit()
    running.fails_again(running.debit_fails())
    assert services.open_calls() == []


def test_who_has_no_address_is_called_instead_of_written_to(running: Running) -> None:
    running.plan.donor.email = ""
    db.session.commit()
    running.debit_fails()
    assert subjects() == []
    assert len(services.open_calls()) == 1


def test_nobody_is_written_to_while_the_plan_pauses_or_stops(running: Running) -> None:
    invoice = running.payments.month_passes(running.subscription, status="failed")
    running.payments.pause_subscription(
        running.subscription, running.payments.now + timedelta(days=40), "k"
    )
    running.is_told("invoice.payment_failed", invoice)
    assert running.plan.state == PlanState.PAUSED
    assert subjects() == []


def test_a_failure_nobody_told_of_is_found(running: Running) -> None:
    invoice = running.debit_fails()
    running.payments.attempt_succeeds(invoice)
    running.clock.instant += timedelta(days=4)
    services.watch_plans()
    db.session.expire_all()
    assert running.plan.state == PlanState.ACTIVE
    assert subjects() == [FIRST, RECOVERED]


def test_a_first_debit_has_no_ladder_it_is_told_and_given_up(running: Running) -> None:
    plan = running.giver.gives("sponsor")
    session = running.payments.session_of(plan.public_id)
    _subscription, invoice = running.payments.donor_subscribes(session, status="failed")
    running.is_told("invoice.payment_failed", invoice)
    assert plan.state == PlanState.ABANDONED
    assert subjects() == ["Your gift of €47 did not reach us"]


def test_pay_now_collects_it_and_says_so(running: Running) -> None:
    running.debit_fails()
    running.is_herself()
    assert running.sponsor.get(f"{running.path}/pay").has("Pay €47 now")
    page = running.sponsor.follow(running.does("pay"))
    assert page.has("the payment came through")
    assert running.plan.state == PlanState.ACTIVE
    assert subjects() == [FIRST, RECOVERED]


def test_a_bank_that_declines_again_is_said_in_words(running: Running) -> None:
    running.debit_fails()
    running.payments.pays_now = "failed"
    page = running.does("pay")
    assert page.status == 422
    assert page.has("Nothing was taken: the €47 did not come through")
    ways = [link for link in page.links() if link.startswith(f"{running.path}/")]
    assert ways == [f"{running.path}/method"]
    assert running.plan.state == PlanState.PAST_DUE


def test_a_direct_debit_taken_back_pauses_the_plan_and_calls_somebody(running: Running) -> None:
    from portal.donations import events
    from portal.donations.services.orders import locked_plan
    from tests.factories.gifts import make_gift

    gift = make_gift(donor=running.plan.donor, plan_id=running.plan.id)
    running.is_told("customer.subscription.updated", running.subscription)
    for _ in range(2):
        events.debit_returned.send(gift, plan=locked_plan(running.plan.id))
        db.session.commit()
    assert subjects() == ["Your bank took a direct debit back"]
    (call,) = services.open_calls()
    assert call.reason == CallReason.DEBIT_RETURNED
    running.clock.instant += timedelta(minutes=5)
    services.resend_orders()
    db.session.expire_all()
    assert running.plan.state == PlanState.PAUSED
    assert len(running.orders()) == 1
    assert subjects() == ["Your bank took a direct debit back"]
    assert running.page().has("Your card or mandate is no longer valid")
