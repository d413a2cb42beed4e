"""The front page: what a newcomer sees and presses, in both languages, and who may not press."""

from __future__ import annotations

import re
from dataclasses import dataclass

import html5lib
import pytest
import requests

from portal.stripe_simulator import Simulator
from portal.stripe_simulator.desk.acts import ACTS
from tests.integration.stripe.scenes import Scene


@dataclass
class Desk:
    """A newcomer's browser at the desk."""

    address: str
    http: requests.Session

    def looks(self, language: str = "en", more: str = "") -> str:
        return self.http.get(f"{self.address}/?lang={language}{more}").text

    def presses(self, act: str, **fields: str) -> requests.Response:
        token = re.search(r'name="token" value="([^"]+)"', self.looks())
        assert token is not None
        return self.http.post(
            f"{self.address}/desk/{act}", data={"token": token[1], "lang": "en", **fields}
        )


@pytest.fixture
def desk(simulator: Simulator, browser: requests.Session) -> Desk:
    return Desk(simulator.address, browser)


def everything(scene: Scene) -> None:
    """One row of each kind."""
    for outcome in ("paid", "sepa", "declined", "google_pay"):
        scene.gift(outcome)
    scene.sdk.v1.refunds.create({"charge": scene.charge(), "amount": 500})
    scene.hand.does(f"charges/{scene.charge()}/dispute")
    for outcome in ("paid", "sepa"):
        scene.plan(outcome, "quarter")
    scene.hand.does("faults", status=500, times=2, path="/v1/refunds")
    scene.hand.lets_pass(4)
    scene.hand.does("webhooks", mode="hold")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ["Simulateur de Stripe", "aucun argent ne circule", "Jour suivant", "Encaissé"]),
        ("en", ["Stripe simulator", "no money moves", "Next day", "Under way", "every quarter"]),
    ],
)
def test_the_desk_says_everything_in_the_language_asked_for(
    scene: Scene, desk: Desk, language: str, said: list[str]
) -> None:
    everything(scene)
    page = desk.looks(language)
    assert f'<html lang="{language}">' in page
    assert [each for each in said if each not in page] == []


def test_the_desk_is_valid_labelled_and_scripts_nothing(scene: Scene, desk: Desk) -> None:
    everything(scene)
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(desk.looks("fr"))
    assert len(tree.findall(".//h1")) == 1
    assert tree.find(".//script") is None
    ids = [each.get("id") for each in tree.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    fields = [*tree.findall(".//select"), *tree.findall(".//input")]
    asked = {each.get("id") for each in fields if each.get("type") != "hidden"}
    assert asked == {each.get("for") for each in tree.findall(".//label")}


def test_an_empty_desk_says_what_to_do(desk: Desk) -> None:
    assert "No payment yet" in desk.looks()
    assert "Nothing is due." in desk.looks()


def test_the_clock_moves_by_a_button(scene: Scene, desk: Desk) -> None:
    before = scene.now()
    answer = desk.presses("clock", step="day")
    assert "The clock has moved on." in answer.text
    assert scene.now() - before >= 86_400
    plan = scene.plan()
    desk.presses("clock", step="debit")
    assert len(scene.invoices(plan)) == 2


def test_each_act_on_a_payment_has_its_button(scene: Scene, desk: Desk) -> None:
    charge = scene.charge()
    desk.presses("refund", id=charge, amount="12,50")
    assert scene.charged(charge)["amount_refunded"] == 1250
    refund = scene.sdk.v1.refunds.list({"charge": charge}).data[0]
    desk.presses("fail_refund", id=refund.id)
    assert scene.charged(charge)["amount_refunded"] == 0
    desk.presses("warn", id=charge)
    assert len(scene.sdk.v1.radar.early_fraud_warnings.list().data) == 1
    desk.presses("dispute", id=charge, status="needs_response")
    (dispute,) = scene.sdk.v1.disputes.list().data
    desk.presses("move_dispute", id=dispute.id, status="won")
    assert scene.sdk.v1.disputes.retrieve(dispute.id).status == "won"
    debit = scene.gift("sepa")
    desk.presses("settle", id=debit, outcome="sepa_fails")
    assert scene.intent(debit)["status"] == "requires_payment_method"


def test_each_act_on_a_plan_and_a_payout_has_its_button(scene: Scene, desk: Desk) -> None:
    card, iban = scene.plan(), scene.plan("sepa")
    desk.presses("next_debits", id=card, outcome="declined")
    method = scene.subscription(card)["default_payment_method"]
    desk.presses("clock", step="month")
    assert scene.subscription(card)["status"] == "past_due"
    desk.presses("replace_card", id=method)
    desk.presses("clock", step="week")
    assert scene.subscription(card)["status"] == "active"
    mandate = re.search(r'value="(mandate_[^"]+)"', desk.looks())
    assert mandate is not None
    desk.presses("revoke", id=mandate[1])
    assert scene.sdk.v1.mandates.retrieve(mandate[1]).status == "inactive"
    desk.presses("end_plan", id=iban)
    assert scene.subscription(iban)["status"] == "canceled"
    payout = scene.sdk.v1.payouts.list().data[-1]
    scene.hand.does("settings", automatic_payouts=False)
    desk.presses("fail_payout", id=payout.id)
    assert scene.sdk.v1.payouts.retrieve(payout.id).status == "failed"
    assert desk.presses("pay_out").status_code == 200


def test_webhooks_and_failures_have_their_buttons(scene: Scene, desk: Desk) -> None:
    desk.presses("webhooks", mode="hold")
    assert scene.hand.asks()["webhooks"] == "hold"
    desk.presses("webhooks", mode="on", order="shuffled")
    desk.presses("webhooks", mode="on", twice="yes")
    desk.presses("fault", status="0", times="3")
    assert "Connection cut × 3" in desk.looks()
    desk.presses("no_faults")
    assert scene.hand.asks()["faults"] == []


def test_forgetting_everything_is_asked_twice(scene: Scene, desk: Desk) -> None:
    scene.gift()
    assert desk.presses("reset").status_code == 422
    assert desk.presses("reset", sure="yes").status_code == 200
    assert scene.sdk.v1.charges.list().data == []


@pytest.mark.parametrize(
    ("act", "fields", "status"),
    [
        ("clock", {"step": "year"}, 422),
        ("clock", {"step": "debit"}, 422),
        ("settle", {"id": "pi_missing"}, 422),
        ("refund", {"id": "ch_missing"}, 422),
        ("pay_out", {}, 422),
        ("fault", {"status": "x"}, 422),
        ("webhooks", {"mode": "loud"}, 422),
        ("nonsense", {}, 404),
    ],
)
def test_what_cannot_be_done_is_said_on_the_page(
    desk: Desk, act: str, fields: dict[str, str], status: int
) -> None:
    answer = desk.presses(act, **fields)
    assert answer.status_code == status
    assert "<title>Error" in answer.text
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("amount", ["much", "-5", "0", "1,005", "50"])
def test_an_amount_that_is_none_is_refused(scene: Scene, desk: Desk, amount: str) -> None:
    charge = scene.charge()
    assert desk.presses("refund", id=charge, amount=amount).status_code == 422
    assert scene.charged(charge)["amount_refunded"] == 0


def test_a_form_of_another_page_presses_nothing(desk: Desk, scene: Scene) -> None:
    for act in ACTS:
        answer = desk.http.post(f"{desk.address}/desk/{act}", data={"token": "guessed"})
        assert answer.status_code == 403
    assert "has restarted" in answer.text


def test_older_payments_are_one_click_away(scene: Scene, desk: Desk) -> None:
    for number in range(13):
        scene.gift("paid", 1000 + number)
    assert "€10.00" not in desk.looks()
    assert "€10.00" in desk.looks(more="&all=yes")
