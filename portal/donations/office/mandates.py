"""The head office's pages of mandates: the list, one of them, a new one, another account, the end."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.models import Donor
from portal.accounts.services import find_or_create_donor
from portal.core import audit, documents, i18n
from portal.core.db import transaction
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.core.web.lists import ListColumn, ListSpec, download, export, list_page
from portal.donations import debit_queries as queries
from portal.donations import debit_wording, wording
from portal.donations.forms.direct_debits import (
    AccountForm,
    DebitAmountForm,
    EndMandateForm,
    MandateForm,
    PauseDebitsForm,
)
from portal.donations.forms.plans import OnceForm
from portal.donations.models import Mandate
from portal.donations.office.direct_debits import bp
from portal.donations.rules.amounts import AmountError
from portal.donations.rules.direct_debit import lapses_on
from portal.donations.services import direct_debits as services


def _mandates() -> ListSpec:
    return ListSpec(
        name="mandates",
        columns=(
            ListColumn("rum", _("Mandate (RUM)"), lambda m: m.rum, sort=Mandate.rum),
            ListColumn("donor", _("Donor"), lambda m: m.donor.name, sort=Donor.last_name),
            ListColumn("donor_ref", _("Donor reference"), lambda m: m.donor.ref),
            ListColumn("amount", _("Amount"), lambda m: m.plan.amount, "amount"),
            ListColumn("interval", _("How often"), lambda m: wording.every_words(m.plan.interval)),
            ListColumn("iban", _("Account ending in"), lambda m: m.iban_last4),
            ListColumn("signed_on", _("Signed on"), lambda m: m.signed_on, "date", sort=Mandate.signed_on),
            ListColumn("last", _("Last debit"), lambda m: m.last_collected_on, "date", sort=Mandate.last_collected_on),
            ListColumn("next", _("Next debit"), lambda m: m.plan.next_debit_on, "date"),
            ListColumn("state", _("State"), lambda m: debit_wording.mandate_standing(m.state).label, sort=Mandate.state),
        ),
        search=(Mandate.rum, Donor.ref, Donor.first_name, Donor.last_name, Donor.company_name),
        default_sort="rum",
        tie=Mandate.id,
    )  # fmt: skip


@bp.get("/mandates")
@needs(Role.ACCOUNTANT)
def mandates() -> ResponseReturnValue:
    """Every mandate, as a page or a file; an IBAN is never shown whole."""
    page = list_page(_mandates(), queries.mandates())
    return export(page) or render_template("donations/direct_debits/mandates.html", page=page)


@bp.get("/mandates/<uuid:public_id>")
@needs(Role.ACCOUNTANT)
def mandate(public_id: uuid.UUID) -> ResponseReturnValue:
    """One mandate, its due dates, its history."""
    found = _mandate(public_id)
    return render_template(
        "donations/direct_debits/mandate.html",
        mandate=found,
        lapses=lapses_on(found.signed_on, found.last_collected_on),
        instalments=queries.instalments_of(found.plan_id),
        later=queries.replaced_by(found.id),
        entries=audit.history(f"mandate:{found.rum}"),
        live=found.ended_on is None,
        every=wording.every_words(found.plan.interval),
    )


@bp.get("/mandates/<uuid:public_id>/paper")
@needs(Role.ACCOUNTANT)
def paper(public_id: uuid.UUID) -> ResponseReturnValue:
    """The signed mandate as it was scanned."""
    document = _mandate(public_id).document or abort(404)
    return download(documents.read(document), document.filename, document.media_type)


@bp.route("/mandates/new", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def new_mandate() -> ResponseReturnValue:
    """Enter a mandate a donor signed."""
    form = MandateForm()
    if form.validate_on_submit():
        try:
            made = _register(form)
        except services.RumTaken:
            form.rum.errors = [_("Another mandate has this reference.")]
        except services.NoCreditor:
            form.form_errors.append(
                _("The settings do not name the association's creditor identifier and account.")
            )
        else:
            flash(_("The mandate is kept. The donor is told before each debit."), "success")
            return redirect(url_for(".mandate", public_id=made.public_id), 303)
    page = render_template("donations/direct_debits/new_mandate.html", form=form)
    return page, 422 if request.method == "POST" else 200


def _register(form: MandateForm) -> Mandate:
    with transaction():
        giver = form.giver
        donor_id = giver if isinstance(giver, int) else find_or_create_donor(giver, clock_now()).id
        return services.register_mandate(
            donor_id,
            form.promise,
            form.account,
            by=current_user.id,
            form_token=str(form.form_token.data),
        )


@bp.route("/mandates/<uuid:public_id>/account", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def new_account(public_id: uuid.UUID) -> ResponseReturnValue:
    """The donor has another account: a new mandate takes the place of this one."""
    found, form = _mandate(public_id), AccountForm()
    if form.validate_on_submit():
        try:
            made = services.replace_mandate(
                found.id, form.account, by=current_user.id, form_token=str(form.form_token.data)
            )
        except services.RumTaken:
            form.rum.errors = [_("Another mandate has this reference.")]
        except services.MandateOver:
            form.form_errors.append(_("This mandate is over."))
        else:
            flash(_("The next debits are taken from the new account."), "success")
            _say_under_way(found)
            return redirect(url_for(".mandate", public_id=made.public_id), 303)
    page = render_template(
        "donations/direct_debits/new_account.html",
        form=form,
        mandate=found,
        under_way=queries.under_way(found.plan_id),
    )
    return page, 422 if request.method == "POST" else 200


@bp.route("/mandates/<uuid:public_id>/end", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def end(public_id: uuid.UUID) -> ResponseReturnValue:
    """No debit any more."""
    found, form = _mandate(public_id), EndMandateForm()
    if form.validate_on_submit():
        try:
            services.end_mandate(found.id, reason=form.reason.data or "", by=current_user.id)
        except services.MandateOver:
            flash(_("This mandate was over already."), "warning")
        else:
            flash(_("The mandate is over: no debit is asked for any more."), "success")
            _say_under_way(found)
        return redirect(url_for(".mandate", public_id=public_id), 303)
    page = render_template(
        "donations/direct_debits/end.html",
        form=form,
        mandate=found,
        under_way=queries.under_way(found.plan_id),
    )
    return page, 422 if request.method == "POST" else 200


@bp.route("/mandates/<uuid:public_id>/amount", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def amount(public_id: uuid.UUID) -> ResponseReturnValue:
    """Another amount from the next debit on; a debit announced already is announced anew."""
    found = _mandate(public_id)
    form = DebitAmountForm(amount=found.plan.amount)
    if form.validate_on_submit() and form.amount.data is not None:
        try:
            services.change_debit_amount(found.plan_id, form.amount.data, by=current_user.id)
        except AmountError:
            form.amount.errors = [_("This amount is too small or too large.")]
        except services.PlanNotOurs:
            form.form_errors.append(_("This mandate is over."))
        else:
            flash(_("The next debits take the new amount. The donor is told before."), "success")
            _say_under_way(found)
            return redirect(url_for(".mandate", public_id=public_id), 303)
    return _act_page(found, form, "amount")


@bp.route("/mandates/<uuid:public_id>/pause", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def pause(public_id: uuid.UUID) -> ResponseReturnValue:
    """No debit until a day; what falls due meanwhile is never asked for."""
    found, form = _mandate(public_id), PauseDebitsForm()
    if form.validate_on_submit() and form.until.data is not None:
        try:
            services.pause_debits(found.plan_id, form.until.data, by=current_user.id)
        except services.PlanNotOurs:
            form.form_errors.append(_("This mandate is over."))
        else:
            flash(_("No debit is asked for before that day."), "success")
            _say_under_way(found)
            return redirect(url_for(".mandate", public_id=public_id), 303)
    return _act_page(found, form, "pause")


@bp.route("/mandates/<uuid:public_id>/resume", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def resume(public_id: uuid.UUID) -> ResponseReturnValue:
    """The pause is over: debits go on with the next due date."""
    found, form = _mandate(public_id), OnceForm()
    if form.validate_on_submit():
        try:
            services.resume_debits(found.plan_id, by=current_user.id)
        except services.PlanNotOurs:
            form.form_errors.append(_("This mandate is over."))
        else:
            flash(_("Debits go on with the next due date."), "success")
            return redirect(url_for(".mandate", public_id=public_id), 303)
    return _act_page(found, form, "resume")


def _say_under_way(found: Mandate) -> None:
    """What stands in a file for the bank is taken as it stands there: nobody is told otherwise."""
    for instalment in queries.under_way(found.plan_id):
        flash(
            _(
                "%(amount)s due on %(day)s stand in a file for the bank and are still taken.",
                amount=i18n.money(instalment.amount),
                day=i18n.day(instalment.due_on),
            ),
            "warning",
        )


def _act_page(found: Mandate, form: OnceForm, act: str) -> ResponseReturnValue:
    page = render_template(
        "donations/direct_debits/act.html",
        mandate=found,
        form=form,
        act=act,
        under_way=queries.under_way(found.plan_id),
    )
    return page, 422 if request.method == "POST" else 200


def _mandate(public_id: uuid.UUID) -> Any:
    return queries.mandate_by_public_id(public_id) or abort(404)
