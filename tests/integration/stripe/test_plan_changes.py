"""Changes of a running plan: its day, its pause, its end taken back, its means of payment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from portal.donations.gateway import Interval
from tests.integration.stripe.scenes import Scene

DAY = 86_400


def due(scene: Scene, plan: str) -> int:
    end = scene.subscription(plan)["items"]["data"][0]["current_period_end"]
    assert isinstance(end, int)
    return end


def amounts(scene: Scene, plan: str) -> list[tuple[int, str]]:
    return [(each["total"], each["status"]) for each in scene.invoices(plan)]


def test_the_next_debit_can_be_moved_and_later_ones_count_from_it(scene: Scene) -> None:
    plan = scene.plan()
    wanted = due(scene, plan) + 10 * DAY
    moved = scene.sdk.v1.subscriptions.update(
        plan, {"trial_end": wanted, "proration_behavior": "none"}
    )
    assert (moved.status, moved.trial_end, moved.billing_cycle_anchor) == (
        "trialing",
        wanted,
        wanted,
    )
    assert due(scene, plan) == wanted
    assert amounts(scene, plan) == [(3000, "paid"), (0, "paid")]
    scene.hand.does("clock", to=wanted - 1)
    assert len(scene.invoices(plan)) == 2
    scene.hand.does("clock", to=wanted)
    assert scene.subscription(plan)["status"] == "active"
    assert amounts(scene, plan)[-1] == (3000, "paid")
    first, second = (datetime.fromtimestamp(each, UTC) for each in (wanted, due(scene, plan)))
    assert (second.month - first.month) % 12 == 1
    assert second.day in (first.day, 28, 29, 30)


def test_moving_a_debit_is_announced_three_days_ahead(scene: Scene) -> None:
    plan = scene.plan()
    wanted = scene.now() + 20 * DAY
    scene.sdk.v1.subscriptions.update(plan, {"trial_end": wanted, "proration_behavior": "none"})
    scene.hand.does("clock", to=wanted - 3 * DAY)
    assert scene.told("customer.subscription.trial") == ["customer.subscription.trial_will_end"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"trial_end": 1, "proration_behavior": "none"},
        {"trial_end": 10**10, "proration_behavior": "none"},
        {"trial_end": 2 * 10**9},
        {"pause_collection": {"behavior": "void", "resumes_at": 1}},
        {"pause_collection": {"behavior": "sleep"}},
        {"pause_collection": {"resumes_at": 2 * 10**9}},
        {"cancel_at": 1},
        {"cancel_at": 2 * 10**9, "cancel_at_period_end": True},
        {"default_payment_method": "pm_missing"},
        {"billing_cycle_anchor": "now"},
    ],
)
def test_changes_that_stripe_or_the_portal_would_not_make_are_refused(
    scene: Scene, wanted: stripe.params.SubscriptionUpdateParams
) -> None:
    plan = scene.plan()
    with pytest.raises(stripe.InvalidRequestError):
        scene.sdk.v1.subscriptions.update(plan, wanted)
    assert scene.subscription(plan)["status"] == "active"


def test_a_pause_voids_what_falls_due_and_ends_on_its_day(scene: Scene) -> None:
    plan = scene.plan()
    until = due(scene, plan) + 40 * DAY
    scene.sdk.v1.subscriptions.update(
        plan, {"pause_collection": {"behavior": "void", "resumes_at": until}}
    )
    scene.hand.does("clock", to=due(scene, plan))
    assert scene.told("invoice.voided", "invoice.payment_failed") == ["invoice.voided"]
    scene.hand.does("clock", to=until)
    assert scene.subscription(plan)["pause_collection"] is None
    assert amounts(scene, plan) == [(3000, "paid"), (3000, "void"), (3000, "void")]
    scene.to_next_debit()
    assert amounts(scene, plan)[-1] == (3000, "paid")


@pytest.mark.parametrize(
    ("behaviour", "status"), [("keep_as_draft", "draft"), ("mark_uncollectible", "uncollectible")]
)
def test_other_pauses_set_invoices_aside_in_their_own_way(
    scene: Scene, behaviour: str, status: str
) -> None:
    plan = scene.plan()
    pause: Any = {"behavior": behaviour}
    scene.sdk.v1.subscriptions.update(plan, {"pause_collection": pause})
    scene.to_next_debit()
    assert amounts(scene, plan)[-1] == (3000, status)


def test_an_end_asked_for_can_be_taken_back(scene: Scene) -> None:
    plan = scene.plan()
    ending = scene.sdk.v1.subscriptions.update(plan, {"cancel_at_period_end": True})
    assert ending.cancel_at == due(scene, plan)
    back = scene.sdk.v1.subscriptions.update(plan, {"cancel_at_period_end": False})
    assert (back.cancel_at, back.canceled_at) == (None, None)
    scene.hand.lets_pass(31)
    assert [each["status"] for each in scene.invoices(plan)] == ["paid", "paid"]


def test_an_end_on_a_day_of_its_own_comes_on_that_day_or_is_taken_back(scene: Scene) -> None:
    plans = [scene.plan(), scene.plan()]
    for plan in plans:
        ending = scene.hand.does(f"subscriptions/{plan}/cancel", at=scene.now() + 10 * DAY)
        assert (ending["cancel_at_period_end"], ending["status"]) == (False, "active")
    back = scene.sdk.v1.subscriptions.update(plans[1], {"cancel_at": ""})
    assert back.cancel_at is None
    scene.hand.lets_pass(10)
    assert [scene.subscription(plan)["status"] for plan in plans] == ["canceled", "active"]


def test_a_plan_ended_in_the_dashboard_is_told(scene: Scene) -> None:
    now, later = scene.plan(), scene.plan()
    scene.hand.does(f"subscriptions/{now}/cancel")
    scene.hand.does(f"subscriptions/{later}/cancel", at_period_end=True)
    assert scene.subscription(now)["status"] == "canceled"
    assert scene.subscription(later)["cancel_at_period_end"] is True
    assert scene.told("customer.subscription.deleted", about=now)


def test_a_plan_that_ended_changes_no_more_and_asks_for_nothing(scene: Scene) -> None:
    plan = scene.plan()
    scene.next_debits(plan, "declined")
    scene.to_next_debit()
    scene.sdk.v1.subscriptions.cancel(plan)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        scene.sdk.v1.subscriptions.update(plan, {"cancel_at_period_end": False})
    assert refusal.value.code == "subscription_canceled"
    scene.hand.lets_pass(30)
    invoice = scene.latest(plan)
    assert (invoice["status"], invoice["attempt_count"]) == ("open", 1)
    assert invoice["next_payment_attempt"] is None


def test_two_changes_of_amount_in_a_row_leave_the_last_one(scene: Scene) -> None:
    plan = scene.plan()
    for amount in (4000, 5000):
        item = scene.subscription(plan)["items"]["data"][0]
        price: Any = {
            "currency": "eur",
            "product": item["price"]["product"],
            "recurring": {"interval": "month"},
            "unit_amount": amount,
        }
        scene.sdk.v1.subscriptions.update(
            plan,
            {
                "items": [{"id": item["id"], "price_data": price}],
                "proration_behavior": "none",
            },
        )
    scene.to_next_debit()
    assert [amount for amount, _ in amounts(scene, plan)] == [3000, 5000]


def test_a_plan_takes_another_of_the_donors_cards_never_somebody_elses(scene: Scene) -> None:
    plan, other = scene.plan(), scene.plan()
    theirs = scene.subscription(other)["default_payment_method"]
    with pytest.raises(stripe.InvalidRequestError, match="must be attached"):
        scene.sdk.v1.subscriptions.update(plan, {"default_payment_method": theirs})


def test_an_iban_replaces_a_card_through_a_setup_page(scene: Scene) -> None:
    plan = scene.plan()
    customer = scene.subscription(plan)["customer"]
    session = scene.sdk.v1.checkout.sessions.create(
        {
            "mode": "setup",
            "currency": "eur",
            "customer": customer,
            "success_url": "http://127.0.0.1:9/",
            "setup_intent_data": {"metadata": {"reference": "plan-1", "subscription": plan}},
        }
    )
    page = scene.donor.opens(session.url or "").text
    assert 'value="sepa"' in page
    assert 'value="disputed"' not in page
    scene.donor.chooses(session.url or "", "sepa")
    done = scene.sdk.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]})
    setup = done.to_dict(for_json=True)["setup_intent"]
    assert setup["metadata"] == {"reference": "plan-1", "subscription": plan}
    assert scene.sdk.v1.mandates.retrieve(setup["mandate"]).status == "active"
    scene.sdk.v1.subscriptions.update(plan, {"default_payment_method": setup["payment_method"]})
    scene.to_next_debit()
    assert scene.latest(plan)["status"] == "open"
    scene.hand.lets_pass(5)
    assert scene.latest(plan)["status"] == "paid"


def test_a_customers_means_of_payment_are_listed_changed_and_taken_away(scene: Scene) -> None:
    plan = scene.plan()
    customer = scene.subscription(plan)["customer"]
    (method,) = scene.sdk.v1.customers.payment_methods.list(customer).data
    scene.sdk.v1.customers.update(
        customer, {"invoice_settings": {"default_payment_method": method.id}}
    )
    changed = scene.sdk.v1.payment_methods.update(
        method.id, {"card": {"exp_month": 5, "exp_year": 2039}, "metadata": {"a": "b"}}
    )
    assert changed.card is not None
    assert (changed.card.exp_month, changed.card.exp_year) == (5, 2039)
    assert scene.sdk.v1.customers.payment_methods.retrieve(customer, method.id).id == method.id
    scene.sdk.v1.payment_methods.detach(method.id)
    assert scene.subscription(plan)["default_payment_method"] is None
    found = scene.sdk.v1.customers.retrieve(customer).to_dict(for_json=True)
    assert found["invoice_settings"]["default_payment_method"] is None
    with pytest.raises(stripe.InvalidRequestError):
        scene.sdk.v1.payment_methods.detach(method.id)
    assert scene.told("payment_method.") == [
        "payment_method.attached",
        "payment_method.updated",
        "payment_method.detached",
    ]


@pytest.mark.parametrize(
    ("start", "interval", "days"),
    [
        ((2027, 1, 31), "month", [(2, 28), (3, 31), (4, 30), (5, 31)]),
        ((2028, 1, 31), "month", [(2, 29), (3, 31), (4, 30), (5, 31)]),
        ((2027, 11, 30), "quarter", [(2, 29), (5, 30), (8, 30), (11, 30)]),
        ((2028, 2, 29), "year", [(2, 28), (2, 28), (2, 28), (2, 29)]),
    ],
)
def test_the_day_of_the_month_is_kept_or_is_the_months_last(
    scene: Scene,
    start: tuple[int, int, int],
    interval: Interval,
    days: list[tuple[int, int]],
) -> None:
    scene.hand.does("clock", to=int(datetime(*start, 12, tzinfo=UTC).timestamp()))
    plan = scene.plan("paid", interval)
    found = []
    for _ in days:
        at = datetime.fromtimestamp(due(scene, plan), UTC)
        found.append((at.month, at.day))
        scene.hand.does("clock", to=int(at.timestamp()))
    assert found == days
    assert {each["status"] for each in scene.invoices(plan)} == {"paid"}
