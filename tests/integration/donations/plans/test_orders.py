"""Orders survive a crash at each step and are carried out once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from portal.core.db import db
from portal.core.money import Money
from portal.donations import services
from portal.donations.gateway import IdempotencyConflict
from portal.donations.models import CallReason, OrderKind, OrderState, PlanState
from tests.fakes.payments import FakePayments
from tests.integration.donations.plans.conftest import Running, subjects


class Killed(BaseException):
    """The process dies here."""


@dataclass
class Dying:
    """A provider after whose answer to `verb` the portal dies before it can commit."""

    real: FakePayments
    verb: str
    alive: bool = False

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.real, name)
        if name != self.verb or self.alive:
            return found

        def answers_and_dies(*given: Any, **named: Any) -> None:
            found(*given, **named)
            raise Killed

        return answers_and_dies


Act = Callable[[int], object]
ACTS: dict[str, tuple[str, Act]] = {
    "amount": (
        "change_amount",
        lambda plan: services.change_plan_amount(plan, Money(6_000), form_token="t"),
    ),
    "day": ("change_next_debit", lambda plan: services.change_debit_day(plan, 20, form_token="t")),
    "pause": ("pause_subscription", lambda plan: services.pause_plan(plan, 2, form_token="t")),
    "stop": ("cancel_subscription", lambda plan: services.stop_plan(plan, form_token="t")),
}


def comes_back_to_life(running: Running, dying: Dying, after: timedelta) -> None:
    dying.alive = True
    running.payments.calls.clear()
    running.clock.instant += after
    services.resend_orders()
    db.session.expire_all()


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("dies_at", ["asked", "looked"])
def test_a_crash_after_the_call_has_one_effect(running: Running, act: str, dies_at: str) -> None:
    verb, do = ACTS[act]
    dying = Dying(running.payments, verb if dies_at == "asked" else "fetch_subscription")
    running.sponsor.app.extensions["payments"] = dying
    with pytest.raises(Killed):
        do(running.plan.id)
    db.session.rollback()
    (order,) = running.orders()
    assert order.state == OrderState.ASKED
    kept = len(running.payments.answers)
    comes_back_to_life(running, dying, timedelta(minutes=5))
    (order,) = running.orders()
    assert order.done
    assert len(running.payments.answers) == kept
    do(running.plan.id)  # the form is sent once more
    assert len(running.orders()) == 1


def test_a_crash_before_the_call_loses_nothing(running: Running) -> None:
    running.payments.down = True
    order = services.stop_plan(running.plan.id, form_token="t")
    assert order.waits
    running.payments.down = False
    running.clock.instant += timedelta(minutes=5)
    services.resend_orders()
    db.session.expire_all()
    assert running.plan.cancels_on is not None


def test_a_debit_paid_before_the_crash_is_paid_once(running: Running) -> None:
    running.debit_fails()
    dying = Dying(running.payments, "pay_invoice")
    running.sponsor.app.extensions["payments"] = dying
    with pytest.raises(Killed):
        services.pay_open_debit(running.plan.id, form_token="t")
    db.session.rollback()
    comes_back_to_life(running, dying, timedelta(minutes=5))
    (order,) = running.orders(OrderKind.PAY)
    assert order.done
    assert running.plan.state == PlanState.ACTIVE
    paid = [each for each in running.payments.payments.values() if each.status == "succeeded"]
    assert len(paid) == 1


def test_a_key_older_than_a_day_is_looked_up_and_never_sent(running: Running) -> None:
    dying = Dying(running.payments, "change_amount")
    running.sponsor.app.extensions["payments"] = dying
    with pytest.raises(Killed):
        services.change_plan_amount(running.plan.id, Money(6_000), form_token="t")
    db.session.rollback()
    comes_back_to_life(running, dying, timedelta(hours=30))
    assert "change_amount" not in running.payments.calls
    assert running.orders()[0].done
    assert running.plan.amount == Money(6_000)


def test_an_old_order_that_never_arrived_is_told_to_a_person(running: Running) -> None:
    running.payments.down = True
    by = services.by_sponsor(running.sponsor.account.id)
    services.change_plan_amount(running.plan.id, Money(6_000), form_token="t", by=by)
    tried = running.payments.calls.count("change_amount")
    running.payments.down = False
    running.clock.instant += timedelta(hours=30)
    services.resend_orders()
    db.session.expire_all()
    assert running.payments.calls.count("change_amount") == tried
    assert running.orders()[0].problem == "not_in_effect"
    (call,) = services.open_calls()
    assert call.reason == CallReason.ORDER_FAILED


def test_parameters_that_were_altered_are_never_sent(running: Running) -> None:
    running.payments.down = True
    order = services.change_plan_amount(running.plan.id, Money(6_000), form_token="t")
    order.params = {**order.params, "minor": 600_000}
    db.session.commit()
    running.payments.down = False
    running.clock.instant += timedelta(minutes=5)
    calls = len(running.payments.calls)
    services.resend_orders()
    db.session.expire_all()
    assert "change_amount" not in running.payments.calls[calls:]
    assert running.orders()[0].problem == "conflict"


def test_what_the_provider_refuses_is_refused_for_good(running: Running) -> None:
    running.payments.subscription_ends(running.subscription)
    order = services.change_plan_amount(running.plan.id, Money(6_000), form_token="t")
    assert order.problem == "subscription_canceled"
    db.session.expire_all()
    assert running.plan.state == PlanState.ENDED  # and the plan is brought up to date
    assert subjects() == ["Your regular gift has ended"]


def test_a_changed_key_at_the_provider_is_an_alarm(running: Running) -> None:
    class Conflicting:
        def __getattr__(self, name: str) -> Any:
            return getattr(running.payments, name)

        def change_amount(self, *_given: Any) -> Any:
            raise IdempotencyConflict("the key was used for another request")

    running.sponsor.app.extensions["payments"] = Conflicting()
    order = services.change_plan_amount(running.plan.id, Money(6_000), form_token="t")
    assert order.problem == "conflict"


def test_only_a_running_plan_takes_orders(running: Running) -> None:
    running.plan.state = PlanState.ENDED
    db.session.commit()
    with pytest.raises(services.PlanNotRunning):
        services.pause_plan(running.plan.id, 1, form_token="t")
