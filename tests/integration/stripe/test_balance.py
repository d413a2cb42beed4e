"""The balance: its lines, its payouts by themselves and by hand, and payouts that come back."""

from __future__ import annotations

import pytest
import stripe

from tests.integration.stripe.scenes import Scene


def the_payout(scene: Scene) -> stripe.Payout:
    (payout,) = scene.sdk.v1.payouts.list().data
    return payout


def test_money_is_pending_first_then_available_then_paid_out(scene: Scene) -> None:
    line = scene.line(scene.charged(scene.charge())["balance_transaction"])
    assert line["status"] == "pending"
    assert scene.sdk.v1.balance.retrieve().pending[0].amount == 4000 - 85
    scene.hand.does("settings", automatic_payouts=False)
    scene.hand.does("clock", to=line["available_on"])
    assert scene.sdk.v1.balance.retrieve().available[0].amount == 4000 - 85
    assert scene.line(line["id"])["status"] == "available"
    scene.hand.does("payouts")
    assert scene.sdk.v1.balance.retrieve().available[0].amount == 0


def test_each_line_says_what_it_is_for_the_books(scene: Scene) -> None:
    intent = scene.gift()
    scene.gift("sepa")
    scene.hand.does(f"charges/{scene.charge()}/dispute")
    scene.sdk.v1.refunds.create({"payment_intent": intent, "amount": 500})
    scene.hand.does("ledger/fee", amount=120, description="Radar")
    scene.hand.lets_pass(15)
    found = [(each["type"], each["reporting_category"]) for each in scene.lines()]
    assert sorted(set(found)) == [
        ("adjustment", "dispute"),
        ("charge", "charge"),
        ("payment", "charge"),
        ("payout", "payout"),
        ("refund", "refund"),
        ("stripe_fee", "fee"),
    ]
    assert all(each["amount"] - each["fee"] == each["net"] for each in scene.lines())


def test_an_automatic_payout_is_the_sum_of_its_lines_to_the_cent(scene: Scene) -> None:
    for amount in (1234, 5678, 999):
        scene.gift("paid", amount)
    scene.hand.lets_pass(4)
    payout = the_payout(scene)
    lines = scene.lines(payout=payout.id)
    assert sum(each["net"] for each in lines if each["source"] != payout.id) == payout.amount
    assert (payout.automatic, payout.reconciliation_status) == (True, "completed")
    assert scene.told("payout.")[:2] == ["payout.created", "payout.reconciliation_completed"]


def test_the_lines_of_a_payout_by_hand_cannot_be_told_apart(scene: Scene) -> None:
    scene.hand.does("settings", automatic_payouts=False)
    scene.gift()
    scene.hand.lets_pass(4)
    payout = scene.hand.does("payouts", by_hand=True, amount=1000)
    assert (payout["automatic"], payout["reconciliation_status"]) == (False, "not_applicable")
    with pytest.raises(stripe.InvalidRequestError, match="automatic"):
        scene.lines(payout=payout["id"])
    rest = scene.hand.does("payouts", by_hand=True)
    assert rest["amount"] == 4000 - 85 - 1000
    assert scene.sdk.v1.balance.retrieve().available[0].amount == 0


def test_more_than_is_available_is_not_paid_out(scene: Scene) -> None:
    refusal = scene.hand.refuses("payouts", by_hand=True, amount=1)
    assert refusal["code"] == "balance_insufficient"


def test_a_payout_that_was_paid_can_still_fail_and_goes_out_again(scene: Scene) -> None:
    scene.gift()
    scene.hand.lets_pass(5)
    first = the_payout(scene)
    assert first.status == "paid"
    failed = scene.hand.does(f"payouts/{first.id}/fail", code="account_closed")
    assert (failed["status"], failed["failure_code"]) == ("failed", "account_closed")
    back = scene.line(failed["failure_balance_transaction"])
    assert (back["amount"], back["type"]) == (first.amount, "payout_failure")
    assert back["reporting_category"] == "payout_reversal"
    scene.hand.lets_pass(1)
    second = scene.sdk.v1.payouts.list().data[0]
    assert (second.id != first.id, second.amount) == (True, first.amount)
    assert next(each["id"] for each in scene.lines(payout=second.id)) == back["id"]
    assert "payout.failed" in scene.told("payout.")


def test_a_payout_on_its_way_can_be_cancelled_but_not_one_that_arrived(scene: Scene) -> None:
    scene.gift()
    scene.hand.does("clock", next="payout")
    payout = the_payout(scene)
    cancelled = scene.hand.does(f"payouts/{payout.id}/cancel")
    assert cancelled["status"] == "canceled"
    assert scene.hand.refuses(f"payouts/{payout.id}/cancel")["message"]
    scene.hand.lets_pass(3)
    assert scene.sdk.v1.payouts.retrieve(payout.id).status == "canceled"


def test_lines_are_found_by_type_source_and_time(scene: Scene) -> None:
    charge = scene.charge()
    scene.hand.lets_pass(2)
    since = scene.now()
    scene.gift()
    assert [each["source"] for each in scene.lines(source=charge)] == [charge]
    assert len(scene.lines(type="charge")) == 2
    assert len(scene.lines(created={"gte": since})) == 1
    assert scene.lines(type="payout") == []


def test_the_balance_can_hear_of_a_payment_later_than_the_donor(scene: Scene) -> None:
    scene.hand.does("settings", balance_delay_seconds=60)
    charge = scene.charge()
    assert scene.charged(charge)["status"] == "succeeded"
    assert scene.charged(charge)["balance_transaction"] is None
    scene.hand.does("clock", seconds=60)
    assert scene.charged(charge)["balance_transaction"].startswith("txn_")
    assert scene.told("charge.", about=charge) == ["charge.succeeded", "charge.updated"]


def test_very_many_lines_are_paged_and_add_up(scene: Scene) -> None:
    made = scene.hand.does("ledger/fill", lines=2000, payouts=7)
    lines = list(scene.sdk.v1.balance_transactions.list({"limit": 100}).auto_paging_iter())
    assert len(lines) == made["lines"] + made["payouts"]
    assert [each.created for each in lines] == sorted((e.created for e in lines), reverse=True)
    assert sum(each.net for each in lines) == 0
    sent = list(scene.sdk.v1.payouts.list({"limit": 100}).data)
    assert sum(each.amount for each in sent) == made["net"]
    for payout in sent:
        page = scene.sdk.v1.balance_transactions.list({"payout": payout.id, "limit": 100})
        own = [each for each in page.auto_paging_iter() if each.source != payout.id]
        assert sum(each.net for each in own) == payout.amount


@pytest.mark.parametrize("wanted", [{"lines": 2, "payouts": 1}, {"lines": 10**7, "payouts": 1}])
def test_the_balance_is_not_filled_without_measure(scene: Scene, wanted: dict[str, int]) -> None:
    assert scene.hand.refuses("ledger/fill", **wanted)["message"]
