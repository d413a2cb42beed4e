"""A debit nobody asks for any more: the plan goes on, and the old debit is never taken."""

from __future__ import annotations

import pytest
import stripe

from tests.integration.stripe.scenes import Scene


def in_arrears(scene: Scene) -> tuple[str, str]:
    plan = scene.plan()
    scene.next_debits(plan, "declined")
    scene.to_next_debit()
    return plan, str(scene.latest(plan)["id"])


def test_it_is_never_tried_again_and_the_plan_is_in_good_order(scene: Scene) -> None:
    plan, debt = in_arrears(scene)
    given_up = scene.gateway.forgive_invoice(debt, "forgive-1")
    assert (given_up.status, given_up.next_attempt_at) == ("uncollectible", None)
    assert scene.subscription(plan)["status"] == "active"
    scene.next_debits(plan, "paid")
    scene.hand.lets_pass(20)
    assert [each["status"] for each in scene.invoices(plan)] == ["paid", "uncollectible"]
    assert scene.told("invoice.marked_uncollectible") == ["invoice.marked_uncollectible"]


def test_asked_twice_it_is_answered_the_same(scene: Scene) -> None:
    _plan, debt = in_arrears(scene)
    first = scene.gateway.forgive_invoice(debt, "forgive-1")
    assert scene.gateway.forgive_invoice(debt, "forgive-2") == first


def test_one_that_is_paid_stays_paid(scene: Scene) -> None:
    plan = scene.plan()
    paid = str(scene.latest(plan)["id"])
    assert scene.gateway.forgive_invoice(paid, "forgive-1").status == "paid"
    with pytest.raises(stripe.InvalidRequestError):
        scene.sdk.v1.invoices.mark_uncollectible(paid)
