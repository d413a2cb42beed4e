"""The donor's own gifts and plans: each debit, another amount, and stopping in two clicks."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.queries import donor_of_current_user
from portal.core import i18n
from portal.core.web.audience import signed_in
from portal.core.web.limits import limiter
from portal.donations import queries, services, wording
from portal.donations.forms import AmountForm, StopForm
from portal.donations.gateway import GatewayError
from portal.donations.models import Plan
from portal.donations.routes import mine


@mine.app_context_processor
def words() -> dict[str, object]:
    """The states of gifts and plans in words, for templates."""
    return {
        "gift_standing": wording.gift_standing,
        "plan_standing": wording.plan_standing,
        "refund_words": wording.refund_words,
        "event_standing": wording.event_standing,
        "purpose_words": wording.purpose_words,
        "mode_words": wording.mode_words,
    }


@mine.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """Everything I gave."""
    donor = donor_of_current_user()
    return render_template(
        "donations/own/index.html",
        plans=queries.plans_of(donor.id) if donor else [],
        gifts=queries.gifts_of(donor.id) if donor else [],
        total=queries.total_given(donor_id=donor.id) if donor else None,
    )


@mine.get("/plans/<uuid:public_id>")
@signed_in
def plan(public_id: uuid.UUID) -> ResponseReturnValue:
    """One monthly plan: its debits, and what can be done with it."""
    found = _own_plan(public_id)
    return _plan_page(found, AmountForm(amount=found.amount))


@mine.post("/plans/<uuid:public_id>/amount")
@signed_in
@limiter.limit("10/10 minutes")
def change_amount(public_id: uuid.UUID) -> ResponseReturnValue:
    """Another amount from the next debit on."""
    found, form = _own_plan(public_id), AmountForm()
    if not form.validate():
        return _plan_page(found, form), 422
    amount = form.amount.data
    assert amount is not None, "a form found good has an amount"
    try:
        changed = services.change_plan_amount(
            found.id, amount, form_token=str(form.form_token.data)
        )
    except services.PlanNotRunning:
        flash(_("This monthly gift has stopped: its amount can no longer be changed."), "info")
        return redirect(url_for(".plan", public_id=public_id), 303)
    except (GatewayError, services.AmountNotChanged):
        form.form_errors.append(
            _(
                "The amount could not be changed just now: the old one still stands. Please try again."
            )
        )
        return _plan_page(found, form), 503
    flash(_changed(changed), "success")
    return redirect(url_for(".plan", public_id=public_id), 303)


@mine.route("/plans/<uuid:public_id>/stop", methods=["GET", "POST"])
@signed_in
@limiter.limit("10/10 minutes", methods=["POST"])
def stop(public_id: uuid.UUID) -> ResponseReturnValue:
    """Stop a plan: a page that says what happens, and one button."""
    found, form = _own_plan(public_id), StopForm()
    if found.state not in services.RUNNING:
        return redirect(url_for(".plan", public_id=public_id), 303)
    if not form.validate_on_submit():
        return render_template("donations/own/stop.html", plan=found, form=form)
    try:
        services.stop_plan(found.id, reason=form.reason.data or "")
    except (GatewayError, services.PlanNotStopped):
        form.form_errors.append(
            _("It could not be stopped just now: nothing has changed. Please try again.")
        )
        return render_template("donations/own/stop.html", plan=found, form=form), 503
    flash(
        _("It is stopped: no further debit will be taken. Thank you for all you gave."), "success"
    )
    return redirect(url_for(".plan", public_id=public_id), 303)


def _changed(plan: Plan) -> str:
    amount = i18n.money(plan.amount, whole=True)
    if plan.next_debit_on is None:
        return str(_("Changed: from now on %(amount)s a month.", amount=amount))
    day = i18n.day(plan.next_debit_on)
    return str(
        _("Changed: %(amount)s a month from the next debit, on %(day)s.", amount=amount, day=day)
    )


def _plan_page(found: Plan, form: AmountForm) -> str:
    return render_template(
        "donations/own/plan.html",
        plan=found,
        debits=queries.debits_of(found.id),
        running=found.state in services.RUNNING,
        form=form,
    )


def _own_plan(public_id: uuid.UUID) -> Plan:
    """The plan of the signed-in donor; a stranger's is none of her business."""
    donor = donor_of_current_user()
    found = queries.plan_of(donor.id, public_id) if donor else None
    return found or abort(404)
