"""The run of a year on the page: begun, paused, taken up, ended, tried again."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.receipts import services, tasks
from portal.receipts.forms import ConfirmForm, RunForm
from portal.receipts.models import ReceiptRun
from portal.receipts.office.desk import bp
from portal.receipts.office.year import year_or_404
from portal.receipts.queries import runs


@bp.route("/<int:year>/run", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def run(year: int) -> ResponseReturnValue:
    """Confirm, then issue the year's receipts in the background."""
    form, now = RunForm(), clock_now()
    over = services.year_is_over(year_or_404(year), now)
    if form.validate_on_submit():
        try:
            begun = tasks.begin_run(year, at=now, by=current_user.id, confirmed=form.confirmed.data)
        except services.YearNotOver:
            form.confirmed.errors = [
                _("%(year)s is not over. Tick the box if you are sure.", year=year)
            ]
        else:
            _say_begun(begun)
            return _back(year)
    plan = services.dry_run(year, now)
    page = render_template("receipts/office_run.html", year=year, over=over, plan=plan, form=form)
    return page, 422 if request.method == "POST" else 200


def _say_begun(begun: ReceiptRun) -> None:
    count = begun.total
    flash(
        ngettext("%(num)s receipt is being issued.", "%(num)s receipts are being issued.", count),
        "info",
    )


def _back(year: int) -> ResponseReturnValue:
    return redirect(url_for(".index", year=year), 303)


def _last_run(year: int) -> ReceiptRun:
    return runs.last_run(year_or_404(year)) or abort(404)


def _too_late() -> None:
    flash(_("The run is over: nothing was changed."), "info")


@bp.post("/<int:year>/run/pause")
@needs(Role.ACCOUNTANT)
def pause_run(year: int) -> ResponseReturnValue:
    """Begin no further receipts until somebody lets the run go on."""
    try:
        services.pause_run(_last_run(year).id, by=current_user.id)
    except services.RunIsOver:
        _too_late()
    else:
        flash(_("The run is paused: nothing more is issued until it goes on."), "info")
    return _back(year)


@bp.post("/<int:year>/run/resume")
@needs(Role.ACCOUNTANT, fresh=True)
def resume_run(year: int) -> ResponseReturnValue:
    """Let a run go on that was paused, had to stop, or stands still."""
    try:
        tasks.resume_run(_last_run(year).id, by=current_user.id)
    except services.RunIsOver:
        _too_late()
    else:
        flash(_("The run goes on where it stood."), "info")
    return _back(year)


@bp.route("/<int:year>/run/cancel", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def cancel_run(year: int) -> ResponseReturnValue:
    """Confirm, then end the run where it is; what it issued stands."""
    last, form = _last_run(year), ConfirmForm()
    if not form.validate_on_submit():
        return render_template("receipts/office_run_cancel.html", year=year, run=last, form=form)
    try:
        services.cancel_run(last.id, by=current_user.id, at=clock_now())
    except services.RunIsOver:
        _too_late()
    else:
        flash(_("The run has ended. The receipts it issued stand."), "success")
    return _back(year)


@bp.post("/<int:year>/run/retry")
@needs(Role.ACCOUNTANT, fresh=True)
def retry_faults(year: int) -> ResponseReturnValue:
    """Try the donors again whose receipts the last run could not make."""
    try:
        count = tasks.retry_faults(_last_run(year).id, at=clock_now(), by=current_user.id)
    except services.RunIsOver:
        _too_late()
    else:
        flash(
            ngettext("%(num)s receipt is tried again.", "%(num)s receipts are tried again.", count),
            "info",
        )
    return _back(year)
