"""Monthly giving: the first debit, the next ones, those that fail, and the end."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest

from portal.core.db import db
from portal.core.mail import OutboxMail
from portal.core.money import Money
from portal.donations.codes import PurposeKind
from portal.donations.events import PlanWish
from portal.donations.models import Gift, PlanState
from portal.donations.rules.gift import GiftState
from portal.programmes.codes import Programme, Sex, Site
from tests.integration.donations.conftest import Giver, Told


def subjects() -> list[str]:
    return [mail.subject for mail in db.session.query(OutboxMail).order_by(OutboxMail.id)]


def test_the_sponsor_form_says_what_it_costs(giver: Giver) -> None:
    page = giver.browser.get("/en/sponsor")
    assert page.has("Sponsoring costs €47 a month, about €16 after tax.")
    assert page.has("Any amount from €10 a month helps.")


def test_a_sponsorship_is_begun_with_its_wishes(giver: Giver, told: Told) -> None:
    plan = giver.gives("sponsor", sex="F", age="7-11", programme="education", site="siem_reap")
    wish = PlanWish(Sex.F, 7, 11, Programme.EDUCATION, Site.SIEM_REAP)
    assert told.names == ["plan_wished"]
    assert told.details[0] == {
        "plan": plan,
        "criteria": wish.criteria(),
        "on": date(2026, 11, 22),
    }
    assert (plan.state, plan.purpose) == (PlanState.PENDING, PurposeKind.SPONSORSHIP)
    request = giver.payments.asked[str(plan.stripe_session_id)]
    assert (request.kind, request.interval) == ("plan", "month")


def test_wishes_may_be_left_open(giver: Giver, told: Told) -> None:
    giver.gives("sponsor")
    assert told.details[0]["criteria"] == PlanWish().criteria()


def test_less_than_ten_euros_a_month_is_refused_in_words(giver: Giver) -> None:
    page = giver.sends("sponsor", choice="other", amount="9")
    assert page.status == 422
    assert page.has("The smallest possible amount is €10.00.")


def test_a_monthly_gift_keeps_its_purpose(giver: Giver, told: Told) -> None:
    plan = giver.gives(rhythm="monthly", purpose="food")
    giver.subscribes(plan)
    gift = db.session.query(Gift).one()
    assert (plan.purpose, plan.programme) == (PurposeKind.PROGRAMME, Programme.FOOD)
    assert (gift.purpose, gift.programme) == (PurposeKind.PROGRAMME, Programme.FOOD)
    assert "plan_wished" not in told.names


def test_the_first_debit_begins_the_plan(giver: Giver, told: Told) -> None:
    plan = giver.gives("sponsor")
    subscription, invoice = giver.subscribes(plan)
    gift = db.session.query(Gift).one()
    assert plan.state == PlanState.ACTIVE
    assert (plan.started_on, plan.next_debit_on) == (date(2026, 11, 22), date(2026, 12, 22))
    assert plan.stripe_subscription_id == subscription
    assert (gift.stripe_invoice_id, gift.plan_id) == (invoice, plan.id)
    assert (gift.state, gift.purpose) == (GiftState.SETTLED, PurposeKind.SPONSORSHIP)
    assert told.names == ["plan_wished", "gift_settled", "plan_activated"]


FIRST = (
    "checkout.session.completed",
    "customer.subscription.created",
    "payment_intent.succeeded",
    "invoice.paid",
)


@pytest.mark.parametrize("order", list(permutations(FIRST)))
def test_every_order_of_the_first_messages_ends_the_same(
    giver: Giver, told: Told, order: tuple[str, ...]
) -> None:
    plan = giver.gives("sponsor")
    session = giver.payments.session_of(plan.public_id)
    subscription, invoice = giver.payments.donor_subscribes(session)
    intent = giver.payments.invoices[invoice].payment_intent_id
    about = dict(zip(FIRST, (session, subscription, intent, invoice), strict=True))
    for kind in order:
        giver.is_told(kind, str(about[kind]))
    assert plan.state == PlanState.ACTIVE
    assert told.names == ["plan_wished", "gift_settled", "plan_activated"]
    assert len(subjects()) == 1


def test_the_first_mail_says_how_to_stop_and_the_next_debit(giver: Giver) -> None:
    plan = giver.gives("sponsor")
    giver.subscribes(plan)
    mail = db.session.query(OutboxMail).one()
    assert mail.subject == "Thank you: €47 every month"
    assert "next on December 22, 2026" in mail.text
    assert "stop in two clicks" in mail.text


def test_each_month_is_one_gift_and_no_further_mail(giver: Giver, told: Told) -> None:
    plan = giver.gives("sponsor")
    subscription, _invoice = giver.subscribes(plan)
    for _ in range(3):
        invoice = giver.payments.month_passes(subscription)
        giver.is_told("invoice.paid", invoice)
        giver.is_told("invoice.paid", invoice)
    assert db.session.query(Gift).filter_by(plan_id=plan.id).count() == 4
    assert told.names.count("gift_settled") == 4
    assert told.names.count("plan_activated") == 1
    assert len(subjects()) == 1
    assert plan.next_debit_on == date(2027, 3, 22)


def test_a_direct_debit_plan_begins_when_the_money_is_here(giver: Giver, told: Told) -> None:
    plan = giver.gives("sponsor")
    _subscription, invoice = giver.subscribes(plan, method="sepa", status="processing")
    assert plan.state == PlanState.PENDING
    assert told.names == ["plan_wished"]
    intent = str(giver.payments.invoices[invoice].payment_intent_id)
    giver.payments.settles(intent)
    giver.is_told("payment_intent.succeeded", intent)
    assert plan.state == PlanState.ACTIVE
    assert told.names == ["plan_wished", "gift_settled", "plan_activated"]


def test_a_failed_debit_is_said_once_and_a_later_success_mends_it(giver: Giver, told: Told) -> None:
    plan = giver.gives("sponsor")
    subscription, _invoice = giver.subscribes(plan)
    failed = giver.payments.month_passes(subscription, status="failed")
    giver.is_told("invoice.payment_failed", failed)
    giver.is_told("invoice.payment_failed", failed)
    assert plan.state == PlanState.PAST_DUE
    assert subjects()[1:] == ["Your payment of €47 did not come through"]
    assert told.names[-1] == "plan_past_due"
    intent = str(giver.payments.invoices[failed].payment_intent_id)
    giver.payments.settles(intent)
    from dataclasses import replace

    giver.payments.subscriptions[subscription] = replace(
        giver.payments.subscriptions[subscription], status="active"
    )
    giver.is_told("invoice.paid", failed)
    assert plan.state == PlanState.ACTIVE
    assert told.names[-1] == "gift_settled"
    assert db.session.query(Gift).filter_by(plan_id=plan.id).count() == 2


def test_a_plan_stopped_at_the_provider_ends_here(giver: Giver, told: Told) -> None:
    plan = giver.gives("sponsor")
    subscription, _invoice = giver.subscribes(plan)
    giver.payments.cancel_subscription(subscription, False, "")
    giver.is_told("customer.subscription.deleted", subscription)
    giver.is_told("customer.subscription.updated", subscription)
    assert (plan.state, plan.ended_on) == (PlanState.ENDED, date(2026, 11, 22))
    assert plan.next_debit_on is None
    assert told.names.count("plan_ended") == 1
    assert subjects()[-1] == "Your regular gift has ended"


def test_a_plan_that_will_stop_says_when(giver: Giver) -> None:
    plan = giver.gives("sponsor")
    subscription, _invoice = giver.subscribes(plan)
    giver.payments.cancel_subscription(subscription, True, "")
    giver.is_told("customer.subscription.updated", subscription)
    assert (plan.state, plan.cancels_on) == (PlanState.ACTIVE, date(2026, 12, 22))


def test_an_amount_changed_at_the_provider_is_followed_with_a_trace(giver: Giver) -> None:
    from portal.core import audit

    plan = giver.gives("sponsor")
    subscription, _invoice = giver.subscribes(plan)
    giver.payments.change_amount(subscription, Money(6_000), "k")
    giver.is_told("customer.subscription.updated", subscription)
    assert plan.amount == Money(6_000)
    entry = audit.history(f"plan:{plan.public_id}")[0]
    assert (entry.before, entry.after) == ({"amount": "47.00 EUR"}, {"amount": "60.00 EUR"})


def test_a_plan_nobody_paid_is_abandoned_without_a_word(giver: Giver, told: Told) -> None:
    plan = giver.gives("sponsor")
    session = giver.payments.session_of(plan.public_id)
    giver.payments.expires(session)
    giver.is_told("checkout.session.expired", session)
    assert plan.state == PlanState.ABANDONED
    assert told.names == ["plan_wished"]
    assert subjects() == []
