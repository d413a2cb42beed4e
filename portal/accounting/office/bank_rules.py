"""What was learned from decisions: seen, changed, ended."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounting import bank_wording as words
from portal.accounting.forms.bank import PurposeForm, WordsRuleForm
from portal.accounting.models import BankRule
from portal.accounting.office.bank import bank
from portal.accounting.queries import bank as reads
from portal.accounting.services import bank as services
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.lists import ListColumn, ListSpec, export, list_page
from portal.donations.forms.entry import purpose_of_choice
from portal.donations.wording import purpose_words


def when_words(rule: BankRule) -> str:
    """When a rule applies."""
    if rule.iban_fingerprint is not None:
        return str(_("From the account ending in %(last4)s", last4=rule.iban_last4))
    return str(_("The line says “%(words)s”", words=rule.words))


def then_words(rule: BankRule) -> str:
    """What a rule says a line is."""
    if rule.donor is not None and rule.purpose is not None:
        return f"{rule.donor.name} · {purpose_words(rule.purpose, rule.programme)}"
    return words.account_words(rule.account or "")


def _rules() -> ListSpec:
    return ListSpec(
        name="bank-rules",
        columns=(
            ListColumn("when", _("When"), when_words),
            ListColumn("then", _("Then"), then_words),
            ListColumn(
                "since", _("Since"), lambda r: r.created_at, "datetime", BankRule.created_at
            ),
        ),
        search=(BankRule.words, BankRule.iban_last4),
        default_sort="since",
        default_descending=True,
        tie=BankRule.id.desc(),
    )


@bank.route("/rules", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT)
def rules() -> ResponseReturnValue:
    """Every rule that holds, and a new one by words."""
    form = WordsRuleForm()
    if form.validate_on_submit():
        try:
            services.rule_of_words(form.words.data, form.account.data, by=current_user.id)
        except services.MatchRefused as refusal:
            form.words.errors = [_(refusal.reason)]
        else:
            flash(_("The rule holds from the next statement on."), "success")
            return redirect(url_for(".rules"), 303)
    page = list_page(_rules(), reads.rules())
    shown = export(page) or render_template(
        "accounting/bank/rules.html", page=page, form=form, when=when_words, then=then_words
    )
    return shown, 422 if form.errors else 200


@bank.route("/rules/<uuid:public_id>", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT)
def rule(public_id: uuid.UUID) -> ResponseReturnValue:
    """What the gifts of a rule are for from now on."""
    found = _rule(public_id)
    if found.donor_id is None:
        abort(404)
    told = f"{found.purpose}:{found.programme}" if found.programme else str(found.purpose)
    form = PurposeForm(data={"purpose": told})
    if form.validate_on_submit():
        services.change_rule(found.id, *purpose_of_choice(form.purpose.data), by=current_user.id)
        flash(_("The rule is changed for what comes; gifts made before stay."), "success")
        return redirect(url_for(".rules"), 303)
    return render_template(
        "accounting/bank/rule.html", rule=found, form=form, when=when_words, then=then_words
    )


@bank.post("/rules/<uuid:public_id>/end")
@needs(Role.ACCOUNTANT)
def end_rule(public_id: uuid.UUID) -> ResponseReturnValue:
    """It no longer holds."""
    services.end_rule(_rule(public_id).id, by=current_user.id)
    flash(_("The rule has ended."), "success")
    return redirect(url_for(".rules"), 303)


def _rule(public_id: uuid.UUID) -> BankRule:
    found = reads.rule_by_public_id(public_id)
    return found if found is not None and found.live else abort(404)
