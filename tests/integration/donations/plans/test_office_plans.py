"""What the head office does for a sponsor, and what each role sees."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts.codes import Language
from portal.core import audit
from portal.core.db import db
from portal.core.money import Money
from portal.donations import services
from portal.donations.models import OrderChannel, PlanState
from tests.integration.donations.conftest import hidden
from tests.integration.donations.plans.conftest import Running, last_mail, subjects
from tests.pages import Page, PageClient


def does(accountant: PageClient, running: Running, act: str, **answers: str) -> Page:
    path = f"/office/plans/{running.plan.public_id}/{act}"
    answers.setdefault("form_token", hidden(accountant.get(path), "form_token"))
    page = accountant.post(path, answers)
    db.session.expire_all()
    return page


@pytest.fixture
def accountant(accountant: PageClient) -> PageClient:
    accountant.account.language = Language.EN
    accountant.account.display_name = "Jeanne"
    db.session.commit()
    return accountant


@pytest.fixture
def matcher(matcher: PageClient) -> PageClient:
    matcher.account.language = Language.EN
    db.session.commit()
    return matcher


def test_the_sponsor_is_told_who_changed_what(accountant: PageClient, running: Running) -> None:
    page = accountant.follow(does(accountant, running, "amount", amount="60"))
    assert page.has("The sponsor is told by e-mail who changed what.")
    assert page.has("on the sponsor's behalf, by Jeanne")
    assert running.plan.amount == Money(6_000)
    assert "Jeanne of our team changed your regular gift for you" in last_mail().text
    assert running.orders()[0].channel == OrderChannel.OFFICE
    entry = audit.history(f"plan:{running.plan.public_id}")[0]
    assert entry.actor_id == accountant.account.id
    assert entry.note.startswith("office")
    assert running.page().has("for you, by Jeanne")


@pytest.mark.parametrize(
    ("act", "answers", "state"),
    [
        ("pause", {"months": "1"}, PlanState.PAUSED),
        ("day", {"day": "20"}, PlanState.ACTIVE),
        ("stop", {"reason": "On the telephone."}, PlanState.ACTIVE),
    ],
)
def test_every_act_can_be_done_on_behalf(
    accountant: PageClient, running: Running, act: str, answers: dict[str, str], state: str
) -> None:
    assert does(accountant, running, act, **answers).status == 303
    assert running.plan.state == state
    assert len(subjects()) == 1


def test_a_stop_is_taken_back_on_behalf(accountant: PageClient, running: Running) -> None:
    does(accountant, running, "stop")
    does(accountant, running, "keep")
    assert running.plan.cancels_on is None


def test_an_open_debit_is_tried_on_behalf(accountant: PageClient, running: Running) -> None:
    running.debit_fails()
    running.is_herself(accountant)
    does(accountant, running, "pay")
    assert running.plan.state == PlanState.ACTIVE


def test_a_card_declined_on_behalf_leads_to_a_link_for_another(
    accountant: PageClient, running: Running
) -> None:
    running.debit_fails()
    running.payments.pays_now = "failed"
    running.is_herself(accountant)
    page = does(accountant, running, "pay")
    assert page.status == 422
    assert page.has("Nothing was taken: the €47 did not come through")
    assert f"/office/plans/{running.plan.public_id}/link" in page.links()


def test_nobody_types_a_card_for_a_sponsor_a_link_is_sent(
    accountant: PageClient, running: Running
) -> None:
    path = f"/office/plans/{running.plan.public_id}"
    assert accountant.get(f"{path}/method").status == 404
    assert accountant.get(f"{path}/link").has("Nobody here ever types a card number.")
    page = accountant.follow(accountant.post(f"{path}/link"))
    assert page.has("The link is on its way to the sponsor.")
    assert subjects() == ["Your link for your regular gift"]
    assert "/en/plan/" in last_mail().text


def test_it_asks_for_the_password_again(accountant: PageClient, running: Running) -> None:
    running.clock.instant += timedelta(minutes=16)
    page = accountant.post(f"/office/plans/{running.plan.public_id}/stop")
    assert page.status == 302
    assert "confirm" in page.location
    assert running.orders() == []


def test_a_matcher_sees_good_order_and_no_amount(matcher: PageClient, running: Running) -> None:
    page = matcher.get("/office/plans")
    assert page.has(running.plan.donor.last_name)
    assert page.has("In good order")
    assert "47" not in page.text.replace(running.plan.donor.ref, "")
    assert matcher.get(f"/office/plans/{running.plan.public_id}").status == 404
    assert matcher.post(f"/office/plans/{running.plan.public_id}/stop").status == 404
    csv = matcher.client.get("/office/plans?format=csv").get_data(as_text=True)
    assert "47" not in csv.replace(running.plan.donor.ref, "")


@pytest.mark.parametrize(
    ("which", "found"),
    [
        ("running", True),
        ("behind", True),
        ("paused", False),
        ("ending", False),
        ("card", False),
        ("ended", False),
        ("all", True),
    ],
)
def test_the_list_has_filters(
    accountant: PageClient, running: Running, which: str, found: bool
) -> None:
    running.debit_fails()
    page = accountant.get(f"/office/plans?which={which}")
    assert page.has(running.plan.donor.last_name) is found


def test_an_unconfirmed_change_stands_on_top_of_the_list(
    accountant: PageClient, running: Running
) -> None:
    running.payments.down = True
    running.does("amount", amount="60")
    page = accountant.get("/office/plans")
    assert page.has("1 change is not confirmed by Stripe")
    assert page.has("Amount: €47 → €60")


def test_a_call_is_made_and_noted(matcher: PageClient, running: Running) -> None:
    running.fails_again(running.debit_fails())
    page = matcher.get("/office/plans/calls")
    assert page.has(running.plan.donor.last_name)
    assert page.has("A debit has failed more than once")
    assert not page.has("€47")
    (call,) = services.open_calls()
    path = f"/office/plans/calls/{call.public_id}"
    assert matcher.post(path, {"note": ""}).status == 422
    page = matcher.follow(matcher.post(path, {"note": "Pays next week."}))
    assert page.has("Noted. Thank you for calling.")
    assert page.has("Nobody to call today")
    assert matcher.get(path).has("Pays next week.")


def test_today_asks_for_the_call(matcher: PageClient, running: Running) -> None:
    running.fails_again(running.debit_fails())
    assert matcher.get("/office/").has("Sponsorships at risk: call")


def test_strangers_find_nothing(
    field_officer: PageClient, sponsor: PageClient, running: Running
) -> None:
    for stranger in (field_officer, sponsor):
        for path in ("", f"/{running.plan.public_id}", "/calls"):
            assert stranger.get(f"/office/plans{path}").status == 404
