"""Giving money back, and what needs somebody afterwards: refunds that failed, disputes, warnings."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.core import i18n
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.donations import back_wording, money_back, queries, services
from portal.donations.codes import MONEY_MODES, GiftMode
from portal.donations.forms import FailedRefundForm, RefundForm
from portal.donations.gateway import GatewayMisconfigured, GatewayUnavailable
from portal.donations.models import Gift, Refund
from portal.donations.office import bp
from portal.donations.rules.gift import GiftState
from portal.donations.rules.going_back import FAILED, PAID
from portal.donations.traces import paper_of
from portal.donations.wording import currency_sign


def may_refund(found: Gift) -> bool:
    """Whether money of this gift can be given back through Stripe."""
    paid = found.state in (GiftState.SETTLED, GiftState.PARTIALLY_REFUNDED)
    return paid and found.stripe_payment_intent_id is not None


def why_no_refund(found: Gift) -> str:
    """Why money of this gift cannot be given back from here, in a sentence; '' when it can."""
    if may_refund(found):
        return ""
    if found.state is GiftState.REFUNDED:
        return str(_("All of this gift was given back already."))
    if found.stripe_payment_intent_id is not None or found.state not in PAID:
        return str(_("Nothing of this gift can be given back in its present state."))
    if found.mode not in MONEY_MODES:
        return str(_("No money came with this gift: there is none to give back."))
    if found.mode is GiftMode.CARD:
        return str(_("This card payment was taken outside this portal: give it back where it was taken."))  # fmt: skip
    return str(_("This gift did not come by an on-line payment: give it back by bank transfer or cheque."))  # fmt: skip


@bp.get("/money-back")
@needs(Role.ACCOUNTANT)
def money_that_goes_back() -> ResponseReturnValue:
    """Refunds that failed, disputes to answer, warnings to decide about."""
    return render_template(
        "donations/office/money_back.html",
        failed=money_back.failed_refunds(),
        disputes=money_back.open_disputes(),
        warnings=money_back.waiting_warnings(),
        words=back_wording,
    )


@bp.route("/gifts/<uuid:public_id>/refund", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def refund(public_id: uuid.UUID) -> ResponseReturnValue:
    """Give back all or part of a gift paid on line."""
    found = queries.gift_by_public_id(public_id) or abort(404)
    if not may_refund(found) and request.method == "GET":
        flash(why_no_refund(found), "info")
        return redirect(url_for(".gift", public_id=public_id), 303)
    left = services.left_to_refund(found)
    form = RefundForm(left)
    problem = ""
    if form.validate_on_submit():
        problem = _refund(found, form)
        if not problem:
            return redirect(url_for(".gift", public_id=public_id), 303)
        form.form_errors.append(problem)
        form.new_act()
        left = services.left_to_refund(found)
    page = render_template(
        "donations/office/refund.html",
        gift=found,
        form=form,
        left=left,
        paper=paper_of(found.id),
        sign=currency_sign(found.currency),
    )
    return page, 422 if form.errors or problem else 200


def _refund(found: Gift, form: RefundForm) -> str:
    """Give back; what is wrong, in words, or ''."""
    amount = form.amount.data
    assert amount is not None, "a form found good has an amount"
    try:
        done = services.refund_gift(
            found.id,
            amount,
            reason=form.reason.data or "",
            by=current_user.id,
            form_token=str(form.form_token.data),
        )
    except services.NothingToRefund:
        return str(_("There is nothing left to give back of this gift."))
    except services.RefundTooMuch:
        left = i18n.money(services.left_to_refund(found))
        return str(_("No more than %(left)s can be given back.", left=left))
    except services.RefundNotPossible:
        return str(_("Stripe refuses to give this payment back. Look at it in Stripe's dashboard."))
    except services.RefundAskedAlready as error:
        asked = i18n.money(error.refund.amount)
        return str(_("This form asked for %(asked)s before. Nothing more was asked for now: look at the gift, then send the form again if it is right.", asked=asked))  # fmt: skip
    except GatewayUnavailable:
        flash(
            _("Stripe did not answer. The refund is kept and will be asked for again."), "warning"
        )
        return ""
    except GatewayMisconfigured:
        flash(_("Stripe refuses our access keys: an administrator must look at the settings. The refund is kept and will be asked for again."), "danger")  # fmt: skip
        return ""
    _say(done)
    return ""


def _say(done: Refund) -> None:
    """Only what Stripe's own object says."""
    words = {"amount": i18n.money(done.amount)}
    if done.state in FAILED:
        flash(_("%(amount)s could not be given back: the bank refused it.", **words), "danger")
    else:
        flash(_("%(amount)s goes back to the donor.", **words), "success")


@bp.route("/gifts/<uuid:public_id>/failed-refund", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def failed_refund(public_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody saw to a refund that failed, and says how."""
    found = queries.gift_by_public_id(public_id) or abort(404)
    form = FailedRefundForm()
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return render_template("donations/office/failed_refund.html", gift=found, form=form), status
    try:
        services.settle_failed_refund(found.id, note=form.note.data or "", by=current_user.id)
    except services.NoFailedRefund:
        abort(404)
    flash(_("Noted. The refund that failed waits for nobody any more."), "success")
    return redirect(url_for(".gift", public_id=public_id), 303)


@bp.post("/gifts/<uuid:public_id>/keep")
@needs(Role.ACCOUNTANT)
def keep_warned(public_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody looked at a fraud warning and keeps the gift."""
    found = queries.gift_by_public_id(public_id) or abort(404)
    services.keep_warned_gift(found.id, by=current_user.id)
    flash(_("Noted: the gift is kept despite the warning."), "success")
    return redirect(url_for(".gift", public_id=public_id), 303)
