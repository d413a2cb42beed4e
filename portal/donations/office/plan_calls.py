"""Sponsorships at risk: who should be called, by when, and what was said. No amount stands here."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.core.db import db
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.donations import services
from portal.donations.forms import CallForm
from portal.donations.models import PlanCall
from portal.donations.plan_wording import call_words
from portal.donations.services.provider import today

bp = Blueprint("plan_calls", __name__, url_prefix="/office/plans/calls")


@bp.get("")
@needs(Role.ACCOUNTANT, Role.MATCHER)
def plan_calls() -> ResponseReturnValue:
    """The sponsors to call, the most urgent first."""
    return render_template(
        "donations/office/plan_calls.html",
        calls=services.open_calls(),
        call_words=call_words,
        today=today(),
    )


@bp.route("/<uuid:public_id>", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, Role.MATCHER)
def plan_call(public_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody called: what was agreed stays with the plan."""
    call = db.session.scalar(sa.select(PlanCall).where(PlanCall.public_id == public_id))
    if call is None:
        abort(404)
    form = CallForm()
    if call.closed_at is None and form.validate_on_submit():
        try:
            services.close_call(call.id, by=current_user.id, note=form.note.data or "")
            flash(_("Noted. Thank you for calling."), "success")
        except services.CallOver:
            flash(_("Somebody has called already."), "info")
        return redirect(url_for(".plan_calls"), 303)
    page = render_template(
        "donations/office/plan_call.html", call=call, form=form, call_words=call_words
    )
    return (page, 422) if form.errors else page
