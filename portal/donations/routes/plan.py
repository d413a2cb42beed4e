"""The sponsor's page of one regular gift, and everything she may change about it."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.queries import donor_of_current_user
from portal.core.web.audience import signed_in, signed_in_afresh
from portal.core.web.limits import limiter
from portal.donations import plan_acts, plan_pages, queries, services
from portal.donations.gateway import GatewayError
from portal.donations.models import Plan, ProviderOrder
from portal.donations.plan_desk import Desk
from portal.donations.routes import my_plans
from portal.donations.services import MethodStanding


@my_plans.get("/<uuid:public_id>")
@signed_in
def plan(public_id: uuid.UUID) -> ResponseReturnValue:
    """One regular gift: how it stands, each debit, what happened, what can be done."""
    found = own_plan(public_id)
    return render_template(
        "donations/own/plan.html",
        correspondent=services.correspondent_of(found.id),
        **plan_pages.standing_of(found, of_the_sponsor=True),
    )


@my_plans.route(
    "/<uuid:public_id>/<any(amount, day, pause, resume, stop, keep, pay, method):name>",
    methods=["GET", "POST"],
)
@signed_in_afresh
@limiter.limit("30/10 minutes", methods=["POST"])
def act(public_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """One act: its page says what happens, its button does it."""
    return plan_acts.act(_desk(own_plan(public_id)), name)


@my_plans.get("/<uuid:public_id>/method/<uuid:page>")
@signed_in
def method_back(public_id: uuid.UUID, page: uuid.UUID) -> ResponseReturnValue:
    """Back from the provider's page: what it says of the card or IBAN. Shows only."""
    found = own_plan(public_id)
    return render_template(
        "donations/plan/method_back.html",
        layout="layouts/me.html",
        standing=plan_pages.method_standing(_method_page(found, page)),
        home=url_for(".plan", public_id=public_id),
        again=url_for(".act", public_id=public_id, name="method"),
    )


@my_plans.post("/<uuid:public_id>/method/<uuid:page>")
@signed_in
@limiter.limit("30/5 minutes")
def method_check(public_id: uuid.UUID, page: uuid.UUID) -> ResponseReturnValue:
    """Use what was given there, and say done only when the plan itself names it."""
    asked = _method_page(own_plan(public_id), page)
    try:
        standing = services.finish_method_update(asked.id)
    except GatewayError:
        standing = MethodStanding.WAITS
    if standing is not MethodStanding.DONE:
        return redirect(url_for(".method_back", public_id=public_id, page=page), 303)
    flash(_("Done: from now on debits come from the new card or IBAN."), "success")
    return redirect(url_for(".plan", public_id=public_id), 303)


def own_plan(public_id: uuid.UUID) -> Plan:
    """The plan of the signed-in donor; a stranger's is none of her business."""
    donor = donor_of_current_user()
    found = queries.plan_of(donor.id, public_id) if donor else None
    return found or abort(404)


def _desk(found: Plan) -> Desk:
    return Desk(
        plan=found,
        layout="layouts/me.html",
        by=services.by_sponsor(current_user.id),
        home=url_for(".plan", public_id=found.public_id),
        to=lambda name: url_for(".act", public_id=found.public_id, name=name),
    )


def _method_page(found: Plan, public_id: uuid.UUID) -> ProviderOrder:
    page = services.method_page(public_id)
    if page is None or page.plan_id != found.id:
        abort(404)
    return page
