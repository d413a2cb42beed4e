"""Debits of a plan that fail: tried again by the clock, confirmed with the bank, paid by the donor, given up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import html5lib
import pytest
import stripe

from tests.integration.stripe.scenes import Scene

DAY = 86_400


def in_arrears(scene: Scene, outcome: str = "declined") -> str:
    """A plan whose first renewal has just failed so."""
    plan = scene.plan()
    scene.next_debits(plan, outcome)
    scene.to_next_debit()
    return plan


def standing(scene: Scene, plan: str) -> tuple[str, str, int]:
    invoice = scene.latest(plan)
    return scene.subscription(plan)["status"], invoice["status"], invoice["attempt_count"]


def test_each_try_names_the_next_one(scene: Scene) -> None:
    plan = in_arrears(scene)
    waits = []
    while (due := scene.latest(plan)["next_payment_attempt"]) is not None:
        waits.append((due - scene.now()) // DAY)
        scene.hand.does("clock", to=due)
    assert waits == [3, 5, 7]
    assert standing(scene, plan) == ("canceled", "open", 4)
    assert scene.told("invoice.payment_failed") == ["invoice.payment_failed"] * 4
    assert scene.told("customer.subscription.deleted")


@pytest.mark.parametrize("ends_as", ["unpaid", "past_due"])
def test_after_the_last_try_the_plan_ends_as_the_settings_say(scene: Scene, ends_as: str) -> None:
    scene.hand.does("settings", retry_days=[1, 2], after_last_retry=ends_as)
    plan = in_arrears(scene)
    scene.hand.lets_pass(3)
    assert standing(scene, plan) == (ends_as, "open", 3)
    assert scene.latest(plan)["next_payment_attempt"] is None


def test_an_unpaid_plan_writes_drafts_until_its_debt_is_paid(scene: Scene) -> None:
    scene.hand.does("settings", retry_days=[], after_last_retry="unpaid")
    plan = in_arrears(scene)
    debt = scene.latest(plan)["id"]
    scene.hand.does("clock", to=scene.subscription(plan)["items"]["data"][0]["current_period_end"])
    assert standing(scene, plan) == ("unpaid", "draft", 0)
    scene.next_debits(plan, "paid")
    assert scene.sdk.v1.invoices.pay(debt).status == "paid"
    assert scene.subscription(plan)["status"] == "unpaid"


def test_a_debt_of_an_unpaid_plan_that_is_paid_revives_it(scene: Scene) -> None:
    scene.hand.does("settings", retry_days=[], after_last_retry="unpaid")
    plan = in_arrears(scene)
    scene.next_debits(plan, "paid")
    scene.sdk.v1.invoices.pay(scene.latest(plan)["id"])
    assert scene.subscription(plan)["status"] == "active"


def test_paying_now_may_fail_and_keeps_what_was_tried(scene: Scene) -> None:
    plan = in_arrears(scene, "insufficient_funds")
    invoice = scene.latest(plan)
    with pytest.raises(stripe.CardError) as refusal:
        scene.sdk.v1.invoices.pay(invoice["id"])
    assert (refusal.value.code, refusal.value.http_status) == ("card_declined", 402)
    assert refusal.value.json_body["error"]["decline_code"] == "insufficient_funds"  # type: ignore[index]
    after = scene.latest(plan)
    assert (after["attempt_count"], after["next_payment_attempt"]) == (
        1,
        invoice["next_payment_attempt"],
    )
    assert scene.told("invoice.payment_failed") == ["invoice.payment_failed"] * 2


def test_the_same_key_pays_once_and_answers_the_same(scene: Scene) -> None:
    plan = in_arrears(scene)
    invoice = scene.latest(plan)["id"]
    options: stripe.RequestOptions = {"idempotency_key": "pay-1"}
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            scene.sdk.v1.invoices.pay(invoice, None, options)
    assert scene.told("invoice.payment_failed") == ["invoice.payment_failed"] * 2


def test_a_paid_invoice_is_not_paid_again(scene: Scene) -> None:
    plan = scene.plan()
    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        scene.sdk.v1.invoices.pay(scene.latest(plan)["id"])


def test_a_debit_under_way_is_not_asked_for_twice(scene: Scene) -> None:
    plan = scene.plan("sepa")
    with pytest.raises(stripe.InvalidRequestError, match="processing"):
        scene.sdk.v1.invoices.pay(scene.latest(plan)["id"])


def test_a_renewal_the_bank_wants_confirmed_is_told_and_confirmed_on_its_page(
    scene: Scene,
) -> None:
    plan = in_arrears(scene, "authentication_required")
    invoice = scene.latest(plan)
    intent = scene.intent(invoice["payments"]["data"][0]["payment"]["payment_intent"])
    assert (intent["status"], scene.subscription(plan)["status"]) == ("requires_action", "past_due")
    assert scene.told("invoice.payment_action_required")
    url = invoice["hosted_invoice_url"]
    page = scene.donor.opens(url, "fr")
    assert page.url.endswith("/authenticate")
    assert "Confirmez-vous ce paiement" in page.text
    assert scene.donor.answers_bank(url, "authenticate").status_code == 303
    assert standing(scene, plan) == ("active", "paid", 1)
    assert "Debit paid" in scene.donor.opens(url).text


def test_paying_what_the_bank_wants_confirmed_says_so(scene: Scene) -> None:
    plan = in_arrears(scene, "authentication_required")
    with pytest.raises(stripe.CardError) as refusal:
        scene.sdk.v1.invoices.pay(scene.latest(plan)["id"])
    assert refusal.value.code == "invoice_payment_intent_requires_action"


def test_a_confirmation_that_fails_leaves_the_debit_open(scene: Scene) -> None:
    plan = in_arrears(scene, "authentication_required")
    url = scene.latest(plan)["hosted_invoice_url"]
    assert scene.donor.answers_bank(url, "fail").status_code == 402
    assert standing(scene, plan) == ("past_due", "open", 1)


def test_the_donor_pays_with_another_card_that_later_debits_use(scene: Scene) -> None:
    plan = in_arrears(scene)
    before = scene.subscription(plan)["default_payment_method"]
    url = scene.latest(plan)["hosted_invoice_url"]
    assert scene.donor.chooses(url, "declined").status_code == 402
    assert scene.donor.chooses(url, "paid").status_code == 303
    assert standing(scene, plan) == ("active", "paid", 1)
    assert scene.subscription(plan)["default_payment_method"] != before
    scene.to_next_debit()
    assert standing(scene, plan) == ("active", "paid", 1)
    assert len(scene.invoices(plan)) == 3


def test_the_donor_may_choose_three_d_secure_or_a_debit_on_the_page(scene: Scene) -> None:
    plan = in_arrears(scene)
    url = scene.latest(plan)["hosted_invoice_url"]
    assert scene.donor.chooses(url, "three_d_secure").headers["Location"].endswith("/authenticate")
    assert scene.donor.chooses(url, "sepa").status_code == 303
    assert "under way" in scene.donor.opens(url).text
    scene.hand.lets_pass(5)
    assert standing(scene, plan)[:2] == ("active", "paid")


def test_the_page_of_an_invoice_is_plain_and_valid(scene: Scene) -> None:
    plan = in_arrears(scene)
    url = scene.latest(plan)["hosted_invoice_url"]
    page = scene.donor.opens(url, "fr")
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page.text)
    assert len(tree.findall(".//h1")) == 1
    assert {each.get("type") for each in tree.findall(".//input")} == {"radio"}
    assert "aucun argent ne circule" in page.text
    assert "30,00\u00a0€" in page.text
    assert scene.donor.chooses(url, "nothing").status_code == 422
    assert scene.donor.opens(f"{scene.hand.address}/i/in_missing").status_code == 404
    assert scene.donor.chooses(f"{scene.hand.address}/i/in_missing", "paid").status_code == 404


def test_a_card_past_its_month_is_refused_as_expired(scene: Scene) -> None:
    plan = scene.plan()
    method = scene.subscription(plan)["default_payment_method"]
    today = datetime.fromtimestamp(scene.now(), UTC)
    scene.hand.does(f"payment_methods/{method}/expires", exp_year=today.year, exp_month=today.month)
    scene.to_next_debit()
    (failed,) = [each for each in scene.sdk.v1.charges.list().data if each.status == "failed"]
    assert failed.failure_code == "expired_card"
    scene.hand.does(f"payment_methods/{method}/replaced", last4="1881")
    scene.hand.lets_pass(3)
    assert scene.subscription(plan)["status"] == "active"
    assert scene.told("payment_method.auto") == ["payment_method.automatically_updated"]


def test_without_any_means_of_payment_the_debit_fails_without_a_charge(scene: Scene) -> None:
    plan = scene.plan()
    scene.sdk.v1.payment_methods.detach(scene.subscription(plan)["default_payment_method"])
    charges = len(scene.sdk.v1.charges.list().data)
    scene.to_next_debit()
    assert standing(scene, plan) == ("past_due", "open", 1)
    assert len(scene.sdk.v1.charges.list().data) == charges
    with pytest.raises(stripe.InvalidRequestError):
        scene.sdk.v1.invoices.pay(scene.latest(plan)["id"])


def test_a_debit_without_a_mandate_is_refused_at_once(scene: Scene) -> None:
    plan = scene.plan("sepa")
    scene.hand.lets_pass(6)
    charge = scene.sdk.v1.charges.list().data[0].to_dict(for_json=True)
    mandate = charge["payment_method_details"]["sepa_debit"]["mandate"]
    scene.hand.does(f"mandates/{mandate}/revoke")
    scene.hand.does("clock", to=scene.subscription(plan)["items"]["data"][0]["current_period_end"])
    failed = scene.sdk.v1.charges.list().data[0]
    assert (failed.status, failed.failure_code) == ("failed", "debit_not_authorized")
    assert scene.subscription(plan)["status"] == "past_due"
    assert scene.hand.refuses(f"mandates/{mandate}/revoke")["message"]


def test_a_direct_debit_that_bounces_is_tried_again(scene: Scene) -> None:
    plan = scene.plan("sepa_fails")
    scene.hand.lets_pass(14)
    assert standing(scene, plan) == ("past_due", "open", 1)
    scene.next_debits(plan, "sepa")
    scene.hand.lets_pass(8)
    assert standing(scene, plan) == ("active", "paid", 2)


def test_the_next_debit_is_announced_a_week_ahead(scene: Scene) -> None:
    plan = scene.plan()
    due = scene.subscription(plan)["items"]["data"][0]["current_period_end"]
    scene.hand.does("clock", to=due - 7 * DAY)
    (event,) = scene.sdk.v1.events.list({"type": "invoice.upcoming"}).data
    ahead = event.to_dict(for_json=True)["data"]["object"]
    assert "id" not in ahead
    assert (ahead["amount_due"], ahead["next_payment_attempt"]) == (3000, due)
    assert ahead["parent"]["subscription_details"]["subscription"] == plan


def test_a_renewal_may_be_a_draft_for_an_hour(scene: Scene) -> None:
    scene.hand.does("settings", draft_seconds=3600)
    plan = scene.plan()
    scene.hand.does("clock", to=scene.subscription(plan)["items"]["data"][0]["current_period_end"])
    draft = scene.latest(plan)
    assert (draft["status"], draft["number"], draft["hosted_invoice_url"]) == ("draft", None, None)
    with pytest.raises(stripe.InvalidRequestError, match="draft"):
        scene.sdk.v1.invoices.pay(draft["id"])
    assert scene.donor.opens(f"{scene.hand.address}/i/{draft['id']}").status_code == 404
    scene.hand.does("clock", hours=1)
    assert standing(scene, plan) == ("active", "paid", 1)


@pytest.mark.parametrize(
    "wanted",
    [
        {"retry_days": 3},
        {"retry_days": [-1]},
        {"after_last_retry": "shrug"},
        {"automatic_payouts": "yes"},
        {"draft_seconds": True},
        {"refund_status": "lost"},
        {"colour": "red"},
    ],
)
def test_settings_that_make_no_sense_are_refused(scene: Scene, wanted: dict[str, Any]) -> None:
    assert scene.hand.refuses("settings", **wanted)["param"] in wanted
