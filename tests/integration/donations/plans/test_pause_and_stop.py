"""Another day, a pause, an end, and taking both back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from portal.accounts.codes import Language
from portal.core.db import db
from portal.core.money import Money
from portal.donations import services
from portal.donations.codes import PurposeKind
from portal.donations.models import OrderKind, PlanState
from tests.integration.donations.conftest import Told
from tests.integration.donations.plans.conftest import Running, last_mail, subjects
from tests.pages import PageClient


def test_the_day_moves_and_later_debits_follow(running: Running) -> None:
    page = running.sponsor.get(f"{running.path}/day")
    assert page.has("20 – next debit on December 20, 2026")
    page = running.sponsor.follow(running.does("day", day="20"))
    assert page.has("Your next debit is on December 20, 2026")
    assert running.plan.next_debit_on == date(2026, 12, 20)
    assert running.plan.state == PlanState.ACTIVE
    assert last_mail().subject == "Your next debit is on December 20, 2026"


def test_a_provider_that_speaks_of_a_trial_means_a_plan_in_good_order(running: Running) -> None:
    running.does("day", day="20")
    present = running.payments.subscriptions[running.subscription]
    running.payments.subscriptions[running.subscription] = replace(present, status="trialing")
    running.is_told("customer.subscription.updated", running.subscription)
    assert running.plan.state == PlanState.ACTIVE


def test_a_pause_says_until_when_and_when_the_next_debit_is(running: Running, told: Told) -> None:
    page = running.sponsor.get(f"{running.path}/pause")
    assert page.has("Your next debit is planned for December 5, 2026")
    assert page.has("No child lacks anything because of it")
    page = running.sponsor.follow(running.does("pause", months="2"))
    assert page.has("Your regular gift pauses until January 22, 2027")
    assert page.has("The next debit is on February 5, 2027.")
    assert running.plan.state == PlanState.PAUSED
    assert running.plan.paused_until == date(2027, 1, 22)
    assert running.plan.next_debit_on == date(2027, 2, 5)
    assert told.names == []
    assert last_mail().subject == "Your regular gift pauses until January 22, 2027"


def test_nothing_is_taken_during_a_pause_and_it_ends_by_itself(running: Running) -> None:
    running.does("pause", months="2")
    for _ in range(2):
        running.is_told("invoice.voided", running.payments.month_passes(running.subscription))
    assert list(running.payments.payments) == []
    paid = running.payments.month_passes(running.subscription)
    running.clock.instant = running.payments.now
    running.is_told("invoice.paid", paid)
    assert running.plan.state == PlanState.ACTIVE
    assert running.plan.paused_until is None


def test_a_pause_that_ended_without_a_word_is_found(running: Running) -> None:
    running.does("pause", months="1")
    present = running.payments.subscriptions[running.subscription]
    over = replace(present, paused=False, paused_until=None)
    running.payments.subscriptions[running.subscription] = over
    running.clock.instant += timedelta(days=31)
    services.watch_plans()
    db.session.expire_all()
    assert running.plan.state == PlanState.ACTIVE


def test_a_pause_may_end_earlier(running: Running) -> None:
    running.does("pause", months="3")
    page = running.sponsor.follow(running.does("resume"))
    assert page.has("Your regular gift goes on")
    assert running.plan.state == PlanState.ACTIVE
    assert running.plan.next_debit_on == date(2026, 12, 5)


def test_higher_features_hear_of_a_pause_and_of_its_end(running: Running) -> None:
    from portal.donations import events

    heard: list[str] = []

    def paused(_sender: object, **_more: object) -> None:
        heard.append("paused")

    def resumed(_sender: object, **_more: object) -> None:
        heard.append("resumed")

    with events.plan_paused.connected_to(paused), events.plan_resumed.connected_to(resumed):
        running.does("pause", months="1")
        running.is_told("customer.subscription.updated", running.subscription)
        running.does("resume")
    assert heard == ["paused", "resumed"]


def test_a_yearly_gift_due_in_ten_months_has_nothing_to_pause(
    sponsor: PageClient, make_running: Callable[..., Running]
) -> None:
    sponsor.account.language = Language.EN
    running = make_running(sponsor, "year", next_debit_on=date(2027, 9, 5))
    page = running.sponsor.get(f"{running.path}/pause")
    assert page.has("there is nothing to pause")


def test_stopping_takes_two_clicks_and_no_reason(running: Running, told: Told) -> None:
    page = running.sponsor.get(f"{running.path}/stop")
    assert page.heading == "Stop giving €47 a month"
    assert page.has("No child depends on one sponsor")
    page = running.sponsor.follow(running.does("stop"))
    assert page.has("No further debit will be taken")
    assert (running.plan.state, running.plan.cancels_on) == (PlanState.ACTIVE, date(2026, 12, 5))
    assert told.names == []
    assert subjects() == ["Your regular gift stops: no further debit"]


def test_it_ends_when_the_time_paid_for_is_over(running: Running, told: Told) -> None:
    running.does("stop", reason="We move.")
    running.payments.subscription_ends(running.subscription)
    running.is_told("customer.subscription.deleted", running.subscription)
    running.is_told("customer.subscription.updated", running.subscription)
    assert running.plan.state == PlanState.ENDED
    assert running.plan.stop_reason == "We move."
    assert told.names == ["plan_ended"]
    assert last_mail().subject == "Your regular gift has ended"
    assert "no further payment is taken" in last_mail().text
    assert len(subjects()) == 2


def test_a_stop_is_taken_back_until_it_is_in_force(running: Running) -> None:
    running.does("stop", reason="We move.")
    page = running.sponsor.follow(running.does("keep"))
    assert page.has("The stop was taken back")
    assert running.plan.cancels_on is None
    assert running.plan.stop_reason == ""
    assert running.plan.next_debit_on == date(2026, 12, 5)


def test_a_plan_that_is_behind_ends_at_once_and_its_open_debit_is_dropped(
    running: Running, told: Told
) -> None:
    invoice = running.debit_fails()
    page = running.sponsor.follow(running.does("stop"))
    assert page.has("It is stopped: no further debit will be taken.")
    assert running.plan.state == PlanState.ENDED
    assert running.payments.invoices[invoice].status == "uncollectible"
    assert "no further payment is taken" in last_mail().text
    assert told.names[-1] == "plan_ended"


def test_a_pause_drops_the_open_debit(running: Running) -> None:
    invoice = running.debit_fails()
    running.does("pause", months="1")
    assert running.plan.state == PlanState.PAUSED
    assert running.payments.invoices[invoice].status == "uncollectible"
    assert services.open_failures(running.plan.id) == []
    assert running.orders(OrderKind.FORGIVE)[0].done


def test_it_is_not_said_to_be_stopped_when_the_provider_did_not(running: Running) -> None:
    running.payments.deaf = True
    page = running.does("stop")
    assert page.status == 503
    assert page.has("Nothing was changed.")
    assert running.plan.cancels_on is None
    assert subjects() == []


def test_a_stopped_plan_offers_nothing_more(running: Running) -> None:
    running.payments.subscription_ends(running.subscription)
    running.is_told("customer.subscription.deleted", running.subscription)
    page = running.page()
    assert not [link for link in page.links() if link.startswith(f"{running.path}/")]
    assert page.has("Give regularly again")
    running.is_herself()
    assert running.sponsor.get(f"{running.path}/stop").status == 303


def test_a_stop_wins_over_whatever_else_still_waits(running: Running) -> None:
    running.payments.down = True
    running.does("amount", amount="60")
    running.does("pause", months="1")
    running.does("stop")
    running.payments.down = False
    running.clock.instant += timedelta(minutes=5)
    services.resend_orders()
    db.session.expire_all()
    assert running.plan.cancels_on == date(2026, 12, 5)
    assert running.plan.amount == Money(4_700)
    assert [order.problem for order in running.orders()] == ["superseded", "superseded", ""]


def test_the_card_on_the_home_page_says_how_it_stands(running: Running) -> None:
    from portal.donations.cards import home_card

    def line() -> str:
        with running.sponsor.app.test_request_context("/me/", headers={"Accept-Language": "en"}):
            card = home_card(running.plan.donor_id)
        assert card is not None
        return card.lines[0]

    assert line() == "€47 a month, next on December 5, 2026."
    running.does("pause", months="1")
    assert line() == "€47 a month: paused until December 22, 2026."


def test_a_gift_without_a_child_says_nothing_of_one(
    sponsor: PageClient, make_running: Callable[..., Running]
) -> None:
    sponsor.account.language = Language.EN
    running = make_running(sponsor, purpose=PurposeKind.GENERAL)
    assert not running.sponsor.get(f"{running.path}/stop").has("The child")
    assert running.clock.instant == datetime(2026, 11, 22, 10, tzinfo=UTC)
