"""Signing in, signing out, proving once more that it is you."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.forms.entering import IdentityForm, SignInForm
from portal.accounts.routes import bp
from portal.accounts.routes.admission import admit, home_of
from portal.accounts.routes.mail_limits import typed_address
from portal.accounts.rules import safe_next
from portal.accounts.services import entering, second_factor
from portal.core.web.audience import everyone, signed_in
from portal.core.web.forms import clock_now
from portal.core.web.limits import limiter


@bp.route("/sign-in", methods=["GET", "POST"])
@everyone
@limiter.limit("10/5 minutes", methods=["POST"])
@limiter.limit("10/5 minutes", key_func=typed_address, methods=["POST"])
def sign_in() -> ResponseReturnValue:
    """Enter with address and password; the same refusal whatever the reason."""
    if current_user.is_authenticated and request.method == "GET":
        return redirect(safe_next(request.args.get("next")) or home_of(current_user.account), 303)
    form = SignInForm(next=request.args.get("next", ""))
    if not form.validate_on_submit():
        return _ask(form, 422 if request.method == "POST" else 200)
    try:
        account = entering.account_for(form.email.data, form.password.data)
    except entering.WrongPassword:
        form.form_errors.append(_("The address and the password do not go together."))
        return _ask(form, 422)
    entering.refresh_password_hash(account, form.password.data)
    return admit(account, clock_now(), safe_next(form.next.data))


def _ask(form: SignInForm, status: int) -> ResponseReturnValue:
    form.next.data = safe_next(form.next.data) or ""
    return render_template("accounts/sign_in.html", form=form), status


@bp.post("/sign-out")
@everyone
def sign_out() -> ResponseReturnValue:
    """Leave; harmless for somebody who left already."""
    if current_user.is_authenticated:
        entering.sign_out(current_user.session_id)
        flash(_("You are signed out."), "success")
    return redirect(url_for(".sign_in"), 303)


@bp.route("/confirm-identity", methods=["GET", "POST"])
@signed_in
@limiter.limit("10/5 minutes", key_func=lambda: f"account:{current_user.id}", methods=["POST"])
def confirm_identity() -> ResponseReturnValue:
    """The password again (and the phone's code) before something that matters."""
    form = IdentityForm(next=request.args.get("next", ""))
    without = _without_password()
    if form.validate_on_submit() and (without or _proved(form)):
        entering.renew(current_user.session_id, current_user.id, clock_now())
        return redirect(safe_next(form.next.data) or home_of(current_user.account), 303)
    form.next.data = safe_next(form.next.data) or ""
    shown = {"form": form, "without": without, "has_code": bool(current_user.account.totp_secret)}
    return render_template("accounts/confirm_identity.html", **shown), _status(form)


def _without_password() -> bool:
    """The people of the demonstration entered with one click and have no password to give."""
    settings = current_app.extensions["settings"]
    return bool(settings.demo and settings.loopback and not current_user.account.password_hash)


def _proved(form: IdentityForm) -> bool:
    account = current_user.account
    try:
        entering.check_password(account, form.password.data or "")
        if account.totp_secret:
            second_factor.check_code(account.id, form.code.data or "", clock_now())
    except (entering.WrongPassword, second_factor.CodeRefused):
        form.form_errors.append(_("This is not right. Please try again."))
        return False
    return True


def _status(form: IdentityForm) -> int:
    return 422 if form.form_errors or form.errors else 200
