"""Orders carried out: asked of the provider, believed only when its own object shows them.

The plan's row is locked from the call to the commit. Should the portal die in between, the order is
still written down as asked: it is asked again with the same key, and the provider does it once. A
key is good for a day; after that the provider's object is looked up and nothing is sent.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from contextlib import suppress

from portal.core import audit
from portal.core.db import db, transaction
from portal.donations.gateway import (
    GatewayError,
    GatewayMisconfigured,
    GatewayRefused,
    GatewayUnavailable,
    IdempotencyConflict,
)
from portal.donations.models import DebitFailure, OrderKind, OrderState, Plan, ProviderOrder
from portal.donations.services import plan_mails
from portal.donations.services.converge import refresh_invoice, refresh_subscription
from portal.donations.services.methods import method_in_use
from portal.donations.services.order_acts import ACTS, money_of
from portal.donations.services.orders import (
    Asker,
    digest,
    locked_plan,
    place,
    settle,
    sound_alarm,
    waiting_orders,
)
from portal.donations.services.plan_life import apply_subscription
from portal.donations.services.provider import now, payments
from portal.donations.services.reminders import GONE, open_failures

log = logging.getLogger(__name__)
KEY_HOLDS_FOR = dt.timedelta(hours=23)


class _Altered(Exception):
    """The parameters of an order are not those it was written with."""


def carry_out(order_id: int) -> ProviderOrder:
    """Ask for one order, or find out what became of it; gives it as it stands then.

    Nothing is raised for what the provider refuses or does not answer: the order says so.
    """
    try:
        _carry_out(order_id)
    except _Altered:
        sound_alarm(order_id)
    except IdempotencyConflict:
        sound_alarm(order_id)
    except GatewayRefused as error:
        _note(order_id, error.code or "refused", over=True)
    except (GatewayUnavailable, GatewayMisconfigured) as error:
        log.warning("order %s waits: %s", order_id, type(error).__name__)
        _note(order_id, "unavailable", over=False)
    return db.session.get_one(ProviderOrder, order_id, populate_existing=True)


def carry_out_all(plan_id: int) -> None:
    """Every order of a plan that waits, and those that follow from them, until one must wait."""
    seen: set[int] = set()
    while fresh := [each for each in waiting_orders(plan_id) if each not in seen]:
        seen.add(fresh[0])
        if carry_out(fresh[0]).waits:
            return


def _carry_out(order_id: int) -> None:
    with transaction():
        order = db.session.get_one(ProviderOrder, order_id)
        plan = locked_plan(order.plan_id)
        db.session.refresh(order)
        if order.state is not OrderState.ASKED:
            return
        if digest(order.params) != order.params_sha256:
            raise _Altered
        too_old = now() - order.asked_at > KEY_HOLDS_FOR
        if not too_old:
            order.answer_id = ACTS[order.kind].ask(order, plan)
        order.attempts += 1
        owed = open_failures(plan.id)
        settle(order, problem=_problem(order, plan, too_old=too_old))
        if order.done:
            _and_then(order, plan, owed)


def _problem(order: ProviderOrder, plan: Plan, *, too_old: bool) -> str:
    """Why the order is not done, by the provider's own object; empty when it is."""
    if order.kind is OrderKind.METHOD_PAGE:
        return "expired" if too_old else ""
    if order.kind in (OrderKind.PAY, OrderKind.FORGIVE):
        return _problem_of_debit(order)
    found = payments().fetch_subscription(str(plan.stripe_subscription_id))
    shows = ACTS[order.kind].shows
    done = shows is not None and shows(order, found)
    if done and order.kind is OrderKind.AMOUNT:
        wanted = money_of(order.params)  # ours by the order, which is its trace
        plan.amount_minor, plan.currency = wanted.minor, wanted.currency
    apply_subscription(plan, found)
    return "" if done else "not_in_effect"


def _problem_of_debit(order: ProviderOrder) -> str:
    invoice_id = order.params["invoice"]
    refresh_invoice(invoice_id)
    invoice = payments().fetch_invoice(invoice_id)
    if order.kind is OrderKind.FORGIVE:
        return "" if invoice.status in (*GONE, "paid") else "not_in_effect"
    if invoice.status == "paid":
        return ""
    if invoice.payment_intent_id is None:
        return "declined"
    payment = payments().fetch_payment(invoice.payment_intent_id)
    if payment.status == "processing":
        order.after = {**order.after, "processing": True}
        return ""
    return "needs_action" if payment.needs_action else "declined"


def _and_then(order: ProviderOrder, plan: Plan, owed: Sequence[DebitFailure]) -> None:
    """What follows from an order that is done: its trace, its mail, the orders that go with it."""
    if order.kind is OrderKind.METHOD:
        _learn_new_method(order, plan)
    audit.record(
        f"plan.order.{order.kind}",
        f"plan:{plan.public_id}",
        before=order.before,
        after={name: value for name, value in order.after.items() if name != "url"},
        note=f"{order.channel} {order.note}".strip(),
        actor_id=order.asked_by,
    )
    if order.kind is OrderKind.STOP:
        plan.stop_reason = order.note
    elif order.kind is OrderKind.KEEP:
        plan.stop_reason = ""
    if order.kind is OrderKind.METHOD:
        _tell_method(order, plan)
    else:
        plan_mails.say_changed(order, plan)
    _deal_with_open_debits(order, plan, owed)


def _learn_new_method(order: ProviderOrder, plan: Plan) -> None:
    method = method_in_use(plan.id)
    if method is None or method.method_id != order.params["method"]:
        return
    shown = {"kind": method.kind, "brand": method.brand, "last4": method.last4}
    order.after = {**order.after, **shown}
    method.mandate_id = str(order.after.get("mandate", "") or method.mandate_id)
    method.mandate_reference = str(order.after.get("rum", "") or method.mandate_reference)


def _tell_method(order: ProviderOrder, plan: Plan) -> None:
    method = method_in_use(plan.id)
    if method is not None:
        by = plan_mails.staff_name(order.asked_by) if order.channel == "office" else ""
        plan_mails.say_method_replaced(plan, method, by=by)


def _deal_with_open_debits(order: ProviderOrder, plan: Plan, owed: Sequence[DebitFailure]) -> None:
    """A debit that failed before is never taken by surprise: it is dropped, or paid when wanted."""
    if order.kind is OrderKind.METHOD and order.params.get("collect"):
        kind = OrderKind.PAY
    elif order.kind in (OrderKind.METHOD, OrderKind.PAUSE, OrderKind.STOP):
        kind = OrderKind.FORGIVE
    else:
        return
    for failure in owed:
        place(
            plan,
            kind,
            {"invoice": failure.invoice_id},
            act=f"{order.public_id}:{failure.invoice_id}",
            by=Asker(order.channel, order.asked_by, order.link_id),
            after={"minor": failure.amount_minor, "currency": failure.currency},
        )


def _note(order_id: int, problem: str, *, over: bool) -> None:
    with transaction():
        order = db.session.get_one(
            ProviderOrder, order_id, with_for_update=True, populate_existing=True
        )
        if order.state is not OrderState.ASKED:
            return
        order.attempts += 1
        order.tried_at = now()
        order.problem = problem
        if over:
            settle(order, problem=problem)
    if over and order.plan.stripe_subscription_id:
        with suppress(GatewayError):  # refused perhaps because the plan is another one by now
            refresh_subscription(order.plan.stripe_subscription_id)
