"""How each order is asked of the provider, and how its own object shows that it is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from portal.core.clock import PARIS, paris_date
from portal.core.money import Money
from portal.donations.gateway import MethodRequest, SubscriptionSnapshot
from portal.donations.models import OrderKind, Plan, ProviderOrder
from portal.donations.services.addresses import method_back_url
from portal.donations.services.provider import payments

OVER = frozenset({"canceled", "incomplete_expired"})
DEBITED_AT = dt.time(9, tzinfo=PARIS)
"""When a debit that was moved is taken."""
PAUSED_UNTIL = dt.time(0, 30, tzinfo=PARIS)
"""A pause ends before the debit of its last day."""


def money_of(values: Mapping[str, object]) -> Money:
    """The amount in an order's plain values."""
    return Money(int(str(values["minor"])), str(values["currency"]))


def day_of(values: Mapping[str, object], name: str) -> dt.date:
    """The day in an order's plain values."""
    return dt.date.fromisoformat(str(values[name]))


@dataclass(frozen=True, slots=True)
class Act:
    """Asks the provider, giving the id of what it answered; and whether the plan there shows it.

    ``shows`` is None for acts a plan does not show.
    """

    ask: Callable[[ProviderOrder, Plan], str]
    shows: Callable[[ProviderOrder, SubscriptionSnapshot], bool] | None = None


def _named(plan: Plan) -> str:
    assert plan.stripe_subscription_id is not None, "an order is about a plan the provider knows"
    return plan.stripe_subscription_id


def _amount(order: ProviderOrder, plan: Plan) -> str:
    amount = money_of(order.params)
    return payments().change_amount(_named(plan), amount, order.idempotency_key).id


def _next_debit(order: ProviderOrder, plan: Plan) -> str:
    at = dt.datetime.combine(day_of(order.params, "on"), DEBITED_AT).astimezone(dt.UTC)
    return payments().change_next_debit(_named(plan), at, order.idempotency_key).id


def _pause(order: ProviderOrder, plan: Plan) -> str:
    until = dt.datetime.combine(day_of(order.params, "until"), PAUSED_UNTIL).astimezone(dt.UTC)
    return payments().pause_subscription(_named(plan), until, order.idempotency_key).id


def _resume(order: ProviderOrder, plan: Plan) -> str:
    return payments().resume_subscription(_named(plan), order.idempotency_key).id


def _stop(order: ProviderOrder, plan: Plan) -> str:
    later = bool(order.params["at_period_end"])
    return payments().cancel_subscription(_named(plan), later, order.idempotency_key).id


def _method(order: ProviderOrder, plan: Plan) -> str:
    return payments().use_method(_named(plan), order.params["method"], order.idempotency_key).id


def _pay(order: ProviderOrder, plan: Plan) -> str:
    del plan
    return payments().pay_invoice(order.params["invoice"], order.idempotency_key).id


def _forgive(order: ProviderOrder, plan: Plan) -> str:
    del plan
    return payments().forgive_invoice(order.params["invoice"], order.idempotency_key).id


def _method_page(order: ProviderOrder, plan: Plan) -> str:
    given = order.params
    started = payments().start_method_update(
        MethodRequest(
            customer_id=given["customer"],
            subscription_id=_named(plan),
            currency=plan.currency,
            idempotency_key=order.idempotency_key,
            reference=str(plan.public_id),
            language=given["language"],
            success_url=method_back_url(order),
            cancel_url=method_back_url(order),
        )
    )
    order.after = {**order.after, "url": started.url}
    return started.session_id


def _shows_amount(order: ProviderOrder, found: SubscriptionSnapshot) -> bool:
    return found.amount == money_of(order.params)


def _shows_next_debit(order: ProviderOrder, found: SubscriptionSnapshot) -> bool:
    return paris_date(found.current_period_end) == day_of(order.params, "on")


def _shows_pause(order: ProviderOrder, found: SubscriptionSnapshot) -> bool:
    until = found.paused_until
    return found.paused and until is not None and paris_date(until) == day_of(order.params, "until")


def _shows_stop(order: ProviderOrder, found: SubscriptionSnapshot) -> bool:
    over = found.status in OVER
    return over or (bool(order.params["at_period_end"]) and found.cancel_at_period_end)


ACTS: Mapping[OrderKind, Act] = MappingProxyType(
    {
        OrderKind.AMOUNT: Act(_amount, _shows_amount),
        OrderKind.NEXT_DEBIT: Act(_next_debit, _shows_next_debit),
        OrderKind.PAUSE: Act(_pause, _shows_pause),
        OrderKind.RESUME: Act(_resume, lambda _order, found: not found.paused),
        OrderKind.STOP: Act(_stop, _shows_stop),
        OrderKind.KEEP: Act(
            _resume,
            lambda _order, found: not found.cancel_at_period_end and found.status not in OVER,
        ),
        OrderKind.METHOD: Act(
            _method, lambda order, found: found.method_id == order.params["method"]
        ),
        OrderKind.METHOD_PAGE: Act(_method_page),
        OrderKind.PAY: Act(_pay),
        OrderKind.FORGIVE: Act(_forgive),
    }
)
