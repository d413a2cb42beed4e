"""Forgotten passwords."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.forms.entering import EmailForm, NewPasswordForm
from portal.accounts.models import TokenPurpose
from portal.accounts.routes import bp
from portal.accounts.routes.admission import admit
from portal.accounts.routes.mail_limits import may_write_to
from portal.accounts.services import joining, password_changes
from portal.core.i18n import language
from portal.core.web.audience import everyone
from portal.core.web.forms import clock_now
from portal.core.web.limits import limiter


@bp.route("/forgotten-password", methods=["GET", "POST"])
@everyone
@limiter.limit("20/hour", methods=["POST"])
def forgotten_password() -> ResponseReturnValue:
    """Ask for a link to choose a new password."""
    form = EmailForm()
    if not form.validate_on_submit():
        status = 422 if request.method == "POST" else 200
        return render_template("accounts/forgotten_password.html", form=form), status
    if may_write_to(form.email.data):
        joining.forgot_password(form.email.data, language(), clock_now())
    return redirect(url_for(".check_mail"), 303)


@bp.route("/reset-password/<string:token>", methods=["GET", "POST"])
@everyone
@limiter.limit("30/5 minutes", methods=["POST"])
def reset_password(token: str) -> ResponseReturnValue:
    """Choose a new password by the link of the mail; every browser is signed out."""
    now = clock_now()
    account = password_changes.account_behind(token, TokenPurpose.RESET_PASSWORD, now)
    form = NewPasswordForm(email=account.email)
    if not form.validate_on_submit():
        status = 422 if request.method == "POST" else 200
        shown = {"form": form, "email": account.email, "first": not account.password_hash}
        return render_template("accounts/reset_password.html", **shown), status
    account = password_changes.reset_password(token, form.password.data, now)
    answer = admit(account, now)
    flash(_("Your new password is in place."), "success")
    return answer
