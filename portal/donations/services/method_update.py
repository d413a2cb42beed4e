"""Another card or IBAN for a plan that runs: a page of the provider's, and what comes of it.

A plan is debited from it only once the provider's own plan names it; that alone is said to be done.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from enum import StrEnum

import sqlalchemy as sa

from portal.core.db import db, transaction
from portal.donations.gateway import MandateSnapshot, ObjectUnknown, SetupSnapshot
from portal.donations.models import (
    CallReason,
    OrderKind,
    OrderState,
    Plan,
    PlanMethod,
    ProviderOrder,
)
from portal.donations.services.carrying_out import carry_out, carry_out_all
from portal.donations.services.methods import keep_method, method_in_use
from portal.donations.services.orders import RUNNING, Asker, locked_plan, place, running
from portal.donations.services.plan_calls import open_call
from portal.donations.services.plan_links import LinkOver, give_back, still_good, take
from portal.donations.services.plan_mails import say_method_replaced
from portal.donations.services.plans import Wanted, ask
from portal.donations.services.provider import now, payments, today

PAGE_OPEN_FOR = dt.timedelta(hours=25)
CALL_WITHIN = dt.timedelta(days=3)


class MethodStanding(StrEnum):
    """What became of the page for another card or IBAN.

    ``link_over``: the mail's link that opened it was used for another act meanwhile, or the donor has
    another address by now: what was given there is not used.
    """

    OPEN = "open"
    EXPIRED = "expired"
    WAITS = "waits"
    REFUSED = "refused"
    LINK_OVER = "link_over"
    DONE = "done"


def method_page(public_id: uuid.UUID) -> ProviderOrder | None:
    """The page for another card or IBAN of that public id; None unless it was opened."""
    return db.session.scalar(
        sa.select(ProviderOrder).where(
            ProviderOrder.public_id == public_id,
            ProviderOrder.kind == OrderKind.METHOD_PAGE,
            ProviderOrder.state == OrderState.DONE,
        )
    )


def begin_method_update(
    plan_id: int,
    *,
    collect: bool,
    form_token: str,
    by: Asker,
    language: str,
) -> ProviderOrder:
    """Open the page for another card or IBAN; its address is ``order.after["url"]`` once it is done.

    It leads back to `method_back_url` of the order. ``collect``: an open debit is to be taken from it
    at once; else it is dropped, never taken by surprise. Raises PlanNotRunning, OrderConflict and the errors of the gateway.
    """
    plan = db.session.get_one(Plan, plan_id)
    customer = payments().fetch_subscription(running(plan)).customer_id
    given = {"collect": collect, "customer": customer, "language": language}
    return ask(plan_id, OrderKind.METHOD_PAGE, given, lambda _plan: Wanted(), act=form_token, by=by)


def read_standing(page: ProviderOrder) -> MethodStanding:
    """What the provider says, read only; raises the errors of the gateway."""
    used = _order_of(page)
    if used is not None:
        return _standing_of(used)
    checkout = payments().fetch_checkout(page.answer_id)
    if checkout.status == "expired":
        return MethodStanding.EXPIRED
    if checkout.status != "complete":
        return MethodStanding.OPEN
    if page.link is not None and not still_good(page.link, begun_at=page.asked_at):
        return MethodStanding.LINK_OVER
    return MethodStanding.WAITS


def finish_method_update(page_id: int) -> MethodStanding:
    """Use what was given on that page; done twice it does nothing more.

    A page opened by a mail's link is that link's one act. Raises the errors of the gateway.
    """
    page = db.session.get_one(ProviderOrder, page_id)
    used = _order_of(page)
    if used is not None and not used.waits:
        return _standing_of(used)
    checkout = payments().fetch_checkout(page.answer_id)
    if checkout.status == "expired":
        return MethodStanding.EXPIRED
    if checkout.setup_intent_id is None:
        return MethodStanding.OPEN
    setup = payments().fetch_setup(checkout.setup_intent_id)
    if setup.status != "succeeded" or setup.method_id is None:
        return MethodStanding.OPEN
    try:
        order = _use(page, setup)
    except LinkOver:
        return MethodStanding.LINK_OVER
    return _standing_of(order) if order is not None else MethodStanding.REFUSED


def refresh_method(object_type: str, object_id: str) -> bool:
    """What a message about a setup_intent, payment_method or mandate leads to.

    Gives False when it is about none of our plans. Raises the errors of the gateway.
    """
    if object_type == "setup_intent":
        return _refresh_setup(object_id)
    if object_type == "payment_method":
        return _refresh_payment_method(object_id)
    return object_type == "mandate" and _refresh_mandate(object_id)


def open_pages() -> Sequence[int]:
    """Pages opened lately that led to nothing yet."""
    chosen = sa.select(ProviderOrder).where(
        ProviderOrder.kind == OrderKind.METHOD_PAGE,
        ProviderOrder.state == OrderState.DONE,
        ProviderOrder.asked_at > now() - PAGE_OPEN_FOR,
    )
    return [page.id for page in db.session.scalars(chosen) if _order_of(page) is None]


def _use(page: ProviderOrder, setup: SetupSnapshot) -> ProviderOrder | None:
    mandate = _mandate_of(setup)
    with transaction():
        plan = locked_plan(page.plan_id)
        if plan.state not in RUNNING:
            return None
        known = method_in_use(plan.id)
        if page.link_id is not None and _order_of(page) is None:
            take(page.link_id, begun_at=page.asked_at)
        order = place(
            plan,
            OrderKind.METHOD,
            {"method": setup.method_id, "collect": bool(page.params["collect"])},
            act=page.public_id,
            by=Asker(page.channel, page.asked_by, page.link_id),
            before={"kind": known.kind, "brand": known.brand, "last4": known.last4}
            if known
            else {},
            after={"mandate": mandate.id, "rum": mandate.reference} if mandate else {},
        )
    carry_out(order.id)
    carry_out_all(page.plan_id)
    order = db.session.get_one(ProviderOrder, order.id, populate_existing=True)
    if page.link_id is not None and not order.done and not order.waits:
        give_back(page.link_id)
    return order


def _mandate_of(setup: SetupSnapshot) -> MandateSnapshot | None:
    return payments().fetch_mandate(setup.mandate_id) if setup.mandate_id else None


def _order_of(page: ProviderOrder) -> ProviderOrder | None:
    """The order that came out of a page."""
    chosen = sa.select(ProviderOrder).where(
        ProviderOrder.plan_id == page.plan_id,
        ProviderOrder.kind == OrderKind.METHOD,
        ProviderOrder.idempotency_key.endswith(f":{page.public_id}"),
    )
    return db.session.scalar(chosen)


def _standing_of(order: ProviderOrder) -> MethodStanding:
    if order.done:
        return MethodStanding.DONE
    return MethodStanding.WAITS if order.waits else MethodStanding.REFUSED


def _refresh_setup(setup_id: str) -> bool:
    setup = payments().fetch_setup(setup_id)
    plan = _plan_of(setup.reference)
    if plan is None:
        return False
    pages = sa.select(ProviderOrder).where(
        ProviderOrder.plan_id == plan.id,
        ProviderOrder.kind == OrderKind.METHOD_PAGE,
        ProviderOrder.state == OrderState.DONE,
        ProviderOrder.asked_at > now() - 3 * PAGE_OPEN_FOR,
    )
    for page in db.session.scalars(pages.order_by(ProviderOrder.id.desc())).all():
        if payments().fetch_checkout(page.answer_id).setup_intent_id == setup_id:
            finish_method_update(page.id)
            break
    return True


def _plan_of(reference: str) -> Plan | None:
    try:
        public_id = uuid.UUID(reference)
    except ValueError:
        return None
    return db.session.scalar(sa.select(Plan).where(Plan.public_id == public_id))


def _refresh_payment_method(method_id: str) -> bool:
    """Renewed by the bank, changed, or taken away."""
    ours = _uses_of(method_id)
    for plan_id in ours:
        with transaction():
            plan = locked_plan(plan_id)
            try:
                found = payments().fetch_method(method_id)
            except ObjectUnknown:
                found = None
            if found is None or found.customer_id is None:
                _gone(plan)
                continue
            method, changed = keep_method(plan, found)
            if changed and plan.state in RUNNING:
                say_method_replaced(plan, method, itself=True)
    return bool(ours)


def _refresh_mandate(mandate_id: str) -> bool:
    mandate = payments().fetch_mandate(mandate_id)
    ours = _uses_of(mandate.method_id)
    for plan_id in ours:
        with transaction():
            plan = locked_plan(plan_id)
            method = method_in_use(plan_id)
            if method is None or method.method_id != mandate.method_id:
                continue
            method.mandate_id, method.mandate_reference = mandate.id, mandate.reference
            method.mandate_status = mandate.status
            if mandate.status == "inactive":
                _gone(plan)
    return bool(ours)


def _uses_of(method_id: str) -> list[int]:
    chosen = sa.select(PlanMethod.plan_id).where(
        PlanMethod.method_id == method_id, PlanMethod.until_at.is_(None)
    )
    return list(db.session.scalars(chosen.order_by(PlanMethod.plan_id)))


def _gone(plan: Plan) -> None:
    """Nothing can be taken from it any more: somebody speaks with the sponsor before the next debit."""
    method = method_in_use(plan.id)
    if method is not None:
        method.gone = True
    if plan.state in RUNNING and plan.cancels_on is None:
        open_call(plan, CallReason.METHOD_GONE, today() + CALL_WITHIN)
