"""The yearly declaration of gifts (CGI art. 222 bis): its figures, the list, the filing, what changed."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.core import documents
from portal.core.clock import paris_date
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.core.web.lists import download
from portal.receipts.declaration_form import DeclarationForm
from portal.receipts.office.desk import bp
from portal.receipts.office.year import year_or_404, years_known
from portal.receipts.queries import declaration as reads
from portal.receipts.queries.register import receipt_years
from portal.receipts.rules.declaration import declaration_due_on
from portal.receipts.services import declaring


@bp.get("/declaration")
@needs(Role.ACCOUNTANT)
def declaration_of_last_year() -> ResponseReturnValue:
    """The declaration of the year asked for, else of the last year that is over."""
    told = request.args.get("year", "")
    known = told.isascii() and told.isdigit() and len(told) == 4
    year = int(told) if known else paris_date(clock_now()).year - 1
    return redirect(url_for(".declaration", year=year))


@bp.route("/<int:year>/declaration", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def declaration(year: int) -> ResponseReturnValue:
    """What to declare of a year, and what was declared of it."""
    year_or_404(year)
    form, today = DeclarationForm(year), paris_date(clock_now())
    if form.validate_on_submit():
        try:
            declaring.declare(
                year,
                filed_on=form.filed_on.data,
                reference=form.reference.data,
                by=current_user.id,
                token=form.form_token.data,
            )
        except declaring.NothingToDeclare:
            flash(
                _("No receipt of %(year)s stands: there is nothing to declare.", year=year), "info"
            )
        else:
            flash(_("The declaration of %(year)s is kept, with its list.", year=year), "success")
        return redirect(url_for(".declaration", year=year), 303)
    filings = reads.declarations_of(year)
    page = render_template(
        "receipts/office_declaration.html",
        year=year,
        years=sorted({*receipt_years(), *years_known(year)}, reverse=True),
        over=today.year > year,
        figures=reads.figures_of(year),
        due_on=declaration_due_on(year),
        days_left=reads.days_left(year, today),
        filings=filings,
        latest=filings[0] if filings else None,
        changed=reads.difference_since(filings[0]) if filings else None,
        form=form,
    )
    return page, 422 if form.errors else 200


@bp.get("/declarations/<uuid:public_id>/list.csv")
@needs(Role.ACCOUNTANT)
def declared_list(public_id: UUID) -> ResponseReturnValue:
    """The receipts behind a filing, as they were that day."""
    filed = reads.declaration_by_public_id(public_id) or abort(404)
    content = documents.read(filed.document)
    return download(content, filed.document.filename, "text/csv; charset=utf-8")
