"""What a donor does with a running plan: another amount from the next debit on, or no debit more.

Nothing is said to be done before the provider's own object says so.
"""

from __future__ import annotations

from portal.core import audit
from portal.core.db import db, transaction
from portal.core.money import Money
from portal.donations.models import Plan, PlanState
from portal.donations.rules.gift import Rhythm, check_amount
from portal.donations.services import thanks
from portal.donations.services.plan_life import apply_subscription
from portal.donations.services.provider import idempotency_key, payments

RUNNING = frozenset({PlanState.ACTIVE, PlanState.PAST_DUE})


class PlanNotRunning(Exception):
    """Only a plan that is being debited can be changed or stopped."""


class AmountNotChanged(Exception):
    """The provider did not take the new amount: the old one still stands."""


class PlanNotStopped(Exception):
    """The provider did not stop the plan: it still runs."""


def change_plan_amount(plan_id: int, amount: Money, *, form_token: str) -> Plan:
    """Take another amount from the next debit on; nothing is charged or given back now.

    Raises AmountError, PlanNotRunning, AmountNotChanged and the errors of the gateway.
    """
    check_amount(amount, Rhythm.MONTHLY)
    with transaction():
        plan, subscription_id = _running(plan_id)
        before = plan.amount
        if amount == before:
            return plan
        key = idempotency_key("plan", plan.id, "amount", amount.minor, form_token)
        found = payments().change_amount(subscription_id, amount, key)
        if found.amount != amount:
            raise AmountNotChanged
        apply_subscription(plan, found)
        thanks.say_amount_changed(plan, before, form_token)
        return plan


def stop_plan(plan_id: int, *, reason: str) -> Plan:
    """End a plan now: no further debit. What was given stays given.

    Raises PlanNotRunning, PlanNotStopped and the errors of the gateway.
    """
    with transaction():
        plan, subscription_id = _running(plan_id)
        key = idempotency_key("plan", plan.id, "stop", plan.started_on)
        found = payments().cancel_subscription(
            subscription_id, at_period_end=False, idempotency_key=key
        )
        if found.status != "canceled":
            raise PlanNotStopped
        plan.stop_reason = reason
        audit.record("plan.stopped", f"plan:{plan.public_id}", note=reason)
        apply_subscription(plan, found)
        return plan


def _running(plan_id: int) -> tuple[Plan, str]:
    plan = db.session.get_one(Plan, plan_id, with_for_update={"of": Plan}, populate_existing=True)
    if plan.state not in RUNNING or plan.stripe_subscription_id is None:
        raise PlanNotRunning
    return plan, plan.stripe_subscription_id
