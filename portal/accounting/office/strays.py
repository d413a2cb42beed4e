"""Money at Stripe without a gift here: onto the suspense account, and from there to what it is."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounting.forms.strays import StrayForm, StrayGiftForm
from portal.accounting.office.books import books
from portal.accounting.queries.strays import Stray, stray_of
from portal.accounting.services import strays as services
from portal.core.roles import Role
from portal.core.web.audience import needs


@books.route("/strays/<int:finding_id>", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def stray(finding_id: int) -> ResponseReturnValue:
    """What it is, with the entry it would be; then booked to 471 with a reason."""
    found, form = _found(finding_id), StrayForm()
    if form.validate_on_submit():
        try:
            services.book_stray(finding_id, reason=form.reason.data or "", by=current_user.id)
        except services.StrayRefused as refusal:
            flash(_(refusal.reason), "danger")
        else:
            flash(_("It stands on 471 until it is known what it is."), "success")
        return redirect(url_for(".stray", finding_id=finding_id), 303)
    return _page(found, form=form)


@books.post("/strays/<int:finding_id>/gift")
@needs(Role.ACCOUNTANT, fresh=True)
def stray_gift(finding_id: int) -> ResponseReturnValue:
    """It is a gift the office recorded."""
    found, form = _found(finding_id), StrayGiftForm()
    if not form.validate_on_submit():
        return _page(found, gift_form=form)
    try:
        gift = services.name_gift(finding_id, str(form.gift_ref.data), by=current_user.id)
    except services.StrayRefused as refusal:
        form.gift_ref.errors = [_(refusal.reason)]
        return _page(found, gift_form=form)
    flash(_("The payment is the gift %(ref)s: 471 is clear of it.", ref=gift.ref), "success")
    return redirect(url_for(".stray", finding_id=finding_id), 303)


def _page(
    found: Stray, *, form: StrayForm | None = None, gift_form: StrayGiftForm | None = None
) -> ResponseReturnValue:
    asked, named = form or StrayForm(), gift_form or StrayGiftForm()
    page = render_template("accounting/stray.html", stray=found, form=asked, gift_form=named)
    return page, 422 if asked.errors or named.errors else 200


def _found(finding_id: int) -> Stray:
    return stray_of(finding_id) or abort(404)
