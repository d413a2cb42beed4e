"""Debits that come back: the bank's answer to a file, one by a letter, and what a person decides."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.donations.forms.direct_debits import CameBackForm, StatusFileForm
from portal.donations.forms.plans import OnceForm
from portal.donations.office.direct_debits import bp
from portal.donations.rules.pain002 import StatusFileError
from portal.donations.services import direct_debits as services
from portal.donations.services.provider import today


@bp.route("/bank-file", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def status() -> ResponseReturnValue:
    """Read the bank's answer to a file, or its returns."""
    form = StatusFileForm(on=today())
    if not form.validate_on_submit():
        page = render_template("donations/direct_debits/status.html", form=form)
        return page, 422 if request.method == "POST" else 200
    content, assumed = form.file.data.read(), form.on.data or today()
    try:
        outcome = services.read_bank_status(
            form.file.data.filename or "pain002.xml", content, on=assumed, by=current_user.id
        )
    except StatusFileError as error:
        form.file.errors = [
            _("This file cannot be read: %(why)s. Nothing was changed.", why=_(str(error)))
        ]
        return render_template("donations/direct_debits/status.html", form=form), 422
    return render_template("donations/direct_debits/status_read.html", outcome=outcome)


@bp.route("/came-back", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def came_back() -> ResponseReturnValue:
    """One debit came back, by a letter or a line of the statement."""
    form = CameBackForm(on=today())
    if form.validate_on_submit() and form.on.data is not None:
        name = form.end_to_end.data or ""
        if services.debit_came_back(name, form.code.data, on=form.on.data, by=current_user.id):
            flash(_("Noted. Decide below what follows."), "success")
            return redirect(url_for(".index"), 303)
        form.end_to_end.errors = [_("No debit has this identifier.")]
    page = render_template("donations/direct_debits/came_back.html", form=form)
    return page, 422 if request.method == "POST" else 200


@bp.post("/came-back/<int:instalment_id>/again")
@needs(Role.ACCOUNTANT, fresh=True)
def again(instalment_id: int) -> ResponseReturnValue:
    """Announce it and collect it once more."""
    return _decided(
        lambda: services.try_again(instalment_id, by=current_user.id),
        _("It will be announced and collected once more."),
    )


@bp.post("/came-back/<int:instalment_id>/give-up")
@needs(Role.ACCOUNTANT, fresh=True)
def give_up(instalment_id: int) -> ResponseReturnValue:
    """It is not asked for any more."""
    return _decided(
        lambda: services.give_up(instalment_id, reason="", by=current_user.id),
        _("It is not asked for any more. The plan goes on with its next debit."),
    )


def _decided(act: Callable[[], object], said: str) -> ResponseReturnValue:
    if not OnceForm().validate_on_submit():
        abort(400)
    try:
        act()
    except services.NotBack:
        flash(_("Somebody was faster: this one is decided."), "warning")
    except services.TriedEnough:
        flash(_("It was tried twice already: it cannot be tried again."), "danger")
    else:
        flash(said, "success")
    return redirect(url_for(".index"), 303)
