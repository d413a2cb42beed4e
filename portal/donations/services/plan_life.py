"""A plan as the provider sees it, brought into ours. The plan's row is locked by the caller."""

from __future__ import annotations

import datetime as dt

from portal.core import audit
from portal.core.clock import paris_date
from portal.core.db import db
from portal.donations import events
from portal.donations.gateway import SubscriptionSnapshot
from portal.donations.models import (
    CallReason,
    Gift,
    OrderKind,
    OrderState,
    Plan,
    PlanState,
)
from portal.donations.rules.plan_dates import next_debit
from portal.donations.services.methods import learn_method
from portal.donations.services.order_acts import OVER
from portal.donations.services.orders import orders_of
from portal.donations.services.plan_calls import no_call_needed, open_call
from portal.donations.services.plan_mails import say_plan_ended
from portal.donations.services.provider import payments, today
from portal.donations.services.reminders import climb, drop_failures, open_failures
from portal.donations.services.settlement import remember_customer

BEHIND = frozenset({"past_due", "unpaid"})
WELL = frozenset({"active", "trialing"})
"""A plan whose next debit was moved is on trial until then, in the provider's words."""
CALL_WITHIN = dt.timedelta(days=2)


def activate(plan: Plan, first: Gift) -> None:
    """The first debit is paid: the plan begins."""
    plan.state = PlanState.ACTIVE
    plan.started_on = first.tax_on
    plan.ended_on = None
    plan.typed = None
    db.session.flush()
    events.plan_activated.send(plan, plan=plan, on=first.tax_on)


def apply_subscription(plan: Plan, found: SubscriptionSnapshot) -> None:
    """Bring the plan to what the subscription is now, and write what that calls for.

    What is heard of another subscription than the plan's own leaves the plan as it is.
    """
    if stands_beside(plan, found):
        return
    plan.stripe_subscription_id = found.id
    remember_customer(plan.donor_id, found.customer_id)
    _follow_amount(plan, found)
    if found.status in OVER:
        if plan.started_on is not None or _came_of_its_page(plan, found):
            _end(plan)
        return
    _follow_days(plan, found)
    if plan.state is PlanState.ABANDONED and plan.started_on is None:
        plan.state = PlanState.PENDING  # somebody is paying after all
    if plan.started_on is not None and plan.state is not PlanState.ENDED:
        _follow_status(plan, found)
        learn_method(plan, found)
        db.session.flush()
        climb(plan)
    db.session.flush()


def stands_beside(plan: Plan, found: SubscriptionSnapshot) -> bool:
    """Whether this is not the plan's own subscription: one of an attempt before that is over, or a
    second one that takes as well, which a person is asked to end."""
    own = plan.stripe_subscription_id
    if own is None or own == found.id:
        return False
    if found.status in OVER:
        return True
    status = payments().fetch_subscription(own).status
    given_up = status in OVER or (plan.started_on is None and status == "incomplete")
    if plan.state is not PlanState.ENDED and given_up:
        return False  # tried again: from now on this one is the plan's own
    open_call(plan, CallReason.TWO_SUBSCRIPTIONS, today() + CALL_WITHIN)
    return True


def _came_of_its_page(plan: Plan, found: SubscriptionSnapshot) -> bool:
    """Whether the subscription was begun on the payment page that is open now, not on one before."""
    if plan.stripe_session_id is None:
        return plan.attempt == 1
    checkout = payments().fetch_checkout(plan.stripe_session_id)
    return checkout.subscription_id in (None, found.id) and checkout.status != "open"


def _follow_amount(plan: Plan, found: SubscriptionSnapshot) -> None:
    """An amount changed at the provider is what the next debit takes: ours follows, with a trace."""
    if found.amount == plan.amount:
        return
    audit.record(
        "plan.amount_changed",
        f"plan:{plan.public_id}",
        before={"amount": str(plan.amount)},
        after={"amount": str(found.amount)},
    )
    plan.amount_minor, plan.currency = found.amount.minor, found.amount.currency


def _follow_days(plan: Plan, found: SubscriptionSnapshot) -> None:
    period_ends = paris_date(found.current_period_end)
    until = paris_date(found.paused_until) if found.paused and found.paused_until else None
    plan.paused_until = until
    plan.cancels_on = period_ends if found.cancel_at_period_end else None
    if found.paused and until is None:
        plan.next_debit_on = None  # paused for an unknown time, in the provider's own pages
    else:
        plan.next_debit_on = next_debit(period_ends, str(plan.interval), until)


def _follow_status(plan: Plan, found: SubscriptionSnapshot) -> None:
    before, after = plan.state, _state_of(plan, found)
    if before is after:
        return
    plan.state = after
    db.session.flush()
    if before is PlanState.PAUSED:
        events.plan_resumed.send(plan, plan=plan, on=today())
    if after is PlanState.PAUSED:
        events.plan_paused.send(plan, plan=plan, on=today())
    elif after is PlanState.PAST_DUE:
        events.plan_past_due.send(plan, plan=plan, on=today())
    elif before is PlanState.PAST_DUE:
        no_call_needed(plan, CallReason.AT_RISK)
        events.plan_recovered.send(plan, plan=plan, on=today())


def _state_of(plan: Plan, found: SubscriptionSnapshot) -> PlanState:
    """A word nobody here knows changes nothing."""
    if found.paused:
        return PlanState.PAUSED
    if found.status in BEHIND:
        return PlanState.PAST_DUE
    if found.status in WELL or plan.state is PlanState.PAUSED:
        return PlanState.ACTIVE
    return plan.state


def _end(plan: Plan) -> None:
    if plan.state in (PlanState.ENDED, PlanState.ABANDONED):
        return
    begun = plan.started_on is not None
    unpaid = bool(open_failures(plan.id)) and not _was_stopped(plan)
    plan.state = PlanState.ENDED if begun else PlanState.ABANDONED
    plan.next_debit_on = plan.cancels_on = plan.paused_until = None
    if begun:
        plan.ended_on = today()
        drop_failures(plan)
        if not unpaid:
            no_call_needed(plan, CallReason.AT_RISK)
        db.session.flush()
        events.plan_ended.send(plan, plan=plan, on=plan.ended_on)
        say_plan_ended(plan, unpaid=unpaid)


def _was_stopped(plan: Plan) -> bool:
    """Whether somebody wanted it to end, rather than a debit that never came through."""
    asked = orders_of(plan.id, OrderKind.STOP)
    return any(order.state is not OrderState.REFUSED for order in asked[:1])
