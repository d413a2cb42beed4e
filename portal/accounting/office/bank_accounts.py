"""The association's own bank accounts: their number in the chart, their ledger beside their statements."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.accounting.forms.bank import OurAccountForm
from portal.accounting.forms.own_accounts import FreeAccountForm, MoveForm, NewAccountForm
from portal.accounting.models import BankAccount
from portal.accounting.office.bank import bank
from portal.accounting.queries.bank import account_by_public_id
from portal.accounting.queries.bank_ledgers import ledger_of
from portal.accounting.queries.chart import account_on
from portal.accounting.queries.own_accounts import is_booked_on
from portal.accounting.services import bank as services
from portal.core.i18n import money
from portal.core.money import Money, total
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.donations.forms.entry import today


@bank.route("/accounts/new", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def new_account() -> ResponseReturnValue:
    """An account of ours, made known before its first statement."""
    form = NewAccountForm()
    if form.validate_on_submit():
        try:
            account = services.add_account(
                form.iban.data or "",
                name=form.name.data or "",
                code=form.ledger_code.data or "",
                label=form.ledger_label.data or "",
                by=current_user.id,
            )
        except services.AccountKnown as refusal:
            form.iban.errors = [_(refusal.reason)]
        except services.BankError as refusal:
            form.ledger_code.errors = [_(refusal.reason)]
        else:
            flash(
                _("The account is known; it is booked on %(code)s.", code=account.ledger_code),
                "success",
            )
            return redirect(url_for(".account", public_id=account.public_id), 303)
    return render_template(
        "accounting/bank/new_account.html", form=form
    ), 422 if form.errors else 200


@bank.route("/accounts/<uuid:public_id>", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT)
def account(public_id: uuid.UUID) -> ResponseReturnValue:
    """Its ledger beside its statements, what people call it, what is matched without asking."""
    found = _found(public_id)
    free = not is_booked_on(found.ledger_code)
    form = FreeAccountForm(obj=found) if free else OurAccountForm(obj=found)
    if form.validate_on_submit() and _saved(found, form):
        flash(_("The account is saved."), "success")
        return redirect(url_for(".account", public_id=public_id), 303)
    page = render_template(
        "accounting/bank/account.html",
        account=found,
        form=form,
        label=account_on(found.ledger_code, today()).label,
        ledger=ledger_of(found),
        year=today().year,
    )
    return page, 422 if form.errors else 200


def _saved(account: BankAccount, form: OurAccountForm | FreeAccountForm) -> bool:
    if isinstance(form, FreeAccountForm):
        code, label = form.ledger_code.data or "", form.ledger_label.data or ""
        try:
            services.number_account(account.id, code=code, label=label, by=current_user.id)
        except services.BankError as refusal:
            form.ledger_code.errors = [_(refusal.reason)]
            return False
    services.change_account(
        account.id,
        name=form.name.data or "",
        accepts_certain=bool(form.accepts_certain.data),
        by=current_user.id,
    )
    return True


@bank.route("/accounts/<uuid:public_id>/rebook", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def rebook_account(public_id: uuid.UUID) -> ResponseReturnValue:
    """What stands on another account's number goes to this one's, by entries of its own."""
    found, form = _found(public_id), MoveForm()
    if form.validate_on_submit():
        count, moved = services.rebook_account(found.id, by=current_user.id)
        flash(_moved(found, count, moved), "success" if count else "info")
        return redirect(url_for(".account", public_id=public_id), 303)
    amiss = ledger_of(found).misplaced
    if not amiss:
        return redirect(url_for(".account", public_id=public_id), 303)
    return render_template(
        "accounting/bank/rebook_account.html",
        account=found,
        form=form,
        count=len(amiss),
        moved=total([each.moved for each in amiss]),
        booked=sorted({each.booked for each in amiss}),
    )


def _moved(account: BankAccount, count: int, moved: Money) -> str:
    if not count:
        return str(_("Everything stands on its own account already."))
    return str(
        ngettext(
            "%(num)d entry moved %(sum)s to %(code)s.",
            "%(num)d entries moved %(sum)s to %(code)s.",
            count,
            sum=money(moved),
            code=account.ledger_code,
        )
    )


def _found(public_id: uuid.UUID) -> BankAccount:
    return account_by_public_id(public_id) or abort(404)
