"""The import page of the head office: hand in, read what would happen, decide."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from flask_wtf.file import MultipleFileField

from portal.core.db import db
from portal.core.i18n import language
from portal.core.roles import Role
from portal.core.spreadsheets import Column, write_csv
from portal.core.web.audience import needs
from portal.core.web.forms import Form
from portal.core.web.lists import download
from portal.office.imports import deliveries
from portal.office.imports.models import DeliveryState, FieldDelivery
from portal.office.imports.services import TABLES

imports = Blueprint("imports", __name__, url_prefix="/office/imports")
MAX_FILES = 20


class DeliveryForm(Form):
    """The files of one delivery."""

    files = MultipleFileField(lazy_gettext("Tables (CSV or XLSX, one or several files)"))

    def given(self) -> dict[str, bytes]:
        """The files by name; a form without a file gives none."""
        return {f.filename: f.read() for f in self.files.data or () if f and f.filename}


@imports.get("/")
@needs(Role.FIELD_OFFICER, Role.MATCHER)
def index() -> ResponseReturnValue:
    return render_template(
        "office/imports/index.html", form=DeliveryForm(), deliveries=deliveries.recent()
    )


@imports.post("/")
@needs(Role.FIELD_OFFICER, Role.MATCHER)
def hand_in() -> ResponseReturnValue:
    form = DeliveryForm()
    files = form.given() if form.validate_on_submit() else {}
    if not files or len(files) > MAX_FILES:
        form.files.errors = [_("Choose the files to import (20 at most).")]
        known = deliveries.recent()
        return render_template("office/imports/index.html", form=form, deliveries=known), 422
    delivery = deliveries.hand_in(files, current_user.id)
    return redirect(url_for(".show", delivery=delivery.public_id))


def _found(public_id: UUID) -> FieldDelivery:
    wanted = sa.select(FieldDelivery).where(FieldDelivery.public_id == public_id)
    return db.session.scalar(wanted) or abort(404)


@imports.get("/<uuid:delivery>")
@needs(Role.FIELD_OFFICER, Role.MATCHER)
def show(delivery: UUID) -> ResponseReturnValue:
    found = _found(delivery)
    report = found.report or {}
    return render_template(
        "office/imports/show.html",
        delivery=found,
        tables=_in_their_order(report.get("tables", {})),
        report=report,
        working=found.state in (DeliveryState.CHECKING, DeliveryState.IMPORTING),
        may_import=found.state is DeliveryState.CHECKED and bool(report.get("tables")),
    )


def _in_their_order(counts: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """The tables as the teams list them; the database keeps names in an order of its own."""
    return {table.name: counts[table.name] for table in TABLES if table.name in counts}


@imports.get("/<uuid:delivery>/faults.csv")
@needs(Role.FIELD_OFFICER, Role.MATCHER)
def faults(delivery: UUID) -> Response:
    report = _found(delivery).report or abort(404)
    heads = [_("Table"), _("Line"), _("Column"), _("Value"), _("What is wrong")]
    kinds = ["text", "integer", "text", "text", "text"]
    columns = [Column(h, k) for h, k in zip(heads, kinds, strict=True)]  # type: ignore[arg-type]
    rows = [
        [f["table"], f["line"], f["column"], f["value"], f["words"][language()]]
        for f in report["faults"]
    ]
    return download(write_csv(columns, rows), "faults.csv", "text/csv; charset=utf-8")


@imports.post("/<uuid:delivery>/confirm")
@needs(Role.FIELD_OFFICER, Role.MATCHER)
def confirm(delivery: UUID) -> ResponseReturnValue:
    found = _found(delivery)
    if not deliveries.confirm(found.id, skip_bad=request.form.get("skip_bad") == "yes"):
        flash(_("This delivery was dealt with already."), "info")
    return redirect(url_for(".show", delivery=delivery))


@imports.post("/<uuid:delivery>/drop")
@needs(Role.FIELD_OFFICER, Role.MATCHER)
def drop(delivery: UUID) -> ResponseReturnValue:
    deliveries.drop(_found(delivery).id)
    flash(_("The delivery was dropped; nothing was imported."), "success")
    return redirect(url_for(".index"))
