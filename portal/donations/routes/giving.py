"""The two forms: a gift, and the sponsorship of a child."""

from __future__ import annotations

from typing import Any

from flask import jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.models import Donor
from portal.accounts.queries import donor_of_current_user
from portal.core.web.audience import everyone
from portal.core.web.limits import limiter
from portal.donations import services
from portal.donations.forms.giving import CommitmentForm
from portal.donations.routes import bp
from portal.donations.routes.forms_shown import (
    FORMS,
    form_for,
    kind_of,
    open_commitment,
    order_of,
    prefilled,
    shown,
    words_for,
)
from portal.donations.routes.paying import send_to_payment
from portal.donations.routes.questions import ask, try_again
from portal.donations.routes.visitor import remember_device, visitor

FLOOD = "1000/10 minutes"
"""Far more than a household, an office or a festival sends; what is suspicious is asked long before."""


@bp.route("/give", methods=["GET", "POST"])
@everyone
@limiter.limit(FLOOD, methods=["POST"])
def give() -> ResponseReturnValue:
    """Give once, or regularly when that is chosen."""
    return _answer("give")


@bp.route("/sponsor", methods=["GET", "POST"])
@everyone
@limiter.limit(FLOOD, methods=["POST"])
def sponsor() -> ResponseReturnValue:
    """Sponsor a child."""
    return _answer("sponsor")


@bp.get("/give/words")
@everyone
def words() -> ResponseReturnValue:
    """What the button, the cost and the suggestions say for the answers given so far."""
    name = request.args.get("form", "give")
    return jsonify(words_for(FORMS.get(name, FORMS["give"])(request.args, meta={"csrf": False})))


def _answer(name: str) -> ResponseReturnValue:
    donor = donor_of_current_user()
    if request.method == "GET":
        remember_device()
        return _page(name, form_for(name, donor, prefilled(donor)), donor)
    form = form_for(name, donor)
    if "edit" in request.form:
        return _page(name, form, donor)
    if not form.validate():
        return _page(name, form, donor), 422
    if not form.was_seen:
        return render_template("donations/review.html", name=name, donor=donor, **shown(form))
    return _to_payment(name, form, donor)


def _page(name: str, form: CommitmentForm, donor: Donor | None) -> str:
    return render_template(f"donations/{name}.html", name=name, donor=donor, **shown(form))


def _to_payment(name: str, form: Any, donor: Donor | None) -> ResponseReturnValue:
    """To the payment page, past the guard: who gives off an alarm answers a question first.

    A form that was sent before leads to its page; another page of it meets the guard as well.
    """
    order = order_of(form, donor)
    kind = kind_of(form)
    known = services.made_before(order, kind)
    if known is not None:
        return try_again(known)
    who = visitor(donor, order.details.email, hasty=form.hasty)
    decision = services.consider(who, services.form_subject(order.token(), kind))
    if not decision.passes:
        answers = {key: values[-1] for key, values in request.form.lists() if key != "csrf_token"}
        return redirect(ask(decision, name, answers, order.details.email), 303)
    commitment = open_commitment(form, donor)
    services.led_to(decision.attempt_id, commitment)
    return send_to_payment(commitment)
