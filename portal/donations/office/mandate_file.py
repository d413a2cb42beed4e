"""Mandates from another tool, brought in by a file: looked at first, kept when a person says so."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.core.roles import Role
from portal.core.spreadsheets import Column, write_csv
from portal.core.web.audience import needs
from portal.core.web.lists import download
from portal.donations.field_tables import PURPOSES, purpose_of
from portal.donations.forms.direct_debits import MandateFileForm
from portal.donations.mandate_table import MANDATES
from portal.donations.models import PlanInterval
from portal.donations.office.direct_debits import bp
from portal.donations.services import direct_debits as services
from portal.donations.wording import every_words, purpose_words

LARGEST = 10 * 1024 * 1024


@bp.route("/mandates/file", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def mandate_file() -> ResponseReturnValue:
    """Check a file of mandates, or keep what it holds; the file itself, full of IBANs, is never kept."""
    form, found = MandateFileForm(), None
    if form.validate_on_submit():
        name, content = form.file.data.filename or "", form.file.data.read(LARGEST + 1)
        try:
            if len(content) > LARGEST:
                form.file.errors = [_("The file is larger than 10 MB.")]
            elif form.keep.data:
                kept = services.bring_in_mandates(name, content, by=current_user.id)
                _say(len(kept.new), kept.known)
                return redirect(url_for(".mandates"), 303)
            else:
                found = services.read_mandates(name, content)
        except services.FaultyFile:
            found = services.read_mandates(name, content)
        except services.NoCreditor:
            form.form_errors.append(
                _("The settings do not name the association's creditor identifier and account.")
            )
    wrong = bool(form.errors or form.form_errors or (found and not found.sound))
    page = render_template(
        "donations/direct_debits/mandate_file.html",
        form=form,
        found=found,
        table=MANDATES,
        said=lambda problem: problem.text(_),
        codes=_codes(),
    )
    return page, 422 if request.method == "POST" and wrong else 200


@bp.get("/mandates/file.csv")
@needs(Role.ACCOUNTANT)
def mandate_file_model() -> ResponseReturnValue:
    """An empty file with the columns a file of mandates has."""
    columns = [Column(column.name) for column in MANDATES.columns]
    return download(write_csv(columns, []), "mandates.csv", "text/csv; charset=utf-8")


def _codes() -> list[tuple[str, str, str]]:
    """What may stand in a column of codes, and what it means: column, code, meaning."""
    rhythms = [("interval", i.value, every_words(i)) for i in PlanInterval]
    aims = [("purpose", code, purpose_words(*purpose_of(code))) for code in PURPOSES]
    return rhythms + aims


def _say(new: int, known: int) -> None:
    flash(
        ngettext("%(num)s mandate was brought in.", "%(num)s mandates were brought in.", new),
        "success",
    )
    if known:
        flash(
            ngettext(
                "%(num)s was here already and stayed as it is.",
                "%(num)s were here already and stayed as they are.",
                known,
            ),
            "info",
        )
