"""Another card or IBAN: said to be done only when the plan itself is debited from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.core.db import db
from portal.donations import services
from portal.donations.models import CallReason, OrderKind, PlanMethod, PlanState
from tests.integration.donations.conftest import hidden
from tests.integration.donations.plans.conftest import CARD, Running, last_mail, subjects
from tests.pages import Page

REPLACED = "Debits now come from the card Visa •••• 4444"


def opens_page(running: Running, **answers: str) -> str:
    """To the provider's page; gives the session."""
    page = running.does("method", **answers)
    assert page.status == 303, page.text
    assert page.location.startswith("https://pay.example.org/")
    return page.location.rpartition("/")[2]


def comes_back(running: Running) -> str:
    """The address the sponsor is led to when the provider sends her back."""
    (asked,) = running.payments.methods_asked.values()
    back = running.sponsor.get(asked.success_url.removeprefix("http://localhost"))
    assert back.status == 303, back.text
    return back.location


def checks(running: Running) -> Page:
    page = running.sponsor.post(comes_back(running))
    db.session.expire_all()
    return running.sponsor.follow(page)


def knows_the_card(running: Running) -> None:
    running.is_told("customer.subscription.updated", running.subscription)


def test_the_page_shows_four_figures_and_the_last_month(running: Running) -> None:
    knows_the_card(running)
    page = running.page()
    assert page.has("Visa •••• 4242")
    assert page.has("04/2028")


def test_another_card_is_in_use_when_the_plan_says_so(running: Running) -> None:
    knows_the_card(running)
    session = opens_page(running)
    running.payments.donor_gives_method(session)
    page = running.sponsor.get(comes_back(running))
    assert page.heading == "We are confirming your card or IBAN"
    page = checks(running)
    assert page.has("from now on debits come from the new card or IBAN")
    assert page.has("Visa •••• 4444")
    assert page.has("Visa •••• 4242 replaced by Visa •••• 4444")
    assert subjects() == [REPLACED]
    assert running.sponsor.get(comes_back(running)).heading == "Your new card or IBAN is in use"


def test_it_is_not_said_to_be_replaced_when_the_plan_keeps_the_old_one(running: Running) -> None:
    session = opens_page(running)
    running.payments.donor_gives_method(session)
    running.payments.deaf = True
    page = checks(running)
    assert page.heading == "The new card or IBAN was not accepted"
    assert page.has("Nothing was changed")
    assert subjects() == []


def test_the_message_alone_puts_it_in_place_when_nobody_comes_back(running: Running) -> None:
    session = opens_page(running)
    running.payments.donor_gives_method(session)
    (setup,) = running.payments.setups
    assert services.refresh_method("setup_intent", setup)
    assert services.refresh_method("setup_intent", setup)
    db.session.expire_all()
    assert running.payments.subscriptions[running.subscription].method_id != CARD.id
    assert subjects() == [REPLACED]
    assert len(running.orders(OrderKind.METHOD)) == 1


def test_without_message_and_return_it_is_found(running: Running) -> None:
    session = opens_page(running)
    running.payments.donor_gives_method(session)
    services.watch_plans()
    assert subjects() == [REPLACED]


def test_a_page_that_was_left_changes_nothing(running: Running) -> None:
    session = opens_page(running)
    assert running.sponsor.get(comes_back(running)).heading == "No card or IBAN was given"
    running.payments.method_refused(session)
    assert checks(running).heading == "No card or IBAN was given"
    running.payments.expires(session)
    assert running.sponsor.get(comes_back(running)).heading == "The page has closed"
    assert running.orders(OrderKind.METHOD) == []


def test_an_iban_comes_with_its_mandate(running: Running) -> None:
    session = opens_page(running)
    running.payments.donor_gives_method(session, "sepa", last4="3000")
    page = checks(running)
    assert page.has("Bank account (IBAN) •••• 3000")
    assert subjects() == ["Debits now come from the bank account (IBAN) •••• 3000"]
    assert page.has("RUM-mandate")


def test_former_cards_are_kept(running: Running) -> None:
    knows_the_card(running)
    running.payments.donor_gives_method(opens_page(running))
    checks(running)
    kept = db.session.query(PlanMethod).order_by(PlanMethod.id).all()
    assert [(each.last4, each.until_at is None) for each in kept] == [
        ("4242", False),
        ("4444", True),
    ]


def test_with_an_open_debit_the_sponsor_is_asked_first(running: Running) -> None:
    running.debit_fails()
    running.is_herself()
    page = running.does("method")
    assert page.status == 422
    assert page.has("Choose what happens with the open debit.")
    assert running.orders(OrderKind.METHOD_PAGE) == []


@pytest.mark.parametrize(
    ("choice", "status", "paid"), [("now", "paid", True), ("later", "uncollectible", False)]
)
def test_an_open_debit_is_never_taken_by_surprise(
    running: Running, choice: str, status: str, paid: bool
) -> None:
    invoice = running.debit_fails()
    session = opens_page(running, collect=choice)
    running.payments.donor_gives_method(session)
    checks(running)
    assert running.payments.invoices[invoice].status == status
    assert ("pay_invoice" in running.payments.calls) is paid
    assert running.plan.state == PlanState.ACTIVE


def test_a_page_is_not_opened_twice_by_a_double_click(running: Running) -> None:
    running.is_herself()
    token = hidden(running.sponsor.get(f"{running.path}/method"), "form_token")
    first = running.does("method", form_token=token).location
    assert running.does("method", form_token=token).location == first


def test_a_provider_that_is_away_is_said_in_words(running: Running) -> None:
    running.is_herself()
    form = running.sponsor.get(f"{running.path}/method")
    running.payments.down = True
    page = running.sponsor.post(
        f"{running.path}/method", {"form_token": hidden(form, "form_token")}
    )
    assert page.status == 503
    assert page.has("does not answer just now; nothing was changed")


def test_a_card_that_ends_soon_is_written_about_once(running: Running) -> None:
    running.payments.methods[CARD.id] = replace(CARD, expires=(2026, 12))
    knows_the_card(running)
    for _ in range(3):
        services.remind_of_cards()
        running.clock.instant += timedelta(days=1)
    assert subjects() == ["Your card Visa •••• 4242 expires soon"]
    assert "good until December 31, 2026" in last_mail().text


@pytest.mark.parametrize("act", ["pause", "stop"])
def test_nobody_is_asked_for_a_card_while_the_gift_pauses_or_stops(
    running: Running, act: str
) -> None:
    running.payments.methods[CARD.id] = replace(CARD, expires=(2026, 12))
    knows_the_card(running)
    running.does(act, months="1")
    services.remind_of_cards()
    assert "Your card Visa •••• 4242 expires soon" not in subjects()


def test_a_card_the_bank_renewed_goes_on_by_itself(running: Running) -> None:
    knows_the_card(running)
    running.payments.methods[CARD.id] = replace(CARD, last4="7777", expires=(2031, 4))
    for _ in range(2):
        assert services.refresh_method("payment_method", CARD.id)
    assert subjects() == ["Debits now come from the card Visa •••• 7777"]
    assert "Your bank has renewed your card" in last_mail().text
    assert services.method_in_use(running.plan.id).expires_on == date(2031, 4, 30)  # type: ignore[union-attr]


def test_a_card_that_is_gone_has_somebody_call(running: Running) -> None:
    knows_the_card(running)
    running.payments.methods[CARD.id] = replace(CARD, customer_id=None)
    services.refresh_method("payment_method", CARD.id)
    (call,) = services.open_calls()
    assert call.reason == CallReason.METHOD_GONE


def test_a_mandate_ended_at_the_bank_has_somebody_call(running: Running) -> None:
    running.payments.donor_gives_method(opens_page(running), "sepa", last4="3000")
    checks(running)
    (mandate,) = running.payments.mandates
    running.payments.mandate_ends(mandate)
    assert services.refresh_method("mandate", mandate)
    (call,) = services.open_calls()
    assert call.reason == CallReason.METHOD_GONE
    assert running.page().has("no longer valid")


def test_a_direct_debit_is_announced_once_and_again_when_its_sum_changes(
    running: Running,
) -> None:
    running.payments.donor_gives_method(opens_page(running), "sepa", last4="3000")
    checks(running)
    for _ in range(2):
        assert services.refresh_upcoming(running.subscription)
    running.does("amount", amount="60")
    services.refresh_upcoming(running.subscription)
    announced = [each for each in subjects() if each.startswith("Direct debit of")]
    assert announced == [
        "Direct debit of €47 on December 5, 2026",
        "Direct debit of €60 on December 5, 2026",
    ]


def test_a_card_is_never_announced(running: Running) -> None:
    services.refresh_upcoming(running.subscription)
    assert subjects() == []


@pytest.mark.parametrize("kind", ["payment_method", "customer"])
def test_what_is_none_of_ours_is_left_alone(running: Running, kind: str) -> None:
    assert not services.refresh_method(kind, "pm_unknown")
