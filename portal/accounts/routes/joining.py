"""Signing up, proving an address, following one's gifts from a thank-you mail."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.forms.entering import ConfirmForm, EmailForm, NewPasswordForm, SignUpForm
from portal.accounts.models import TokenPurpose
from portal.accounts.routes import bp
from portal.accounts.routes.admission import admit
from portal.accounts.routes.mail_limits import may_write_to
from portal.accounts.services import claims, joining, password_changes
from portal.accounts.services.links import link_of_any_age
from portal.core.i18n import language
from portal.core.web.audience import everyone
from portal.core.web.forms import clock_now
from portal.core.web.limits import limiter


@bp.route("/sign-up", methods=["GET", "POST"])
@everyone
@limiter.limit("20/hour", methods=["POST"])
def sign_up() -> ResponseReturnValue:
    """A new account: name and address; the password is chosen once the address is proved."""
    form = SignUpForm()
    if not form.validate_on_submit():
        return render_template("accounts/sign_up.html", form=form), _status(form)
    if may_write_to(form.email.data):
        joining.sign_up(form.email.data, form.name.data, language(), clock_now())
    return redirect(url_for(".check_mail"), 303)


@bp.get("/check-mail")
@everyone
def check_mail() -> ResponseReturnValue:
    """Whatever was asked and whoever asked: the rest is in the mailbox."""
    return render_template("accounts/check_mail.html")


@bp.route("/confirm-address", methods=["GET", "POST"])
@everyone
@limiter.limit("20/hour", methods=["POST"])
def resend() -> ResponseReturnValue:
    """Ask for the confirmation mail again."""
    form = EmailForm()
    if not form.validate_on_submit():
        return render_template("accounts/resend.html", form=form), _status(form)
    if may_write_to(form.email.data):
        joining.send_confirmation_again(form.email.data, language(), clock_now())
    return redirect(url_for(".check_mail"), 303)


@bp.post("/new-link/<string:token>")
@everyone
@limiter.limit("20/hour")
def new_link(token: str) -> ResponseReturnValue:
    """The one button on the page of an expired link."""
    known = link_of_any_age(token)
    if known is not None and may_write_to(known.email):
        joining.send_link_again(token, clock_now())
    return redirect(url_for(".check_mail"), 303)


@bp.route("/confirm-address/<string:token>", methods=["GET", "POST"])
@everyone
@limiter.limit("30/5 minutes", methods=["POST"])
def confirm_address(token: str) -> ResponseReturnValue:
    """The link of the mail: choosing a password proves the address. Only POST does it."""
    now = clock_now()
    account = password_changes.account_behind(token, TokenPurpose.CONFIRM_ADDRESS, now)
    form = NewPasswordForm(email=account.email)
    if not form.validate_on_submit():
        page = render_template("accounts/confirm_address.html", form=form, email=account.email)
        return page, _status(form)
    account = password_changes.confirm_address(token, form.password.data, now)
    answer = admit(account, now)
    flash(_("Your address is confirmed. Welcome!"), "success")
    return answer


@bp.route("/claim/<string:token>", methods=["GET", "POST"])
@everyone
@limiter.limit("30/5 minutes", methods=["POST"])
def claim(token: str) -> ResponseReturnValue:
    """The link of a thank-you mail: a password, and the donor sees their gifts. POST does it."""
    now = clock_now()
    donor, has_password = claims.donor_behind(token, now)
    form = ConfirmForm() if has_password else NewPasswordForm(email=donor.email)
    if not form.validate_on_submit():
        shown = {"form": form, "email": donor.email, "has_password": has_password}
        return render_template("accounts/claim.html", **shown), _status(form)
    try:
        account = claims.claim_with_password(token, form.data.get("password", ""), now)
    except claims.AccountHasAnotherDonor:
        return render_template("accounts/claim_with_office.html"), 409
    if has_password:
        flash(_("These gifts are now in your account. Sign in to see them."), "success")
        return redirect(url_for(".sign_in"), 303)
    answer = admit(account, now)
    flash(_("Your account is open: here are your gifts."), "success")
    return answer


def _status(form: object) -> int:
    return 422 if request.method == "POST" and form else 200
