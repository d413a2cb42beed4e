"""A plan as the provider sees it, brought into ours. The plan's row is locked by the caller."""

from __future__ import annotations

from portal.core import audit
from portal.core.clock import paris_date
from portal.core.db import db
from portal.donations import events
from portal.donations.gateway import SubscriptionSnapshot
from portal.donations.models import Gift, Plan, PlanState
from portal.donations.services import thanks
from portal.donations.services.provider import today
from portal.donations.services.settlement import remember_customer

OVER = frozenset({"canceled", "incomplete_expired"})
BEHIND = frozenset({"past_due", "unpaid"})


def activate(plan: Plan, first: Gift) -> None:
    """The first debit is paid: the plan begins."""
    plan.state = PlanState.ACTIVE
    plan.started_on = first.tax_on
    plan.ended_on = None
    plan.typed = None
    db.session.flush()
    events.plan_activated.send(plan, plan=plan, on=first.tax_on)


def apply_subscription(plan: Plan, found: SubscriptionSnapshot) -> None:
    """Bring the plan to what the subscription is now."""
    plan.stripe_subscription_id = found.id
    remember_customer(plan.donor_id, found.customer_id)
    _follow_amount(plan, found)
    if found.status in OVER:
        _end(plan)
        return
    plan.next_debit_on = paris_date(found.current_period_end)
    plan.cancels_on = plan.next_debit_on if found.cancel_at_period_end else None
    if plan.started_on is not None and plan.state is not PlanState.ENDED:
        _follow_status(plan, found.status)
    db.session.flush()


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


def _follow_status(plan: Plan, status: str) -> None:
    if status in BEHIND and plan.state is not PlanState.PAST_DUE:
        plan.state = PlanState.PAST_DUE
        db.session.flush()
        events.plan_past_due.send(plan, plan=plan, on=today())
        thanks.say_debit_failed(plan)
    elif status == "active":
        plan.state = PlanState.ACTIVE


def _end(plan: Plan) -> None:
    if plan.state in (PlanState.ENDED, PlanState.ABANDONED):
        return
    begun = plan.started_on is not None
    plan.state = PlanState.ENDED if begun else PlanState.ABANDONED
    plan.next_debit_on = plan.cancels_on = None
    if begun:
        plan.ended_on = today()
        db.session.flush()
        events.plan_ended.send(plan, plan=plan, on=plan.ended_on)
        thanks.say_plan_ended(plan)
