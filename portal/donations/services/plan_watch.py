"""What plans need though nothing told us: orders asked again, pages finished, cards that end soon."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa

from portal.core.db import db, transaction
from portal.donations.models import (
    CallReason,
    DebitFailure,
    FailureState,
    Gift,
    OrderChannel,
    OrderKind,
    OrderState,
    Plan,
    PlanMethod,
    PlanNotice,
    PlanState,
    ProviderOrder,
)
from portal.donations.rules.plan_ladder import NoticeKind, card_ends_soon, upcoming_is_due
from portal.donations.services.carrying_out import carry_out, carry_out_all
from portal.donations.services.converge import refresh_debits, refresh_subscription
from portal.donations.services.method_update import finish_method_update, open_pages
from portal.donations.services.methods import method_in_use
from portal.donations.services.orders import RUNNING, THE_PORTAL, locked_plan, place
from portal.donations.services.plan_calls import open_call
from portal.donations.services.plan_mails import (
    say_card_expiring,
    say_debit_returned,
    say_upcoming,
)
from portal.donations.services.plans import pauses_of
from portal.donations.services.provider import now, payments, today

log = logging.getLogger(__name__)
LEFT_ALONE_FOR = dt.timedelta(minutes=2)
HEARD_OF_WITHIN = dt.timedelta(hours=1)
CALL_WITHIN = dt.timedelta(days=2)
AT_ONCE = 200
"""How many plans are asked about in one round."""


def resend_orders() -> None:
    """Ask again for each order that waits: the same key within a day, a look at the object later."""
    waiting = sa.select(ProviderOrder.id).where(
        ProviderOrder.state == OrderState.ASKED,
        sa.func.coalesce(ProviderOrder.tried_at, ProviderOrder.asked_at) < now() - LEFT_ALONE_FOR,
    )
    _each(db.session.scalars(waiting.order_by(ProviderOrder.id)).all(), _resend)


def watch_plans() -> None:
    """Plans that are behind, pauses that are over, pages nobody came back from."""
    _each(_behind(), refresh_debits)
    _each(_pauses_over(), refresh_subscription)
    _each(_method_unknown(), refresh_subscription)
    _each(open_pages(), finish_method_update)


def remind_of_cards() -> None:
    """Write once about each card that ends this month or the next."""
    soon = sa.select(PlanMethod.plan_id).where(
        PlanMethod.until_at.is_(None), PlanMethod.expires_on.is_not(None), ~PlanMethod.gone
    )
    _each(db.session.scalars(soon.order_by(PlanMethod.plan_id)).all(), _remind_of_card)


def refresh_upcoming(subscription_id: str) -> bool:
    """A debit is about to be taken: announce a direct debit when the law asks for it.

    The first one of a mandate, and each one of another sum than was announced last. Gives False when
    the plan is none of ours.
    """
    if not refresh_subscription(subscription_id):
        return False
    with transaction():
        plan = db.session.scalars(
            sa.select(Plan)
            .where(Plan.stripe_subscription_id == subscription_id)
            .with_for_update(of=Plan)
        ).one_or_none()
        if plan is None:  # of a second subscription beside the plan's own: a person is asked
            return True
        method = method_in_use(plan.id)
        if method is not None and method.kind == "sepa" and plan.state is PlanState.ACTIVE:
            _announce(plan, method)
    return True


def on_debit_returned(_sender: Gift, *, plan: Plan, **_more: Any) -> None:
    """The bank took a direct debit back, perhaps weeks later: nothing more is taken on that mandate.

    The plan pauses by an order that the next round carries out; the sponsor is told, somebody calls.
    """
    gift, plan = _sender, locked_plan(plan.id)
    if plan.state not in RUNNING or plan.cancels_on is not None:
        return
    if _of_another_subscription(gift, plan):
        open_call(plan, CallReason.TWO_SUBSCRIPTIONS, today() + CALL_WITHIN)
        return
    method = method_in_use(plan.id)
    if method is not None:
        method.mandate_status, method.gone = "returned", True
    choice = next(reversed(pauses_of(plan)), None)
    if choice is not None and plan.stripe_subscription_id is not None:
        until = {"until": choice.until.isoformat()}
        place(
            plan,
            OrderKind.PAUSE,
            {"months": choice.months, **until},
            act=f"returned:{gift.id}",
            by=THE_PORTAL,
            after={**until, "next": choice.next_debit_on.isoformat()},
            note="debit_returned",
        )
    open_call(plan, CallReason.DEBIT_RETURNED, today() + CALL_WITHIN)
    say_debit_returned(plan, str(gift.id))


def _of_another_subscription(gift: Gift, plan: Plan) -> bool:
    """Whether a debit was taken by a second subscription beside the plan's own."""
    if gift.stripe_invoice_id is None:
        return False
    invoice = payments().fetch_invoice(gift.stripe_invoice_id)
    return invoice.subscription_id not in (None, plan.stripe_subscription_id)


def _each(subjects: Iterable[Any], act: Callable[[Any], Any]) -> None:
    for subject in subjects:
        try:
            act(subject)
        except Exception:
            log.exception("plans: %s could not be looked after", subject)


def _resend(order_id: int) -> None:
    order = carry_out(order_id)
    if order.done:
        carry_out_all(order.plan_id)
    elif not order.waits and order.channel is not OrderChannel.PORTAL:
        _have_somebody_call(order)


def _have_somebody_call(order: ProviderOrder) -> None:
    """What a person wanted was kept, and now will not be done: they hear it from somebody."""
    if order.problem in ("superseded", "expired"):
        return
    with transaction():
        open_call(locked_plan(order.plan_id), CallReason.ORDER_FAILED, today() + CALL_WITHIN)


def _behind() -> list[str]:
    """Plans with a try that should have been heard of by now."""
    tried = (
        sa.select(DebitFailure.plan_id)
        .where(
            DebitFailure.state == FailureState.OPEN,
            DebitFailure.next_attempt_at < now() - HEARD_OF_WITHIN,
        )
        .scalar_subquery()
    )
    return _subscriptions(
        Plan.state.in_([PlanState.ACTIVE, PlanState.PAST_DUE]), Plan.id.in_(tried)
    )


def _pauses_over() -> list[str]:
    return _subscriptions(Plan.state == PlanState.PAUSED, Plan.paused_until <= today())


def _method_unknown() -> list[str]:
    known = sa.exists().where(PlanMethod.plan_id == Plan.id)
    return _subscriptions(Plan.state.in_(RUNNING), ~known)


def _subscriptions(*where: sa.ColumnElement[bool]) -> list[str]:
    chosen = sa.select(Plan.stripe_subscription_id).where(
        Plan.stripe_subscription_id.is_not(None), *where
    )
    return list(db.session.scalars(chosen.order_by(Plan.id).limit(AT_ONCE)))


def _remind_of_card(plan_id: int) -> None:
    with transaction():
        plan = locked_plan(plan_id)
        method = method_in_use(plan_id)
        if (
            method is None
            or method.expires_on is None
            or not card_ends_soon(method.expires_on, today())
        ):
            return
        if plan.state in (PlanState.ACTIVE, PlanState.PAST_DUE) and plan.cancels_on is None:
            say_card_expiring(plan, method)


def _announce(plan: Plan, method: PlanMethod) -> None:
    taken = f"{plan.amount_minor}:{plan.currency}:{method.method_id}"
    last = db.session.scalar(
        sa.select(PlanNotice.about)
        .where(PlanNotice.plan_id == plan.id, PlanNotice.kind == NoticeKind.UPCOMING)
        .order_by(PlanNotice.id.desc())
        .limit(1)
    )
    told_last = last.partition("|")[2] if last else None
    if upcoming_is_due(taken, told_last):
        say_upcoming(plan, method, f"{plan.next_debit_on}|{taken}")
