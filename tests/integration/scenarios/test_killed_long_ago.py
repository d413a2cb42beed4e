"""Killed, and nobody came back for more than a day: the provider has forgotten our keys by then."""

from __future__ import annotations

import pytest

from portal.core.money import Money
from portal.donations import money_back, services
from portal.donations.models import Gift
from portal.donations.rules.gift import GiftState
from tests.factories.people import make_account
from tests.integration.scenarios import ends
from tests.integration.scenarios.house import LATER, House, nothing_is_wrong


def given_back(house: House, gift: Gift) -> list[Money]:
    return [one.amount for one in house.gateway.list_refunds(str(gift.stripe_payment_intent_id))]


def test_a_refund_that_went_through_is_found_and_not_sent_again(house: House) -> None:
    gift, by = house.gift(), make_account().id
    house.dies("refund", "after refund", gift=gift.id, form="form-of-a-refund", by=by)
    house.hand.lets_pass(2)
    house.comes_back()
    assert given_back(house, gift) == [Money(1_000)]
    assert (gift.state, gift.refunded) == (GiftState.PARTIALLY_REFUNDED, Money(1_000))
    nothing_is_wrong(house)


def test_a_refund_that_never_arrived_is_told_to_a_person(house: House) -> None:
    gift, by = house.gift(), make_account().id
    house.dies("refund", "before refund", gift=gift.id, form="form-of-a-refund", by=by)
    house.hand.lets_pass(2)
    house.comes_back()
    assert given_back(house, gift) == []
    (waiting,) = money_back.failed_refunds()
    assert (waiting.gift_id, waiting.failure_reason) == (gift.id, "never_sent")
    assert services.left_to_refund(gift) == gift.amount
    services.settle_failed_refund(gift.id, note="asked anew", by=by)
    assert money_back.failed_refunds() == []
    nothing_is_wrong(house)


@pytest.mark.parametrize("step", ["before start_checkout", "after start_checkout"])
def test_a_form_sent_again_days_later_opens_one_page_to_pay_on(house: House, step: str) -> None:
    form = house.new_form()
    house.dies("give", step, form=form)
    house.hand.lets_pass(2)
    house.pays(str(house.does("give", form=form).answer))
    house.comes_back()
    gift = house.gift_of(form)
    assert (gift.state, gift.attempt) == (GiftState.SETTLED, 2)
    pages = [page["status"] for page in house.pages_of(gift)]
    assert pages.count("complete") == 1
    assert "open" not in pages


@pytest.mark.parametrize("step", ["before change_amount", "after change_amount"])
def test_a_change_of_a_plan_is_looked_up(house: House, step: str) -> None:
    plan = house.plan()
    house.dies("change_amount", step, plan=plan.id, form="form-of-a-change")
    before = len(house.happened(str(plan.stripe_subscription_id)))
    house.hand.lets_pass(2)
    house.comes_back()
    arrived = step.startswith("after")
    assert ends.of_plan(plan)["orders"] == [
        ("amount", "done", "") if arrived else ("amount", "refused", "not_in_effect")
    ]
    assert plan.amount == Money(5_000 if arrived else 3_000)
    assert len(house.happened(str(plan.stripe_subscription_id))) == before


def test_without_our_keys_the_money_would_go_back_twice(house: House) -> None:
    gift, by = house.gift(), make_account().id
    house.dies("refund", "after refund", gift=gift.id, form="form-of-a-refund", by=by)
    house.does("come_back_with_other_keys", later=LATER)
    assert given_back(house, gift) == [Money(1_000), Money(1_000)]
