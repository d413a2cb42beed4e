"""What the pages of one plan show: how it stands, what happened, what failed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal.accounts.queries import names_of_accounts
from portal.core import audit, i18n
from portal.core.clock import paris_date
from portal.donations import debit_queries, plan_queries, services
from portal.donations.care_wording import care_words, stopped_words, stopping_words
from portal.donations.gateway import GatewayError
from portal.donations.method_wording import from_method_words, method_words
from portal.donations.models import (
    Collector,
    Instalment,
    Mandate,
    MandateState,
    OrderKind,
    Plan,
    PlanState,
    ProviderOrder,
)
from portal.donations.plan_wording import (
    channel_words,
    failure_words,
    order_standing,
    order_words,
    plan_price,
    problem_words,
)
from portal.donations.rules.direct_debit import InstalmentState, due_days
from portal.donations.rules.plan_dates import months_later
from portal.donations.services.provider import today

_TO_COME = (InstalmentState.PLANNED, InstalmentState.ANNOUNCED, InstalmentState.COLLECTING)
_ICONS = {
    OrderKind.AMOUNT: "pen-line",
    OrderKind.NEXT_DEBIT: "calendar",
    OrderKind.PAUSE: "pause",
    OrderKind.RESUME: "play",
    OrderKind.STOP: "circle-stop",
    OrderKind.KEEP: "undo-2",
    OrderKind.METHOD: "credit-card",
    OrderKind.METHOD_PAGE: "credit-card",
    OrderKind.PAY: "hand-coins",
    OrderKind.FORGIVE: "hand-coins",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a plan's history and the day it belongs to."""

    at: dt.datetime
    entry: dict[str, Any]


def standing_of(plan: Plan, *, of_the_sponsor: bool) -> dict[str, Any]:
    """Everything the page of a plan needs."""
    method = services.method_in_use(plan.id)
    own = own_debits_of(plan) if plan.collector is Collector.DIRECT_DEBIT else None
    return {
        "own": own,
        "next_debit_on": own.next_on if own else plan.next_debit_on,
        "plan": plan,
        "price": plan_price(plan),
        "by_stripe": plan.collector is Collector.STRIPE,
        "running": plan.state in services.RUNNING and plan.collector is Collector.STRIPE,
        "paused": plan.state is PlanState.PAUSED,
        "failures": services.open_failures(plan.id),
        "method": method,
        "method_name": method_words(method) if method else "",
        "debits": plan_queries.debits_of(plan.id),
        "waiting": [order for order in services.orders_of(plan.id) if order.waits],
        "history": history_of(plan, of_the_sponsor=of_the_sponsor),
        "may_pause": bool(services.pauses_of(plan)),
    }


@dataclass(frozen=True, slots=True)
class OwnDebits:
    """How the association itself debits a plan: under which mandate, when next, every due date."""

    mandate: Mandate | None
    instalments: list[Instalment]
    next_on: dt.date | None


def own_debits_of(plan: Plan) -> OwnDebits:
    """The association's own debits of a plan; the day announced to the donor counts as the next."""
    instalments = debit_queries.instalments_of(plan.id)
    coming = [each for each in instalments if each.state in _TO_COME]
    days = [each.announced_for or each.due_on for each in coming]
    mandate = debit_queries.mandate_of_plan(plan.id)
    next_on = min(days, default=None) or _not_planned_yet(plan, mandate, instalments)
    return OwnDebits(mandate, instalments, next_on)


def _not_planned_yet(
    plan: Plan, mandate: Mandate | None, instalments: Sequence[Instalment]
) -> dt.date | None:
    """The next due day nobody wrote down yet; none while the mandate or the plan stands still."""
    if mandate is None or mandate.state is not MandateState.ACTIVE or plan.state is PlanState.ENDED:
        return None
    after = max([today(), *(each.due_on for each in instalments)])
    paused = max(after, plan.paused_until or after)
    days = due_days(mandate.first_due_on, str(plan.interval), months_later(paused, 12))
    return next((day for day in days if day > after and day >= paused), None)


def method_standing(page: ProviderOrder) -> services.MethodStanding:
    """What became of the page for another card or IBAN; we are still asking when nobody answers."""
    try:
        return services.read_standing(page)
    except GatewayError:
        return services.MethodStanding.WAITS


def history_of(plan: Plan, *, of_the_sponsor: bool) -> list[dict[str, Any]]:
    """What happened to a plan, the newest first: who wanted what, and what became of it."""
    orders = [
        order for order in services.orders_of(plan.id) if _worth_telling(order, of_the_sponsor)
    ]
    names = _names(orders, of_the_sponsor)
    told = [
        Told(order.asked_at, _entry(order, names.get(order.asked_by or 0, ""), of_the_sponsor))
        for order in orders
    ]
    told += [Told(entry.at, _elsewhere(entry)) for entry in _changed_elsewhere(plan)]
    return [each.entry for each in sorted(told, key=lambda each: each.at, reverse=True)]


def _names(orders: Sequence[ProviderOrder], of_the_sponsor: bool) -> dict[int, str]:
    """Sponsors read the names people of the office show to them; never their addresses."""
    people = {order.asked_by for order in orders if order.asked_by is not None}
    if of_the_sponsor:
        return {each: services.staff_name(each) for each in people}
    return names_of_accounts(people)


def _worth_telling(order: ProviderOrder, of_the_sponsor: bool) -> bool:
    if order.kind is OrderKind.METHOD_PAGE:
        return not of_the_sponsor
    return not of_the_sponsor or order.problem != "superseded"


def _entry(order: ProviderOrder, name: str, of_the_sponsor: bool) -> dict[str, Any]:
    who = channel_words(order, of_the_sponsor=of_the_sponsor, name=name)
    day = i18n.day(paris_date(order.asked_at))
    parts = [] if order.done else [order_standing(order).label, problem_words(order.problem)]
    if order.note and not of_the_sponsor:
        parts.append(order.note)
    return {
        "title": order_words(order),
        "when": _("%(day)s, %(who)s", day=day, who=who),
        "datetime": order.asked_at.isoformat(),
        "icon": _ICONS[order.kind],
        "tone": None if order.done else ("todo" if order.waits else "danger"),
        "body": " · ".join(part for part in parts if part),
    }


def _changed_elsewhere(plan: Plan) -> list[audit.AuditEntry]:
    history = audit.history(f"plan:{plan.public_id}")
    return [entry for entry in history if entry.action == "plan.amount_changed"]


def _elsewhere(entry: audit.AuditEntry) -> dict[str, Any]:
    before, after = entry.before or {}, entry.after or {}
    day = i18n.day(paris_date(entry.at))
    return {
        "title": _(
            "Amount: %(before)s → %(after)s",
            before=before.get("amount", ""),
            after=after.get("amount", ""),
        ),
        "when": _("%(day)s, with our payment provider", day=day),
        "datetime": entry.at.isoformat(),
        "icon": "pen-line",
    }


def words() -> dict[str, object]:
    """What templates say of plans."""
    return {
        "plan_price": plan_price,
        "failure_words": failure_words,
        "method_words": method_words,
        "order_words": order_words,
        "order_standing": order_standing,
        "problem_words": problem_words,
        "from_method_words": from_method_words,
        "care_words": care_words,
        "stopping_words": stopping_words,
        "stopped_words": stopped_words,
    }
