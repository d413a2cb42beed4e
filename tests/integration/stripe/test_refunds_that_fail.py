"""Refunds that take time, fail, come back, or were made in Stripe's dashboard."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.stripe.scenes import Found, Scene


def refund(scene: Scene, intent: str, amount: int = 1000) -> Found:
    made = scene.sdk.v1.refunds.create({"payment_intent": intent, "amount": amount})
    return made.to_dict(for_json=True)


def again(scene: Scene, refund_id: str) -> Found:
    return scene.sdk.v1.refunds.retrieve(refund_id).to_dict(for_json=True)


def test_a_pending_refund_succeeds_when_the_bank_says_so(scene: Scene) -> None:
    scene.hand.does("settings", refund_status="pending")
    made = refund(scene, scene.gift())
    assert (made["status"], made["pending_reason"]) == ("pending", "processing")
    scene.hand.lets_pass(30)
    assert again(scene, made["id"])["status"] == "pending"
    scene.hand.does(f"refunds/{made['id']}/succeed")
    assert again(scene, made["id"])["status"] == "succeeded"


def test_a_pending_refund_fails_and_the_money_is_ours_again(scene: Scene) -> None:
    scene.hand.does("settings", refund_status="failed")
    intent = scene.gift()
    made = refund(scene, intent)
    assert made["status"] == "pending"
    scene.hand.lets_pass(3)
    failed = again(scene, made["id"])
    assert (failed["status"], failed["failure_reason"]) == ("failed", "expired_or_canceled_card")
    back = scene.line(failed["failure_balance_transaction"])
    assert (back["amount"], back["reporting_category"]) == (1000, "refund_failure")
    charge = scene.charged(scene.intent(intent)["latest_charge"])
    assert (charge["amount_refunded"], charge["refunded"]) == (0, False)
    assert scene.told("refund.") == ["refund.created", "refund.updated", "refund.failed"]
    assert refund(scene, intent, 4000)["amount"] == 4000


def test_a_refund_that_had_succeeded_can_come_back(scene: Scene) -> None:
    made = refund(scene, scene.gift())
    failed = scene.hand.does(f"refunds/{made['id']}/fail", reason="lost_or_stolen_card")
    assert (failed["status"], failed["failure_reason"]) == ("failed", "lost_or_stolen_card")
    assert scene.hand.refuses(f"refunds/{made['id']}/fail")["message"]


def test_a_refund_of_a_direct_debit_takes_some_days(scene: Scene) -> None:
    intent = scene.gift("sepa")
    scene.hand.lets_pass(5)
    made = refund(scene, intent)
    assert made["status"] == "pending"
    scene.hand.lets_pass(3)
    assert again(scene, made["id"])["status"] == "succeeded"
    assert scene.lines(source=made["id"])[0]["type"] == "payment_refund"


def test_a_refund_in_the_dashboard_is_told_like_any_other(scene: Scene) -> None:
    charge = scene.charge()
    made = scene.hand.does(f"charges/{charge}/refund", amount=1500)
    assert scene.charged(charge)["amount_refunded"] == 1500
    assert scene.told("refund.", "charge.refunded") == ["refund.created", "charge.refunded"]
    (event,) = scene.sdk.v1.events.list({"type": "refund.created"}).data
    found = event.to_dict(for_json=True)
    assert (found["data"]["object"]["id"], found["request"]["id"]) == (made["id"], None)


@pytest.mark.parametrize("wanted", [{"amount": 4001}, {"amount": -1}, {"reason": 5, "colour": 1}])
def test_a_dashboard_refund_that_makes_no_sense_is_refused(
    scene: Scene, wanted: dict[str, Any]
) -> None:
    assert scene.hand.refuses(f"charges/{scene.charge()}/refund", **wanted)["message"]
