"""People of the head office: who may do what. For administrators."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import queries
from portal.accounts.models import Account
from portal.accounts.services import second_factor, staff
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.office.people.forms import ROLE_NAMES, InviteForm, RolesForm

bp = Blueprint("people", __name__, url_prefix="/office/people")


def role_names(account: Account) -> list[str]:
    """The roles of a colleague, in the reader's language."""
    return [str(ROLE_NAMES[role]) for role in Role if role in account.roles]


@bp.get("")
@needs(Role.ADMINISTRATOR)
def index() -> ResponseReturnValue:
    """Everybody who may enter the office, and those who may not any more."""
    people = [(account, role_names(account)) for account in queries.people_of_the_office()]
    return render_template("office/people/index.html", people=people)


@bp.route("/invite", methods=["GET", "POST"])
@needs(Role.ADMINISTRATOR, fresh=True)
def invite() -> ResponseReturnValue:
    """A colleague gets a mail with a link to choose a password."""
    form = InviteForm()
    if form.validate_on_submit():
        try:
            invited = staff.create_staff(
                form.email.data,
                [Role(role) for role in form.roles.data],
                clock_now(),
                name=form.name.data,
                language=form.language.data,
                by=current_user.id,
                send_mail=True,
            )
        except staff.AccountIsClosed:
            form.email.errors = [_("This address has a closed account: open it again instead.")]
        else:
            flash(_("The invitation is on its way."), "success")
            return redirect(url_for(".show", public_id=invited.account.public_id), 303)
    status = 422 if request.method == "POST" else 200
    return render_template("office/people/invite.html", form=form), status


@bp.get("/<uuid:public_id>")
@needs(Role.ADMINISTRATOR, fresh=True)
def show(public_id: uuid.UUID) -> ResponseReturnValue:
    """One colleague: roles, second factor, closing the account."""
    account = _colleague(public_id)
    return _show(account, RolesForm(roles=account.roles))


def _show(account: Account, form: RolesForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "office/people/show.html",
        person=account,
        roles=role_names(account),
        form=form,
        oneself=account.id == current_user.id,
    )
    return page, status


@bp.post("/<uuid:public_id>/roles")
@needs(Role.ADMINISTRATOR, fresh=True)
def roles(public_id: uuid.UUID) -> ResponseReturnValue:
    """Give exactly these roles."""
    account, form = _colleague(public_id), RolesForm()
    if not form.validate_on_submit():
        return _show(account, form, 422)
    try:
        wanted = [Role(role) for role in form.roles.data]
        staff.change_roles(account.id, wanted, by=current_user.id)
    except (staff.NotOneself, staff.LastAdministrator) as error:
        form.roles.errors = [_reason(error)]
        return _show(account, form, 422)
    flash(_("The roles are changed."), "success")
    return _back(account)


@bp.post("/<uuid:public_id>/close")
@needs(Role.ADMINISTRATOR, fresh=True)
def close(public_id: uuid.UUID) -> ResponseReturnValue:
    """The person may not enter any more."""
    account = _colleague(public_id)
    try:
        staff.close_account(account.id, by=current_user.id, now=clock_now())
    except (staff.NotOneself, staff.LastAdministrator) as error:
        flash(_reason(error), "danger")
    else:
        flash(_("The account is closed and signed out everywhere."), "success")
    return _back(account)


@bp.post("/<uuid:public_id>/open")
@needs(Role.ADMINISTRATOR, fresh=True)
def open_again(public_id: uuid.UUID) -> ResponseReturnValue:
    """The person may enter again."""
    account = _colleague(public_id)
    staff.open_account_again(account.id, by=current_user.id)
    flash(_("The account is open again."), "success")
    return _back(account)


@bp.post("/<uuid:public_id>/invite-again")
@needs(Role.ADMINISTRATOR, fresh=True)
def invite_again(public_id: uuid.UUID) -> ResponseReturnValue:
    """Another link to choose a password."""
    account = _colleague(public_id)
    if account.disabled_at:
        abort(404)
    staff.invite_again(account.id, clock_now())
    flash(_("The invitation is on its way."), "success")
    return _back(account)


@bp.post("/<uuid:public_id>/reset-second-factor")
@needs(Role.ADMINISTRATOR, fresh=True)
def reset_second_factor(public_id: uuid.UUID) -> ResponseReturnValue:
    """A colleague lost phone and codes."""
    account = _colleague(public_id)
    second_factor.reset_for(account.id, by=current_user.id, now=clock_now())
    flash(_("They will set up their phone at the next sign-in."), "success")
    return _back(account)


def _reason(error: Exception) -> str:
    if isinstance(error, staff.NotOneself):
        return str(
            _("Nobody changes their own roles or closes their own account: ask a colleague.")
        )
    return str(_("This is the last administrator: make somebody else one first."))


def _colleague(public_id: uuid.UUID) -> Account:
    account = queries.account_by_public_id(public_id)
    return account if account is not None and account.roles else abort(404)


def _back(account: Account) -> ResponseReturnValue:
    return redirect(url_for(".show", public_id=account.public_id), 303)
