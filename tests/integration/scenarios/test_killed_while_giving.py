"""Killed while somebody gives, while money is heard of, while it is given back: one effect."""

from __future__ import annotations

from typing import Any

import pytest

from portal.donations.models import Gift, Plan
from portal.donations.rules.gift import GiftState
from tests.factories.people import make_account
from tests.integration.scenarios import ends
from tests.integration.scenarios.house import Given, House, judged


def test_a_form_leads_to_one_payment_page(house: House) -> None:
    def prepare() -> tuple[str, Given]:
        form = house.new_form()
        return form, {"form": form}

    def told(form: str) -> Any:
        gift = house.gift_of(form)
        return gift.state, gift.attempt, len(house.pages_of(gift)), ends.letters(gift.donor_id)

    judged(
        house,
        "give",
        prepare=prepare,
        told=told,
        passes={"before commit", "before start_checkout", "after start_checkout"},
        sent_again=True,
    )


def test_what_was_paid_on_a_page_we_forgot_arrives_by_its_message(house: House) -> None:
    form = house.new_form()
    house.dies("give", "after start_checkout", form=form)
    gift = house.gift_of(form)
    assert gift.stripe_session_id is None
    (page,) = house.pages_of(gift)
    house.pays(page["url"])
    raw, signature = house.message("checkout.session.completed", page["id"])
    house.does("hear_and_work", raw=raw, signature=signature)
    assert house.gift_of(form).state is GiftState.SETTLED


def test_a_message_about_a_gift_has_one_effect(house: House) -> None:
    def prepare() -> tuple[Gift, Given]:
        form = house.new_form()
        house.pays(str(house.does("give", form=form).answer))
        gift = house.gift_of(form)
        raw, signed = house.message("checkout.session.completed", str(gift.stripe_session_id))
        return gift, {"raw": raw, "signature": signed}

    judged(
        house,
        "hear_and_work",
        prepare=prepare,
        told=ends.of_gift,
        passes={"before commit", "after commit"},
        sent_again=True,
    )


def test_a_message_about_a_first_debit_has_one_effect(house: House) -> None:
    def prepare() -> tuple[Plan, Given]:
        form = house.new_form()
        house.pays(str(house.does("sponsor", form=form).answer))
        plan = house.plan_of(form)
        raw, signed = house.message("checkout.session.completed", str(plan.stripe_session_id))
        return plan, {"raw": raw, "signature": signed}

    judged(
        house,
        "hear_and_work",
        prepare=prepare,
        told=ends.of_plan,
        passes={"before commit", "after commit"},
        sent_again=True,
    )


@pytest.mark.parametrize("sent_again", [False, True], ids=["left alone", "sent again"])
def test_money_given_back_goes_back_once(house: House, sent_again: bool) -> None:
    by = make_account().id

    def prepare() -> tuple[Gift, Given]:
        gift = house.gift()
        return gift, {"gift": gift.id, "form": house.new_form(), "by": by}

    def told(gift: Gift) -> Any:
        there = house.gateway.list_refunds(str(gift.stripe_payment_intent_id))
        return [(one.status, one.amount) for one in there], ends.of_gift(gift)

    judged(
        house,
        "refund",
        prepare=prepare,
        told=told,
        passes={"before commit", "before refund", "after refund", "after commit 2"},
        sent_again=sent_again,
    )
