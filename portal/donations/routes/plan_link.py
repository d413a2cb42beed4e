"""One regular gift by the link of a mail, without a password: pay, replace the card, pause, stop.

It shows the plan and the debit that failed, nothing else: no child, no other gift, no address. One
act, then the link is over.
"""

from __future__ import annotations

from contextlib import suppress

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core.web.audience import everyone
from portal.core.web.limits import limiter
from portal.donations import plan_acts, services
from portal.donations.gateway import GatewayError
from portal.donations.models import OrderKind, PlanLink, ProviderOrder
from portal.donations.plan_desk import Desk, absolute
from portal.donations.plan_wording import method_words, plan_price
from portal.donations.routes import bp
from portal.donations.services import MethodStanding


@bp.get("/plan/<token>")
@everyone
@limiter.limit("30/10 minutes")
def plan_by_link(token: str) -> ResponseReturnValue:
    """What the mail was about, and what can be done about it; after that, what became of it."""
    link = _link(token)
    good = services.still_good(link)
    method = services.method_in_use(link.plan_id) if good else None
    return render_template(
        "donations/plan/by_link.html",
        token=token,
        plan=link.plan,
        price=plan_price(link.plan),
        good=good and link.plan.state in services.RUNNING,
        used=link.used_at is not None,
        orders=[each for each in services.orders_of(link.plan_id) if each.link_id == link.id],
        failures=services.open_failures(link.plan_id) if good else [],
        method_name=method_words(method) if method else "",
        may_pause=good and bool(services.pauses_of(link.plan)),
    )


@bp.route("/plan/<token>/<any(pay, method, pause, stop):name>", methods=["GET", "POST"])
@everyone
@limiter.limit("20/10 minutes", methods=["POST"])
def act_by_link(token: str, name: str) -> ResponseReturnValue:
    """One act by the holder of the link."""
    link = _link(token)
    if not services.still_good(link):
        return redirect(url_for(".plan_by_link", token=token), 303)
    return plan_acts.act(_desk(link, token), name)


@bp.get("/plan/<token>/method/<page>")
@everyone
@limiter.limit("30/10 minutes")
def method_back_by_link(token: str, page: str) -> ResponseReturnValue:
    """Back from the provider's page. Shows only."""
    link = _link(token)
    asked = _page(link, page)
    standing = None
    with suppress(GatewayError):
        standing = services.read_standing(asked)
    return render_template(
        "donations/plan/method_back.html",
        layout="layouts/public.html",
        plan=link.plan,
        standing=standing or MethodStanding.WAITS,
        home=url_for(".plan_by_link", token=token),
        again=url_for(".act_by_link", token=token, name="method"),
    )


@bp.post("/plan/<token>/method/<page>")
@everyone
@limiter.limit("20/5 minutes")
def method_check_by_link(token: str, page: str) -> ResponseReturnValue:
    """Use what was given there."""
    link = _link(token)
    asked = _page(link, page)
    with suppress(GatewayError):  # the page says where it stands
        services.finish_method_update(asked.id)
    return redirect(url_for(".method_back_by_link", token=token, page=page), 303)


def _link(token: str) -> PlanLink:
    return services.link_of(token) or abort(404)


def _desk(link: PlanLink, token: str) -> Desk:
    def back(page: str) -> str:
        return absolute(url_for(".method_back_by_link", token=token, page=page))

    return Desk(
        plan=link.plan,
        layout="layouts/public.html",
        by=services.by_link(link.id),
        home=url_for(".plan_by_link", token=token),
        back=back,
    )


def _page(link: PlanLink, token: str) -> ProviderOrder:
    page = services.order_of_act(link.plan, OrderKind.METHOD_PAGE, token)
    if page is None or page.link_id != link.id or not page.done:
        abort(404)
    return page
