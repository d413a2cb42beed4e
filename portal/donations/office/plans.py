"""The head office's pages of regular gifts: the list, one of them, and what is done for a sponsor.

Accountants see money; matchers see whether a plan is in good order, and no amount.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.models import Donor
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.lists import ListColumn, ListSpec, export, list_page
from portal.donations import plan_acts, plan_pages, plan_queries, services, wording
from portal.donations.models import Plan, PlanState
from portal.donations.plan_desk import Desk
from portal.donations.plan_wording import good_order, plan_price
from portal.donations.rules.plan_dates import months_later
from portal.donations.services.provider import today

bp = Blueprint("plans_office", __name__, url_prefix="/office/plans")


@bp.get("")
@needs(Role.ACCOUNTANT, Role.MATCHER)
def plans() -> ResponseReturnValue:
    """Every regular gift, those that run unless asked otherwise."""
    which = request.args.get("which", "running")
    statement = plan_queries.plans_with_donors()
    wanted = _which().get(which)
    if wanted is not None:
        statement = statement.where(wanted)
    money = _sees_money()
    page = list_page(_spec(money=money), statement)
    return export(page) or render_template(
        "donations/office/plans.html",
        page=page,
        which=which,
        choices=_choices(),
        money=money,
        good_order=good_order,
        not_done=plan_queries.orders_not_done() if money else [],
    )


@bp.get("/<uuid:public_id>")
@needs(Role.ACCOUNTANT)
def plan(public_id: uuid.UUID) -> ResponseReturnValue:
    """One regular gift: how it stands, each debit, who changed what, what can be done."""
    found = _plan(public_id)
    return render_template(
        "donations/office/plan.html",
        methods=services.methods_of(found.id),
        call=services.open_call_of(found.id),
        **plan_pages.standing_of(found, of_the_sponsor=False),
    )


@bp.route(
    "/<uuid:public_id>/<any(amount, day, pause, resume, stop, keep, pay):name>",
    methods=["GET", "POST"],
)
@needs(Role.ACCOUNTANT, fresh=True)
def plan_act(public_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """One act on the sponsor's behalf; she is told by mail who changed what."""
    found = _plan(public_id)
    desk = Desk(
        plan=found,
        layout="layouts/office.html",
        by=services.by_office(current_user.id),
        home=url_for(".plan", public_id=public_id),
        to=lambda act: (
            url_for(".plan_send_link", public_id=public_id)
            if act == "method"
            else url_for(".plan_act", public_id=public_id, name=act)
        ),
        on_behalf=True,
    )
    return plan_acts.act(desk, name)


@bp.route("/<uuid:public_id>/link", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def plan_send_link(public_id: uuid.UUID) -> ResponseReturnValue:
    """Send the sponsor a link to give another card or IBAN: nobody here ever types one."""
    found = _plan(public_id)
    if request.method == "GET":
        return render_template("donations/office/plan_link.html", plan=found)
    try:
        services.send_plan_link(found.id, by=current_user.id)
        flash(_("The link is on its way to the sponsor."), "success")
    except services.NoAddress:
        flash(_("This sponsor has no e-mail address: a letter or a call is needed."), "danger")
    except services.PlanNotRunning:
        flash(_("This regular gift has ended: nothing can be replaced any more."), "info")
    return redirect(url_for(".plan", public_id=public_id), 303)


def _spec(*, money: bool) -> ListSpec:
    columns = [
        ListColumn("donor", _("Sponsor"), lambda p: p.donor.name, sort=Donor.last_name),
        ListColumn("donor_ref", _("Sponsor's reference"), lambda p: p.donor.ref, sort=Donor.ref),
        ListColumn("purpose", _("For"), lambda p: wording.purpose_words(p.purpose, p.programme)),
        ListColumn("since", _("Since"), lambda p: p.started_on, "date", sort=Plan.started_on),
    ]
    if money:
        columns += [
            ListColumn("amount", _("Amount"), lambda p: p.amount, "amount", sort=Plan.amount_minor),
            ListColumn("rhythm", _("How often"), plan_price),
            ListColumn(
                "next", _("Next debit"), lambda p: p.next_debit_on, "date", sort=Plan.next_debit_on
            ),
        ]
    columns.append(ListColumn("state", _("State"), lambda p: good_order(p).label, sort=Plan.state))
    return ListSpec(
        name="plans",
        columns=tuple(columns),
        search=(Donor.first_name, Donor.last_name, Donor.company_name, Donor.ref, Donor.email),
        default_sort="donor",
        tie=Plan.id.desc(),
    )


def _which() -> dict[str, sa.ColumnElement[bool]]:
    over = Plan.state.in_([PlanState.ENDED, PlanState.ABANDONED])
    live = sa.not_(over)
    soon = months_later(dt.date(today().year, today().month, 1), 2) - dt.timedelta(days=1)
    return {
        "running": live,
        "behind": plan_queries.behind(),
        "paused": Plan.state == PlanState.PAUSED,
        "ending": sa.and_(live, Plan.cancels_on.is_not(None)),
        "card": sa.and_(live, plan_queries.card_ends_by(soon)),
        "ended": Plan.state == PlanState.ENDED,
    }


def _choices() -> list[tuple[str, str]]:
    return [
        ("running", str(_("All that run"))),
        ("behind", str(_("A debit failed"))),
        ("paused", str(_("Paused"))),
        ("ending", str(_("About to end"))),
        ("card", str(_("Card about to expire"))),
        ("ended", str(_("Stopped"))),
        ("all", str(_("Every regular gift"))),
    ]


def _sees_money() -> bool:
    roles: Any = current_user.role_set
    return bool({Role.ACCOUNTANT, Role.ADMINISTRATOR} & roles)


def _plan(public_id: uuid.UUID) -> Plan:
    return plan_queries.plan_by_public_id(public_id) or abort(404)
