"""Another amount from the next debit on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.accounts.codes import Language
from portal.core import audit
from portal.core.db import db
from portal.core.money import Money
from portal.donations import services
from portal.donations.models import OrderKind, OrderState
from tests.integration.donations.conftest import hidden
from tests.integration.donations.plans.conftest import Running, last_mail, subjects
from tests.pages import PageClient


def test_another_amount_is_taken_from_the_next_debit_on(running: Running) -> None:
    page = running.sponsor.follow(running.does("amount", amount="60"))
    assert page.has("Your regular gift is now €60 a month")
    assert page.has("for the first time on December 5, 2026")
    assert running.plan.amount == Money(6_000)
    assert last_mail().subject == "Your regular gift is now €60 a month"
    assert "from €47 to €60" in last_mail().text


def test_the_history_says_what_changed_and_by_whom(running: Running) -> None:
    running.does("amount", amount="60")
    page = running.page()
    assert page.has("Amount: €47 → €60")
    assert page.has("November 22, 2026, by you")
    entry = audit.history(f"plan:{running.plan.public_id}")[0]
    assert entry.action == "plan.order.amount"
    assert entry.actor_id == running.sponsor.account.id


def test_a_change_sent_twice_is_made_and_mailed_once(running: Running) -> None:
    token = hidden(running.sponsor.get(f"{running.path}/amount"), "form_token")
    for _ in range(2):
        running.does("amount", amount="60", form_token=token)
    assert running.payments.calls.count("change_amount") == 1
    assert len(subjects()) == 1


def test_the_same_form_with_another_amount_is_never_sent(running: Running) -> None:
    token = hidden(running.sponsor.get(f"{running.path}/amount"), "form_token")
    running.does("amount", amount="60", form_token=token)
    page = running.sponsor.follow(running.does("amount", amount="90", form_token=token))
    assert page.has("nothing was changed. Begin again.")
    assert running.plan.amount == Money(6_000)
    assert running.payments.calls.count("change_amount") == 1
    actions = [each.action for each in audit.history(f"plan:{running.plan.public_id}")]
    assert "order.conflict" in actions


def test_it_is_not_said_to_be_changed_when_the_provider_did_not(running: Running) -> None:
    running.payments.deaf = True
    page = running.does("amount", amount="60")
    assert page.status == 503
    assert page.has("Nothing was changed. Stripe did not make the change.")
    assert running.plan.amount == Money(4_700)
    assert subjects() == []


def test_a_wish_is_kept_while_the_provider_is_away_and_done_later(running: Running) -> None:
    running.payments.down = True
    page = running.sponsor.follow(running.does("amount", amount="60"))
    assert page.has("Your wish is written down")
    assert page.has("written down, not confirmed yet")
    assert running.plan.amount == Money(4_700)
    running.payments.down = False
    running.clock.instant += services.plan_watch.LEFT_ALONE_FOR * 2
    services.resend_orders()
    db.session.expire_all()
    assert running.plan.amount == Money(6_000)
    assert subjects() == ["Your regular gift is now €60 a month"]


def test_two_changes_in_a_row_end_with_the_second(running: Running) -> None:
    running.payments.down = True
    running.does("amount", amount="60")
    running.does("amount", amount="50")
    running.payments.down = False
    running.clock.instant += services.plan_watch.LEFT_ALONE_FOR * 2
    services.resend_orders()
    db.session.expire_all()
    assert running.plan.amount == Money(5_000)
    first, second = running.orders(OrderKind.AMOUNT)
    assert (first.state, first.problem) == (OrderState.REFUSED, "superseded")
    assert second.done


def test_the_amount_may_change_while_a_debit_is_open(running: Running) -> None:
    invoice = running.debit_fails()
    running.does("amount", amount="30")
    assert running.plan.amount == Money(3_000)
    assert running.payments.invoices[invoice].amount == Money(4_700)


@pytest.mark.parametrize("amount", ["5", "", "many", "100001", "47"])
def test_an_amount_we_do_not_take_is_refused_in_words(running: Running, amount: str) -> None:
    page = running.does("amount", amount=amount)
    assert page.status == 422
    assert page.has("Error")


@pytest.mark.parametrize(
    ("interval", "shown", "too_little"),
    [("quarter", "€141 a quarter", "29"), ("year", "€564 a year", "119")],
)
def test_a_plan_of_another_rhythm_has_its_own_words_and_limits(
    sponsor: PageClient,
    make_running: Callable[..., Running],
    interval: str,
    shown: str,
    too_little: str,
) -> None:
    sponsor.account.language = Language.EN
    minor = {"quarter": 14_100, "year": 56_400}[interval]
    running = make_running(sponsor, interval, amount_minor=minor)
    assert running.page().heading == shown
    assert running.does("amount", amount=too_little).status == 422
    assert running.does("amount", amount=str(int(too_little) + 1)).status == 303


def test_a_currency_never_changes(running: Running) -> None:
    with pytest.raises(services.NotNow):
        services.change_plan_amount(
            running.plan.id, Money(6_000, "USD"), form_token="token-of-a-form-1"
        )
    assert running.orders() == []


def test_it_asks_for_the_password_again_after_a_quarter_of_an_hour(running: Running) -> None:
    from datetime import timedelta

    running.clock.instant += timedelta(minutes=16)
    for answer in (
        running.sponsor.get(f"{running.path}/amount"),
        running.sponsor.post(f"{running.path}/amount", {"amount": "60"}),
    ):
        assert answer.status == 302
        assert "confirm" in answer.location
    assert running.page().status == 200
