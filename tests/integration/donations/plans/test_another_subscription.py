"""What is heard of a subscription that is not the plan's own troubles neither sponsor nor plan."""

from __future__ import annotations

import sqlalchemy as sa

from portal.core.db import db
from portal.donations import services
from portal.donations.models import (
    CallReason,
    OrderKind,
    Plan,
    PlanCall,
    PlanMethod,
    PlanState,
    ProviderOrder,
)
from portal.donations.services.plan_calls import open_call
from portal.donations.services.plan_watch import refresh_upcoming
from tests.integration.donations.conftest import Giver
from tests.integration.donations.plans.conftest import subjects
from tests.integration.donations.plans.test_a_plan_tried_again import refused, tried_again

__all__ = ["refused", "tried_again"]  # fixtures


def calls() -> list[CallReason]:
    return list(db.session.scalars(sa.select(PlanCall.reason)))


def test_a_late_failure_of_the_first_subscription_is_no_failure_of_the_plan(
    giver: Giver, refused: tuple[Plan, str], tried_again: tuple[Plan, str, str]
) -> None:
    (plan, first), (_plan, _second, invoice) = refused, tried_again
    giver.payments.settles(str(giver.payments.invoices[invoice].payment_intent_id))
    giver.is_told("invoice.paid", invoice)
    written = subjects()
    late = next(
        each.id for each in giver.payments.invoices.values() if each.subscription_id == first
    )
    giver.is_told("invoice.payment_failed", late)
    giver.is_told("invoice.paid", invoice)
    assert (plan.state, services.open_failures(plan.id)) == (PlanState.ACTIVE, [])
    assert (subjects(), calls()) == (written, [])


def test_an_announcement_of_a_second_subscription_is_none_of_the_plan(giver: Giver) -> None:
    plan = giver.gives("sponsor")
    session = str(plan.stripe_session_id)
    giver.subscribes(plan)
    second, _invoice = giver.payments.donor_subscribes(session)
    written = subjects()
    assert refresh_upcoming(second)
    assert subjects() == written


def test_two_subscriptions_come_before_another_reason_to_call(giver: Giver) -> None:
    plan = giver.gives("sponsor")
    session = str(plan.stripe_session_id)
    giver.subscribes(plan)
    open_call(plan, CallReason.AT_RISK, giver.clock.instant.date())
    db.session.commit()
    second, _invoice = giver.payments.donor_subscribes(session)
    giver.is_told("customer.subscription.updated", second)
    assert calls() == [CallReason.TWO_SUBSCRIPTIONS]


def test_a_first_debit_heard_of_only_once_the_bank_had_taken_it_back_pauses_the_plan(
    giver: Giver,
) -> None:
    plan = giver.gives("sponsor")
    session = str(plan.stripe_session_id)
    _subscription, invoice = giver.payments.donor_subscribes(session, "sepa", "processing")
    intent = str(giver.payments.invoices[invoice].payment_intent_id)
    giver.payments.settles(intent)
    giver.payments.debit_comes_back(intent)
    giver.is_told("invoice.paid", invoice)
    assert plan.started_on is not None
    assert calls() == [CallReason.DEBIT_RETURNED]
    assert [order.kind for order in db.session.query(ProviderOrder)] == [OrderKind.PAUSE]
    assert db.session.query(PlanMethod).one().gone
