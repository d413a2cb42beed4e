"""The second step of signing in, and setting it up."""

from __future__ import annotations

import segno
from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.forms.entering import CodeForm
from portal.accounts.models import Account
from portal.accounts.routes import bp
from portal.accounts.routes.admission import pending
from portal.accounts.services import entering, second_factor
from portal.core.web.audience import everyone, is_fresh
from portal.core.web.forms import clock_now
from portal.core.web.limits import limiter

SECRET = "enrolling"  # noqa: S105 - the name of a value in the cookie


def _who() -> str:
    known = pending(clock_now())
    who = known.account.id if known else getattr(current_user, "id", request.remote_addr)
    return f"second-factor:{who}"


@bp.route("/second-step", methods=["GET", "POST"])
@everyone
@limiter.limit("10/5 minutes;50/hour", methods=["POST"])
@limiter.limit("5/5 minutes;20/hour;50/day", key_func=_who, methods=["POST"])
def second_step() -> ResponseReturnValue:
    """The code of the phone, after the right password."""
    now = clock_now()
    waiting = pending(now)
    if waiting is None or not waiting.account.totp_secret:
        return redirect(url_for(".sign_in"), 303)
    form = CodeForm()
    if form.validate_on_submit():
        try:
            second_factor.check_code(waiting.account.id, form.code.data, now)
        except second_factor.CodeRefused:
            form.code.errors = [
                _("This code is not right, or was used already. Wait for the next one.")
            ]
        else:
            entering.enter(waiting.account, now)
            return redirect(waiting.next, 303)
    status = 422 if request.method == "POST" else 200
    return render_template("accounts/second_step.html", form=form), status


@bp.route("/second-factor", methods=["GET", "POST"])
@everyone
@limiter.limit("10/5 minutes", key_func=_who, methods=["POST"])
def enrol_second_factor() -> ResponseReturnValue:
    """Set up a phone: by somebody signed in, or on the way in when the house requires it."""
    account = _enrolling()
    if account is None:
        return redirect(url_for(".sign_in"), 303)
    if current_user.is_authenticated and not is_fresh():
        return redirect(url_for(".confirm_identity", next=request.path), 303)
    form = CodeForm()
    if not form.validate_on_submit():
        return _show_square(account, form)
    return _enrol(account, form)


def _enrolling() -> Account | None:
    """Who may set up a phone here; a password alone never replaces one that is set up."""
    if current_user.is_authenticated:
        return current_user.account  # type: ignore[no-any-return]
    waiting = pending(clock_now())
    return waiting.account if waiting and not waiting.account.totp_secret else None


def _show_square(account: Account, form: CodeForm) -> ResponseReturnValue:
    secret = session.setdefault(SECRET, second_factor.new_secret())
    square = segno.make(second_factor.provisioning_uri(account, secret), error="m")
    page = render_template(
        "accounts/enrol_second_factor.html",
        form=form,
        square=square.svg_data_uri(scale=5, border=2, dark="#1f2a44", light="#ffffff"),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        required=second_factor.is_required(account),
        replaces=bool(account.totp_secret),
    )
    return page, 422 if form.errors else 200


def _enrol(account: Account, form: CodeForm) -> ResponseReturnValue:
    now = clock_now()
    try:
        codes = second_factor.enrol(account.id, session.get(SECRET, ""), form.code.data, now)
    except second_factor.CodeRefused:
        form.code.errors = [
            _("This code is not right. Check the time on your phone and try again.")
        ]
        return _show_square(account, form)
    waiting, onward = pending(now), url_for("me.security")
    if not current_user.is_authenticated and waiting:
        onward = waiting.next
        entering.enter(account, now)
    session.pop(SECRET, None)
    return render_template("accounts/recovery_codes.html", codes=codes, onward=onward)
