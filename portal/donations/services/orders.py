"""Orders to the payment provider, written down before it is asked; who asked, and for what.

Nothing here speaks to the provider: `carrying_out` does.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.core import audit
from portal.core.db import db, transaction
from portal.donations.models import (
    Collector,
    OrderChannel,
    OrderKind,
    OrderState,
    Plan,
    PlanState,
    ProviderOrder,
)
from portal.donations.services.provider import idempotency_key, now

log = logging.getLogger(__name__)
RUNNING = frozenset({PlanState.ACTIVE, PlanState.PAST_DUE, PlanState.PAUSED})
_REPLACES = {
    OrderKind.AMOUNT: (OrderKind.AMOUNT,),
    OrderKind.NEXT_DEBIT: (OrderKind.NEXT_DEBIT,),
    OrderKind.PAUSE: (OrderKind.PAUSE, OrderKind.RESUME, OrderKind.NEXT_DEBIT),
    OrderKind.RESUME: (OrderKind.PAUSE, OrderKind.RESUME),
    OrderKind.STOP: tuple(kind for kind in OrderKind if kind is not OrderKind.FORGIVE),
    OrderKind.KEEP: (OrderKind.STOP, OrderKind.KEEP),
    OrderKind.METHOD_PAGE: (OrderKind.METHOD_PAGE,),
    OrderKind.METHOD: (OrderKind.METHOD,),
    OrderKind.PAY: (OrderKind.PAY,),
    OrderKind.FORGIVE: (OrderKind.PAY,),
}
"""Older orders, not done yet, that a new one of this kind makes pointless: they are never sent again."""


class PlanNotRunning(Exception):
    """Only a plan that the provider debits can be changed or stopped."""


class OrderConflict(Exception):
    """The same form asks for something else than before: nothing is sent, a person must look."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants a change: an account, the holder of a mail's link, or the portal itself."""

    channel: OrderChannel
    account_id: int | None = None
    link_id: int | None = None


THE_PORTAL = Asker(OrderChannel.PORTAL)


def by_sponsor(account_id: int) -> Asker:
    """The sponsor, signed in."""
    return Asker(OrderChannel.SPONSOR, account_id)


def by_office(account_id: int) -> Asker:
    """A person of the head office, on the sponsor's behalf."""
    return Asker(OrderChannel.OFFICE, account_id)


def by_link(link_id: int) -> Asker:
    """Whoever holds the link of a mail to the sponsor."""
    return Asker(OrderChannel.LINK, link_id=link_id)


def digest(params: dict[str, Any]) -> str:
    """The SHA-256 of the parameters, the same whatever their order."""
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()


def locked_plan(plan_id: int) -> Plan:
    """The plan's row, locked and read anew."""
    return db.session.get_one(Plan, plan_id, with_for_update={"of": Plan}, populate_existing=True)


def running(plan: Plan) -> str:
    """Its id at the provider; raises PlanNotRunning."""
    if (
        plan.state not in RUNNING
        or plan.collector is not Collector.STRIPE
        or plan.stripe_subscription_id is None
    ):
        raise PlanNotRunning
    return plan.stripe_subscription_id


def place(
    plan: Plan,
    kind: OrderKind,
    params: dict[str, Any],
    *,
    act: object,
    by: Asker,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> ProviderOrder:
    """Write an order down in the open transaction; the plan's row is locked by the caller.

    ``act`` names this act (the form it comes from): the same act is the same order, however often
    it is sent. Raises OrderConflict when it asks for something else than before.
    """
    key = idempotency_key("plan", plan.id, kind.value, act)
    known = db.session.scalar(sa.select(ProviderOrder).where(ProviderOrder.idempotency_key == key))
    if known is not None:
        if known.params_sha256 != digest(params):
            log.error("order %s: the same act came back with other parameters", known.id)
            raise OrderConflict(key)
        return known
    _supersede(plan, kind)
    order = ProviderOrder(
        plan_id=plan.id,
        kind=kind,
        idempotency_key=key,
        params=params,
        params_sha256=digest(params),
        asked_at=now(),
        channel=by.channel,
        asked_by=by.account_id,
        link_id=by.link_id,
        before=before or {},
        after=after or {},
        note=note,
    )
    db.session.add(order)
    db.session.flush()
    return order


def settle(order: ProviderOrder, *, problem: str = "") -> None:
    """The order is done, or with a ``problem`` will not be done."""
    order.state = OrderState.REFUSED if problem else OrderState.DONE
    order.problem = problem
    order.settled_at = order.tried_at = now()
    db.session.flush()


def orders_of(plan_id: int, *kinds: OrderKind) -> Sequence[ProviderOrder]:
    """The orders of a plan, the newest first; of these kinds only, when some are named."""
    chosen = sa.select(ProviderOrder).where(ProviderOrder.plan_id == plan_id)
    if kinds:
        chosen = chosen.where(ProviderOrder.kind.in_(kinds))
    return db.session.scalars(chosen.order_by(ProviderOrder.id.desc())).all()


def waiting_orders(plan_id: int) -> list[int]:
    """The orders of a plan that are not done yet, in the order they were asked."""
    chosen = sa.select(ProviderOrder.id).where(
        ProviderOrder.plan_id == plan_id, ProviderOrder.state == OrderState.ASKED
    )
    return list(db.session.scalars(chosen.order_by(ProviderOrder.id)))


def _supersede(plan: Plan, kind: OrderKind) -> None:
    older = sa.select(ProviderOrder).where(
        ProviderOrder.plan_id == plan.id,
        ProviderOrder.state == OrderState.ASKED,
        ProviderOrder.kind.in_(_REPLACES[kind]),
    )
    for order in db.session.scalars(older):
        settle(order, problem="superseded")


def sound_alarm(order_id: int) -> None:
    """An order whose parameters are not those it was written with: never sent, shown to the office."""
    with transaction():
        order = db.session.get_one(ProviderOrder, order_id, with_for_update=True)
        if order.state is OrderState.ASKED:
            settle(order, problem="conflict")
        log.error("order %s was not sent: its parameters are not those it was asked with", order.id)
        audit.record("order.conflict", f"plan:{order.plan.public_id}", note=str(order.public_id))


__all__ = [
    "RUNNING",
    "THE_PORTAL",
    "Asker",
    "OrderConflict",
    "PlanNotRunning",
    "by_link",
    "by_office",
    "by_sponsor",
    "digest",
    "locked_plan",
    "orders_of",
    "place",
    "running",
    "settle",
    "sound_alarm",
    "waiting_orders",
]
