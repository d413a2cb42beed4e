"""Stripe's books beside ours: how the last comparison ended, and each difference that waits."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.queries import names_of_accounts
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.lists import ListColumn, ListSpec, export, list_page
from portal.donations import ledger_queries as reads
from portal.donations import provider_wording as words
from portal.donations import services, tasks
from portal.donations.forms.reconciliation import ExplainForm
from portal.donations.models import Finding
from portal.donations.office import bp
from portal.donations.rules.reconciliation import FindingKind, FindingState


def _findings() -> ListSpec:
    return ListSpec(
        name="stripe-reconciliation",
        columns=(
            ListColumn("kind", _("What"), lambda f: words.finding_words(f.kind), sort=Finding.kind),
            ListColumn("subject", _("About"), lambda f: f.subject),
            ListColumn("also", _("With"), lambda f: f.about),
            ListColumn(
                "happened", _("Date"), lambda f: f.happened_at, "datetime", Finding.happened_at
            ),
            ListColumn("expected", _("Here"), lambda f: f.expected, "amount"),
            ListColumn("found", _("At Stripe"), lambda f: f.found, "amount"),
            ListColumn("state", _("State"), lambda f: words.finding_standing(f.state).label),
            ListColumn("note", _("Explanation"), lambda f: f.note),
        ),
        search=(Finding.subject, Finding.about, Finding.note),
        default_sort="happened",
        default_descending=True,
        tie=Finding.id.desc(),
    )


@bp.get("/stripe-reconciliation")
@needs(Role.ACCOUNTANT)
def reconciliation() -> ResponseReturnValue:
    """How the last comparison ended, and the differences, those that wait first."""
    states = [(s.value, words.finding_standing(s).label) for s in FindingState]
    kinds = [(k.value, words.finding_words(k)) for k in FindingKind]
    state = _known(request.args.get("state", FindingState.OPEN.value), [c for c, _l in states])
    kind = _known(request.args.get("kind", ""), [code for code, _label in kinds])
    statement = reads.all_findings()
    if state:
        statement = statement.where(Finding.state == FindingState(state))
    if kind:
        statement = statement.where(Finding.kind == FindingKind(kind))
    page = list_page(_findings(), statement)
    return export(page) or render_template(
        "donations/office/reconciliation.html",
        page=page,
        states=states,
        kinds=kinds,
        state=state,
        kind=kind,
        waiting=reads.open_findings(),
        last=reads.last_run(),
        whole=reads.last_whole_run(),
        finding_words=words.finding_words,
        finding_standing=words.finding_standing,
    )


def _known(asked: str, codes: list[str]) -> str:
    return asked if asked in codes else ""


@bp.post("/stripe-reconciliation")
@needs(Role.ACCOUNTANT)
def reconcile() -> ResponseReturnValue:
    """Compare now, in the background."""
    tasks.queue_reconciliation(by=current_user.id)
    flash(_("Stripe's books are being compared with ours. Look again in a minute."), "success")
    return redirect(url_for(".reconciliation"), 303)


@bp.route("/stripe-reconciliation/<int:finding_id>", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT)
def finding(finding_id: int) -> ResponseReturnValue:
    """One difference: both sides, what can be done, and its explanation."""
    found = reads.finding(finding_id) or abort(404)
    form = ExplainForm()
    if form.validate_on_submit():
        return _explain(found, str(form.note.data))
    return render_template(
        "donations/office/finding.html",
        finding=found,
        form=form,
        gift=reads.gift_of_finding(found),
        title=words.finding_words(found.kind),
        remedy=words.remedy_words(found.kind),
        standing=words.finding_standing(found.state),
        is_open=found.state is FindingState.OPEN,
        by=names_of_accounts({found.resolved_by}).get(found.resolved_by)
        if found.resolved_by
        else None,
    ), (422 if form.errors else 200)


def _explain(found: Finding, note: str) -> ResponseReturnValue:
    try:
        services.explain(found.id, note, by=current_user.id)
    except services.AlreadyExplained:
        flash(_("This difference is no longer open."), "info")
    else:
        flash(_("The explanation is kept with the difference."), "success")
    return redirect(url_for(".reconciliation"), 303)
