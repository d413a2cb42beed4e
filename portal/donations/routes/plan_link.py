"""One regular gift by the link of a mail, without a password: pay, replace the card, pause, stop.

It shows the plan and the debit that failed, nothing else: no child, no other gift, no address. One
act, then the link is over.
"""

from __future__ import annotations

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core.web.audience import everyone
from portal.core.web.limits import limiter
from portal.donations import plan_acts, plan_queries, services
from portal.donations.method_wording import method_words
from portal.donations.models import PlanLink
from portal.donations.plan_desk import Desk
from portal.donations.plan_wording import plan_price
from portal.donations.routes import bp

BY_LINK = ("pay", "method", "pause", "stop")


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
        became=plan_queries.what_became_of(link.id),
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


def _link(token: str) -> PlanLink:
    return services.link_of(token) or abort(404)


def _desk(link: PlanLink, token: str) -> Desk:
    def to(name: str) -> str | None:
        return url_for(".act_by_link", token=token, name=name) if name in BY_LINK else None

    return Desk(
        plan=link.plan,
        layout="layouts/public.html",
        by=services.by_link(link.id),
        home=url_for(".plan_by_link", token=token),
        to=to,
    )
