"""Disputes through all their ends, early fraud warnings, and direct debits taken back weeks later."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.integration.stripe.scenes import Scene


def steps(scene: Scene, dispute: str, *statuses: str) -> None:
    for status in statuses:
        scene.hand.does(f"disputes/{dispute}/move", status=status)


def moved(scene: Scene, dispute: str) -> list[tuple[int, int]]:
    return [(each["amount"], each["fee"]) for each in scene.lines(source=dispute)]


@pytest.mark.parametrize(
    ("begins", "then", "moves", "told"),
    [
        (
            "needs_response",
            ("under_review", "won"),
            [(-4000, 2000), (4000, 0)],
            ["created", "funds_withdrawn", "updated", "funds_reinstated", "closed"],
        ),
        (
            "needs_response",
            ("lost",),
            [(-4000, 2000)],
            ["created", "funds_withdrawn", "closed"],
        ),
        ("warning_needs_response", ("warning_closed",), [], ["created", "closed"]),
        (
            "warning_needs_response",
            ("warning_under_review", "needs_response", "lost"),
            [(-4000, 2000)],
            ["created", "updated", "funds_withdrawn", "updated", "closed"],
        ),
        ("prevented", (), [], ["created", "closed"]),
        ("lost", (), [(-4000, 2000)], ["created", "funds_withdrawn", "closed"]),
    ],
)
def test_a_dispute_moves_what_its_end_says(
    scene: Scene,
    begins: str,
    then: tuple[str, ...],
    moves: list[tuple[int, int]],
    told: list[str],
) -> None:
    dispute = scene.hand.does(f"charges/{scene.charge()}/dispute", status=begins)["id"]
    steps(scene, dispute, *then)
    found = scene.sdk.v1.disputes.retrieve(dispute)
    assert found.status == (then[-1] if then else begins)
    assert moved(scene, dispute) == moves
    assert [each.amount for each in found.balance_transactions] == [each for each, _ in moves]
    names = [each.removeprefix("charge.dispute.") for each in scene.told("charge.dispute.")]
    assert names == told


def test_part_of_a_payment_can_be_disputed(scene: Scene) -> None:
    charge = scene.charge()
    dispute = scene.hand.does(f"charges/{charge}/dispute", amount=1500, reason="duplicate")
    assert (dispute["amount"], dispute["reason"]) == (1500, "duplicate")
    assert moved(scene, dispute["id"]) == [(-1500, 2000)]
    assert scene.charged(charge)["disputed"] is True


def test_a_dispute_nobody_answers_is_lost_when_its_time_is_over(scene: Scene) -> None:
    dispute = scene.hand.does(f"charges/{scene.charge()}/dispute")
    scene.hand.does("clock", to=dispute["evidence_details"]["due_by"])
    found = scene.sdk.v1.disputes.retrieve(dispute["id"])
    assert (found.status, found.evidence_details.past_due) == ("lost", True)


def test_an_answered_dispute_waits_for_the_bank(scene: Scene) -> None:
    dispute = scene.hand.does(f"charges/{scene.charge()}/dispute")
    steps(scene, dispute["id"], "under_review")
    scene.hand.lets_pass(60)
    assert scene.sdk.v1.disputes.retrieve(dispute["id"]).status == "under_review"


@pytest.mark.parametrize(
    ("begins", "refundable"),
    [("needs_response", False), ("warning_needs_response", True), ("prevented", True)],
)
def test_only_a_dispute_that_holds_the_money_forbids_a_refund(
    scene: Scene, begins: str, refundable: bool
) -> None:
    charge = scene.charge()
    scene.hand.does(f"charges/{charge}/dispute", status=begins)
    if refundable:
        assert scene.sdk.v1.refunds.create({"charge": charge}).status == "succeeded"
        return
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        scene.sdk.v1.refunds.create({"charge": charge})
    assert refusal.value.code == "charge_disputed"


def test_a_won_dispute_leaves_the_payment_refundable(scene: Scene) -> None:
    charge = scene.charge()
    dispute = scene.hand.does(f"charges/{charge}/dispute")
    scene.hand.does(f"disputes/{dispute['id']}/close", won=True)
    assert scene.sdk.v1.refunds.create({"charge": charge}).amount == 4000


@pytest.mark.parametrize(
    ("what", "wanted"),
    [
        ("charges/{charge}/dispute", {"status": "won"}),
        ("charges/{charge}/dispute", {"amount": 4001}),
        ("charges/{charge}/dispute", {"amount": 0}),
        ("charges/{charge}/dispute", {"reason": "boredom"}),
        ("charges/{charge}/fraud_warning", {"kind": "boredom"}),
        ("charges/{failed}/dispute", {}),
        ("charges/{failed}/fraud_warning", {}),
        ("disputes/{dispute}/move", {"status": "warning_closed"}),
        ("charges/{disputed}/dispute", {}),
    ],
)
def test_what_no_bank_would_do_is_refused(scene: Scene, what: str, wanted: dict[str, Any]) -> None:
    disputed = scene.charge()
    names = {
        "charge": scene.charge(),
        "failed": scene.charge("declined"),
        "disputed": disputed,
        "dispute": scene.hand.does(f"charges/{disputed}/dispute")["id"],
    }
    assert scene.hand.refuses(what.format(**names), **wanted)["message"]


def test_a_direct_debit_is_taken_back_seven_weeks_later_and_its_mandate_ends(
    scene: Scene,
) -> None:
    intent = scene.gift("sepa_returned")
    scene.hand.lets_pass(6)
    charge = scene.charged(scene.intent(intent)["latest_charge"])
    assert charge["status"] == "succeeded"
    scene.hand.lets_pass(49)
    (dispute,) = scene.sdk.v1.disputes.list({"payment_intent": intent}).data
    assert (dispute.status, dispute.reason) == ("lost", "debit_not_authorized")
    assert moved(scene, dispute.id) == [(-4000, 1500)]
    mandate = charge["payment_method_details"]["sepa_debit"]["mandate"]
    assert scene.sdk.v1.mandates.retrieve(mandate).status == "inactive"
    assert scene.told("mandate.") == ["mandate.updated"]
    assert scene.told("charge.dispute.") == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
    ]


def test_a_suspected_payment_is_told_and_is_over_once_it_is_refunded(scene: Scene) -> None:
    intent = scene.gift("fraud_warning")
    scene.hand.lets_pass(3)
    (warning,) = scene.sdk.v1.radar.early_fraud_warnings.list({"payment_intent": intent}).data
    assert warning.actionable is True
    scene.sdk.v1.refunds.create({"payment_intent": intent})
    again = scene.sdk.v1.radar.early_fraud_warnings.retrieve(warning.id)
    assert again.actionable is False
    assert scene.told("radar.") == [
        "radar.early_fraud_warning.created",
        "radar.early_fraud_warning.updated",
    ]


def test_a_suspicion_may_come_for_any_card_payment(scene: Scene) -> None:
    charge = scene.charge()
    warning = scene.hand.does(f"charges/{charge}/fraud_warning", kind="made_with_stolen_card")
    assert (warning["charge"], warning["fraud_type"]) == (charge, "made_with_stolen_card")
    assert scene.charged(charge)["disputed"] is False
