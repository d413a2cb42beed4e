"""The sponsor's own pages: home, details, security, privacy."""

from __future__ import annotations

import json

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import queries
from portal.accounts.forms.donor import AccountForm, DonorForm
from portal.accounts.forms.entering import ChangePasswordForm
from portal.accounts.personal_data import details_of_account
from portal.accounts.services import entering, password_changes, second_factor
from portal.accounts.services.profile import update_profile
from portal.core.i18n import in_language
from portal.core.personal_data import everything_about
from portal.core.web.audience import is_fresh, signed_in
from portal.core.web.cards import home_cards
from portal.core.web.forms import clock_now
from portal.core.web.limits import limiter
from portal.core.web.lists import download
from portal.site.me.words import first_places, greeting, shown_browser, what_is_kept

bp = Blueprint("me", __name__, url_prefix="/me")


@bp.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """My child or my place in the waiting list, my gifts, receipts and news."""
    donor = queries.donor_of_current_user()
    cards = home_cards(donor.id) if donor else []
    return render_template(
        "me/home.html", donor=donor, cards=cards, greeting=greeting(), places=first_places()
    )


@bp.route("/profile", methods=["GET", "POST"])
@signed_in
def profile() -> ResponseReturnValue:
    """Name, address, phone and language; the address is printed on receipts."""
    donor = queries.donor_of_current_user()
    form = DonorForm(donor) if donor else AccountForm(obj=current_user.account)
    if not form.validate_on_submit():
        status = 422 if request.method == "POST" else 200
        return render_template("me/profile.html", form=form, donor=donor), status
    values = {n: v for n, v in form.data.items() if n != "csrf_token"}
    account = update_profile(current_user.id, values)
    session["language"] = str(account.language)
    with in_language(str(account.language)):
        flash(_("Your details are saved."), "success")
    return redirect(url_for(".profile"), 303)


@bp.get("/security")
@signed_in
def security() -> ResponseReturnValue:
    """The password, the browsers that are signed in, the second factor."""
    return _security(ChangePasswordForm(email=current_user.account.email))


def _security(form: ChangePasswordForm, status: int = 200) -> ResponseReturnValue:
    account, now = current_user.account, clock_now()
    browsers = [
        (row, shown_browser(row.browser), row.id == current_user.session_id)
        for row in queries.sessions_of(account.id, now)
    ]
    page = render_template(
        "me/security.html",
        form=form,
        browsers=browsers,
        account=account,
        codes_left=queries.recovery_codes_left(account.id),
        required=second_factor.is_required(account),
    )
    return page, status


@bp.post("/security/password")
@signed_in
@limiter.limit("5/5 minutes", key_func=lambda: f"account:{getattr(current_user, 'id', 0)}")
def change_password() -> ResponseReturnValue:
    """A new password; every other browser is signed out."""
    form = ChangePasswordForm(email=current_user.account.email)
    if not form.validate_on_submit():
        return _security(form, 422)
    try:
        password_changes.change_password(
            current_user.id,
            form.old.data,
            form.password.data,
            clock_now(),
            keep_session=current_user.session_id,
        )
    except password_changes.WrongPassword:
        form.old.errors = [_("This is not your present password.")]
        return _security(form, 422)
    flash(_("Your new password is in place; all other browsers are signed out."), "success")
    return redirect(url_for(".security"), 303)


@bp.post("/security/sign-out-elsewhere")
@signed_in
def sign_out_elsewhere() -> ResponseReturnValue:
    """End all sessions but this one."""
    entering.sign_out_elsewhere(current_user.id, current_user.session_id)
    flash(_("All other browsers are signed out."), "success")
    return redirect(url_for(".security"), 303)


@bp.post("/security/recovery-codes")
@signed_in
def renew_recovery_codes() -> ResponseReturnValue:
    """Ten new codes in place of the old ones, shown once."""
    if not is_fresh():
        return _prove_first()
    if not current_user.account.totp_secret:
        return redirect(url_for(".security"), 303)
    codes = second_factor.renew_recovery_codes(current_user.id, clock_now())
    onward = url_for(".security")
    return render_template("accounts/recovery_codes.html", codes=codes, onward=onward)


@bp.post("/security/remove-second-factor")
@signed_in
def remove_second_factor() -> ResponseReturnValue:
    """Do without a second factor; the head office can not."""
    if not is_fresh():
        return _prove_first()
    try:
        second_factor.remove(current_user.id, clock_now())
    except second_factor.SecondFactorRequired:
        flash(_("People of the head office always have a second factor."), "danger")
    else:
        flash(_("Signing in takes only your password from now on."), "success")
    return redirect(url_for(".security"), 303)


def _prove_first() -> ResponseReturnValue:
    flash(_("Please confirm that it is you before you go on."), "info")
    return redirect(url_for("accounts.confirm_identity", next=url_for(".security")), 303)


@bp.get("/privacy")
@signed_in
def privacy() -> ResponseReturnValue:
    """What is kept, why and for how long."""
    return render_template("me/privacy.html", kept=what_is_kept())


@bp.get("/privacy/my-data.json")
@signed_in
def my_data() -> ResponseReturnValue:
    """Everything the house keeps of the reader, as one JSON document."""
    if not is_fresh():
        return redirect(url_for("accounts.confirm_identity", next=request.path), 303)
    donor = queries.donor_of_current_user()
    known = {"account": details_of_account(current_user.account, clock_now())}
    known |= everything_about(donor.id) if donor else {}
    text = json.dumps(known, ensure_ascii=False, indent=2, default=str)
    return download(text.encode(), "my-data.json", "application/json")
