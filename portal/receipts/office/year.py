"""A year's receipts: what a run would do, the run itself, notices, files."""

from __future__ import annotations

import tempfile

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.core.clock import paris_date
from portal.core.roles import Role
from portal.core.spreadsheets import Column, write_csv
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.core.web.lists import download
from portal.donations.queries import tax_years
from portal.receipts import services, tasks
from portal.receipts.forms import ConfirmForm, RunForm
from portal.receipts.models import ReceiptRun, RunState
from portal.receipts.office.desk import bp
from portal.receipts.queries import register, runs

FIRST_YEAR, LAST_YEAR = 2000, 2999
SHOWN_BLOCKED = 200
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def year_or_404(year: int) -> int:
    """A year that receipts may be of."""
    return year if FIRST_YEAR <= year <= LAST_YEAR else abort(404)


def year_asked() -> int:
    """The year in the address, else the last one that is over."""
    told = request.args.get("year", "")
    if told.isascii() and told.isdigit() and len(told) == 4:
        return year_or_404(int(told))
    return paris_date(clock_now()).year - 1


def years_known(year: int) -> list[int]:
    """The years one may look at, the latest first."""
    return sorted({*tax_years(), *register.receipt_years(), year}, reverse=True)


@bp.get("")
@needs(Role.ACCOUNTANT)
def index() -> ResponseReturnValue:
    """The year at a glance: what waits, who is blocked and why, what was issued."""
    year, now = year_asked(), clock_now()
    plan, run = services.dry_run(year, now), runs.last_run(year)
    issued = register.issued_in(year)
    return render_template(
        "receipts/office_index.html",
        year=year,
        years=years_known(year),
        over=services.year_is_over(year, now),
        plan=plan,
        blocked=plan.blocked[:SHOWN_BLOCKED],
        issued=issued,
        issued_count=sum(each.count for each in issued.values()),
        issued_amount=sum(
            (each.amount for each in issued.values()), start=plan.amount - plan.amount
        ),
        cancelled=register.cancelled_in(year),
        to_correct=register.receipts_to_correct(year),
        notices=runs.notices_of(year),
        run=run,
        running=bool(run and run.state is RunState.RUNNING),
        quiet=bool(run and run.state is RunState.RUNNING and runs.is_quiet(run, now)),
        failed=bool(run and run.state is RunState.FAILED),
        outcome=runs.outcome_of(run.id) if run else None,
    )


@bp.route("/<int:year>/run", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT)
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
            return redirect(url_for(".index", year=year), 303)
    plan = services.dry_run(year, now)
    page = render_template("receipts/office_run.html", year=year, over=over, plan=plan, form=form)
    return page, 422 if request.method == "POST" else 200


def _say_begun(begun: ReceiptRun) -> None:
    count = begun.total
    flash(
        ngettext("%(num)s receipt is being issued.", "%(num)s receipts are being issued.", count),
        "info",
    )


@bp.route("/<int:year>/notices", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT)
def notices(year: int) -> ResponseReturnValue:
    """Confirm, then write to the donors whose receipt is ready, once each."""
    form = ConfirmForm()
    if form.validate_on_submit():
        due = tasks.tell_donors(year_or_404(year), by=current_user.id)
        flash(
            ngettext("%(num)s donor is being told.", "%(num)s donors are being told.", due),
            "success",
        )
        return redirect(url_for(".index", year=year), 303)
    told = runs.notices_of(year_or_404(year))
    return render_template("receipts/office_notices.html", year=year, notices=told, form=form)


@bp.get("/<int:year>/blocked.csv")
@needs(Role.ACCOUNTANT)
def blocked(year: int) -> ResponseReturnValue:
    """The donors who cannot be given a receipt yet, with every reason."""
    plan = services.dry_run(year_or_404(year), clock_now())
    columns = [
        Column(_("Reference")), Column(_("Donor")), Column(_("E-mail address")),
        Column(_("Gifts"), "integer"), Column(_("Amount"), "amount"), Column(_("What is missing")),
    ]  # fmt: skip
    rows = [
        (
            each.donor.ref,
            each.donor.name,
            each.donor.email,
            each.gifts,
            each.amount,
            " ".join(_(reason.message) for reason in each.reasons),
        )
        for each in plan.blocked
    ]
    return download(write_csv(columns, rows), f"blocked-{year}.csv", MEDIA["csv"])


@bp.get("/<int:year>/register.<any(csv, xlsx):kind>")
@needs(Role.ACCOUNTANT)
def register_file(year: int, kind: str) -> ResponseReturnValue:
    """The whole register of a tax year, with the hashes and the gifts of each receipt."""
    try:
        content = services.register_file(year_or_404(year), kind)
    except services.NoReceipt:
        abort(404)
    return download(content, f"register-{year}.{kind}", MEDIA[kind])


@bp.get("/<int:year>/receipts.zip")
@needs(Role.ACCOUNTANT)
def archive(year: int) -> ResponseReturnValue:
    """Every paper of a tax year and its register, in one archive."""
    kept = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the answer
    try:
        services.write_archive(year_or_404(year), kept)
    except services.NoReceipt:
        kept.close()
        abort(404)
    kept.seek(0)
    return send_file(
        kept, "application/zip", as_attachment=True, download_name=f"receipts-{year}.zip"
    )
