"""A regular gift whose first debit came to nothing is tried again: one subscription takes, never two."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.core.db import db
from portal.donations import events, services
from portal.donations.models import (
    CallReason,
    Gift,
    Plan,
    PlanCall,
    PlanState,
    ProviderOrder,
)
from portal.donations.services.sweep import LONG_ENOUGH
from tests.integration.donations.conftest import Giver
from tests.integration.donations.plans.conftest import last_mail, subjects


def _again(plan: Plan) -> str:
    return services.again_url(plan).removeprefix("http://localhost")


def _calls() -> list[CallReason]:
    return list(db.session.scalars(sa.select(PlanCall.reason)))


@pytest.fixture
def refused(giver: Giver) -> tuple[Plan, str]:
    """A direct debit the bank refused before anything was paid; the plan and its subscription."""
    plan = giver.gives("sponsor")
    session = giver.payments.session_of(plan.public_id)
    first, invoice = giver.payments.donor_subscribes(session, "sepa", "processing")
    giver.is_told("checkout.session.completed", session)
    intent = str(giver.payments.invoices[invoice].payment_intent_id)
    giver.payments.settles(intent, "failed", failure_code="debit_not_authorized")
    giver.payments.subscription_ends(first)
    giver.is_told("customer.subscription.deleted", first)
    assert plan.state is PlanState.ABANDONED
    return plan, first


@pytest.fixture
def tried_again(giver: Giver, refused: tuple[Plan, str]) -> tuple[Plan, str, str]:
    """The second direct debit is with the bank; the plan, its subscription, its first invoice."""
    plan, _first = refused
    assert giver.browser.post(_again(plan)).status == 303
    db.session.expire_all()
    assert (plan.attempt, plan.state) == (2, PlanState.PENDING)
    second, invoice = giver.payments.donor_subscribes(
        giver.payments.session_of(plan.public_id), "sepa", "processing"
    )
    return plan, second, invoice


@pytest.mark.parametrize("told", [True, False])
def test_while_the_second_debit_is_with_the_bank_no_third_page_opens(
    giver: Giver, tried_again: tuple[Plan, str, str], told: bool
) -> None:
    plan, second, invoice = tried_again
    if told:
        giver.is_told("checkout.session.completed", str(plan.stripe_session_id))
    answer = giver.browser.post(_again(plan))
    assert (answer.status, "/thanks/" in answer.location) == (303, True)
    assert giver.browser.follow(answer).has("Your bank takes the sum")
    db.session.expire_all()
    assert (plan.attempt, list(giver.payments.subscriptions)[1:]) == (2, [second])
    giver.payments.settles(str(giver.payments.invoices[invoice].payment_intent_id))
    giver.is_told("invoice.paid", invoice)
    assert (plan.state, plan.stripe_subscription_id) == (PlanState.ACTIVE, second)
    assert _calls() == []


def test_what_is_heard_late_of_the_first_subscription_changes_nothing(
    giver: Giver, refused: tuple[Plan, str], tried_again: tuple[Plan, str, str]
) -> None:
    (plan, first), (_plan, second, invoice) = refused, tried_again
    giver.is_told("customer.subscription.updated", first)
    assert plan.state is PlanState.PENDING
    giver.payments.settles(str(giver.payments.invoices[invoice].payment_intent_id))
    giver.is_told("invoice.paid", invoice)
    giver.is_told("customer.subscription.deleted", first)
    assert (plan.state, plan.ended_on) == (PlanState.ACTIVE, None)
    assert plan.stripe_subscription_id == second
    assert _calls() == []


def test_the_hourly_look_finds_what_was_paid_on_a_plan_thought_abandoned(
    giver: Giver, tried_again: tuple[Plan, str, str]
) -> None:
    plan, _second, invoice = tried_again
    plan.state = PlanState.ABANDONED
    db.session.commit()
    giver.payments.settles(str(giver.payments.invoices[invoice].payment_intent_id))
    giver.clock.instant = giver.payments.now = giver.clock.instant + LONG_ENOUGH * 2
    services.sweep()
    assert plan.state is PlanState.ACTIVE


def test_a_second_subscription_that_takes_too_is_for_a_person(giver: Giver) -> None:
    plan = giver.gives("sponsor")
    session = str(plan.stripe_session_id)
    first, _invoice = giver.subscribes(plan)
    second, invoice = giver.payments.donor_subscribes(session)
    giver.is_told("invoice.paid", invoice)
    assert (plan.state, plan.stripe_subscription_id) == (PlanState.ACTIVE, first)
    assert db.session.query(Gift).count() == 2  # what came is counted, whichever took it
    assert _calls() == [CallReason.TWO_SUBSCRIPTIONS]
    giver.payments.subscription_ends(second)
    giver.is_told("customer.subscription.deleted", second)
    assert (plan.state, plan.stripe_subscription_id) == (PlanState.ACTIVE, first)


def test_a_first_debit_the_bank_refused_is_told_and_asked_for_no_more(giver: Giver) -> None:
    plan = giver.gives("sponsor")
    session = giver.payments.session_of(plan.public_id)
    first, invoice = giver.payments.donor_subscribes(session, "sepa", "processing")
    giver.is_told("checkout.session.completed", session)
    giver.is_told("invoice.updated", invoice)
    intent = str(giver.payments.invoices[invoice].payment_intent_id)
    giver.payments.settles(intent, "failed", failure_code="debit_not_authorized")
    for _told_twice in range(2):
        giver.is_told("invoice.payment_failed", invoice)
    assert subjects() == ["Your gift of €47 did not reach us"]
    assert _again(plan) in last_mail().text
    assert giver.payments.subscriptions[first].status == "canceled"  # nothing is taken later

    thanks = services.thanks_url(plan).removeprefix("http://localhost")
    page = giver.browser.follow(giver.browser.get(thanks))
    assert page.heading == "The payment did not go through"
    assert giver.browser.post(_again(plan)).status == 303
    db.session.expire_all()
    session = giver.payments.session_of(plan.public_id)
    second, invoice = giver.payments.donor_subscribes(session, "sepa", "processing")
    assert giver.browser.get(thanks).heading == "Your bank is at work"  # before anything is told
    giver.payments.settles(str(giver.payments.invoices[invoice].payment_intent_id))
    giver.is_told("invoice.paid", invoice)
    assert (plan.state, plan.stripe_subscription_id) == (PlanState.ACTIVE, second)
    assert subjects()[1:] == ["Thank you: €47 every month"]


def test_a_debit_of_the_second_subscription_that_is_taken_back_pauses_nothing(
    giver: Giver,
) -> None:
    plan = giver.gives("sponsor")
    session = str(plan.stripe_session_id)
    first, _invoice = giver.subscribes(plan)
    _second, invoice = giver.payments.donor_subscribes(session, "sepa")
    giver.is_told("invoice.paid", invoice)
    gift = db.session.scalars(sa.select(Gift).where(Gift.stripe_invoice_id == invoice)).one()
    events.debit_returned.send(gift, plan=plan)
    assert (plan.state, plan.stripe_subscription_id) == (PlanState.ACTIVE, first)
    assert db.session.query(ProviderOrder).count() == 0
    assert _calls() == [CallReason.TWO_SUBSCRIPTIONS]
