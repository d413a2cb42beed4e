"""Killed while a regular gift is changed, paused, stopped, given another card, paid: one effect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from portal.core.db import db
from portal.core.money import Money
from portal.donations.models import Plan, PlanState
from tests.integration.scenarios import ends
from tests.integration.scenarios.house import Given, House, judged

MORE_THAN_ITS_STEPS = 11
"""How many plans are readied at once where the clock must move first."""


def told(house: House, plan: Plan) -> Any:
    """How the plan stands here and at the provider, and each thing that happened to it there."""
    found = house.gateway.fetch_subscription(str(plan.stripe_subscription_id))
    there = (found.status, found.amount, found.paused_until, found.cancel_at_period_end)
    return there, house.happened(found.id), ends.of_plan(plan)


@pytest.mark.parametrize(
    ("act", "verb"),
    [
        ("change_amount", "change_amount"),
        ("change_day", "change_next_debit"),
        ("pause", "pause_subscription"),
        ("stop", "cancel_subscription"),
    ],
)
def test_a_change_is_made_once(house: House, act: str, verb: str) -> None:
    def prepare() -> tuple[Plan, Given]:
        plan = house.plan()
        return plan, {"plan": plan.id, "form": house.new_form()}

    judged(
        house,
        act,
        prepare=prepare,
        told=lambda plan: told(house, plan),
        passes={"before commit", f"before {verb}", f"after {verb}", "after commit 2"},
    )


def test_one_page_opens_for_another_card(house: House) -> None:
    def prepare() -> tuple[Plan, Given]:
        plan = house.plan()
        return plan, {"plan": plan.id, "form": house.new_form()}

    def pages(plan: Plan) -> Any:
        return len(house.pages_of(plan)), told(house, plan)

    judged(
        house,
        "open_method_page",
        prepare=prepare,
        told=pages,
        passes={"before start_method_update", "after start_method_update", "after commit 2"},
        sent_again=True,
    )


def test_another_card_is_taken_into_use_once(house: House) -> None:
    def prepare() -> tuple[Plan, Given]:
        plan = house.plan()
        page = house.does("open_method_page", plan=plan.id, form=house.new_form()).answer
        house.pays(str(page))
        return plan, {"plan": plan.id}

    judged(
        house,
        "use_new_card",
        prepare=prepare,
        told=lambda plan: told(house, plan),
        passes={"before use_method", "after use_method", "after commit 2"},
    )


def test_an_open_debit_is_paid_once(house: House) -> None:
    ready = plans_with_an_open_debit(house)

    def prepare() -> tuple[Plan, Given]:
        plan = db.session.get_one(Plan, next(ready))
        return plan, {"plan": plan.id, "form": house.new_form()}

    def paid(plan: Plan) -> Any:
        assert plan.state is PlanState.ACTIVE
        debits = house.gateway.list_invoices(str(plan.stripe_subscription_id))
        return [(one.status, one.amount, one.attempts) for one in debits], told(house, plan)

    judged(
        house,
        "pay",
        prepare=prepare,
        told=paid,
        passes={"before commit", "before pay_invoice", "after pay_invoice", "after commit 2"},
        sent_again=True,
    )


def plans_with_an_open_debit(house: House) -> Iterator[int]:
    """Plans whose last debit failed and whose card is good again."""
    plans = [house.plan() for _ in range(MORE_THAN_ITS_STEPS)]
    cards = [str(plan.stripe_subscription_id) for plan in plans]
    for card in cards:
        house.hand.does(f"subscriptions/{card}/next_payments", outcome="insufficient_funds")
    house.hand.lets_pass(32)
    house.comes_back()
    for card in cards:
        house.hand.does(f"subscriptions/{card}/next_payments", outcome="paid")
    house.looks_again()
    assert {plan.state for plan in plans} == {PlanState.PAST_DUE}
    assert {plan.amount for plan in plans} == {Money(3_000)}
    return iter([plan.id for plan in plans])
