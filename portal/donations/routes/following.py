"""Somebody else follows the child: the invited person's page, and the payer's page about them."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.queries import account_of_donor, donor_of_current_user
from portal.accounts.rules import normalised_email
from portal.core.web.audience import everyone, signed_in, signed_in_afresh
from portal.core.web.limits import limiter
from portal.donations import queries, services
from portal.donations.followed import child_of_plan
from portal.donations.forms.correspondent import InviteAgainForm
from portal.donations.models import Plan, PlanCorrespondent, PlanState
from portal.donations.routes import bp
from portal.donations.services.correspondents import Invitation

mine = Blueprint("my_correspondents", __name__, url_prefix="/me/plans")


@bp.route("/follow/<uuid:public_id>/<token>", methods=["GET", "POST"])
@everyone
@limiter.limit("30/10 minutes")
def follow(public_id: uuid.UUID, token: str) -> ResponseReturnValue:
    """Somebody pays for a child I may follow: yes or no. Never says how much."""
    invitation = services.invited(public_id, token) or abort(404)
    if request.method == "GET":
        return _invitation_page(invitation)
    try:
        if request.form.get("answer") == "no":
            services.decline_invitation(invitation)
        elif request.form.get("answer") == "anew":
            services.ask_anew(invitation)
            flash(_("Another invitation is on its way to your address."), "success")
        else:
            return redirect(services.accept_invitation(invitation), 303)
    except services.InvitationTooOld:
        flash(_("This e-mail is more than two months old: ask for another one."), "info")
    except services.InvitedAlready:
        flash(_("We wrote less than an hour ago. Please give the e-mail time to arrive."), "info")
    except services.InvitationOver:
        flash(_("This invitation is over: it was answered, or the sponsorship has ended."), "info")
    return redirect(url_for(".follow", public_id=public_id, token=token), 303)


def _invitation_page(invitation: Invitation) -> ResponseReturnValue:
    """The question, or what became of it; who follows the child already is led there."""
    found = invitation.found
    donor = found.donor
    child = child_of_plan(found.plan_id).child if donor else None
    own = url_for("my_child.show", child=child) if child else url_for("me.home")
    if donor is not None and current_user.is_authenticated and current_user.donor_id == donor.id:
        return redirect(own, 303)
    return render_template(
        "donations/follow.html",
        found=found,
        payer=found.plan.donor.name,
        too_old=invitation.too_old,
        ended=found.plan.state is PlanState.ENDED,
        child_found=child is not None,
        own=own,
        claims=donor is not None and account_of_donor(donor.id) is None and not invitation.too_old,
    )


@mine.get("/<uuid:public_id>/correspondent")
@signed_in
def correspondent(public_id: uuid.UUID) -> ResponseReturnValue:
    """Who follows the child of a plan I pay for."""
    _plan, found = _of_my_plan(public_id)
    return _page(public_id, found, InviteAgainForm(email=found.email))


@mine.post("/<uuid:public_id>/correspondent")
@signed_in
@limiter.limit("10/hour")
def invite_again(public_id: uuid.UUID) -> ResponseReturnValue:
    """Have the invitation sent once more, perhaps to another address."""
    plan, found = _of_my_plan(public_id)
    form = InviteAgainForm()
    if not form.validate():
        return _page(public_id, found, form), 422
    try:
        if services.send_again(plan.id, email=normalised_email(form.email.data or "")):
            flash(_("The invitation is on its way."), "success")
        else:
            flash(_("The address is noted: we write once your first payment has arrived."), "info")
    except services.InvitedAlready:
        flash(_("We wrote less than an hour ago. Please give the e-mail time to arrive."), "info")
    except services.InvitationOver:
        flash(_("This invitation is over: it was answered, or the sponsorship has ended."), "info")
    return redirect(url_for(".correspondent", public_id=public_id), 303)


@mine.post("/<uuid:public_id>/correspondent/myself")
@signed_in_afresh
def follow_myself(public_id: uuid.UUID) -> ResponseReturnValue:
    """I will follow the child after all, while nobody else does."""
    plan, _found = _of_my_plan(public_id)
    try:
        services.follow_myself(plan.id, by=current_user.id)
        flash(
            _("From now on you follow the child yourself. You have your place in the queue."),
            "success",
        )
    except services.InvitationOver:
        flash(_("This invitation is over: it was answered, or the sponsorship has ended."), "info")
    return redirect(url_for("my_gifts.index"), 303)


def _of_my_plan(public_id: uuid.UUID) -> tuple[Plan, PlanCorrespondent]:
    donor = donor_of_current_user()
    plan = queries.plan_of(donor.id, public_id) if donor else None
    found = services.correspondent_of(plan.id) if plan else None
    if plan is None or found is None:
        abort(404)
    return plan, found


def _page(public_id: uuid.UUID, found: PlanCorrespondent, form: InviteAgainForm) -> str:
    return render_template(
        "donations/own/correspondent.html", public_id=public_id, found=found, form=form
    )
