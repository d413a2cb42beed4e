"""Statements of the bank: our accounts, the files handed in, what they would do, what was imported."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.accounting import bank_wording as words
from portal.accounting.forms.bank import AccountForm, ColumnsForm, UploadForm
from portal.accounting.models import BankUpload
from portal.accounting.queries import bank as reads
from portal.accounting.queries.bank_doubles import doubles
from portal.accounting.queries.bank_ledgers import bank_ledgers
from portal.accounting.rules.statements import (
    ColumnPlan,
    StatementRefused,
    guess_plan,
    preview,
)
from portal.accounting.rules.statements.delimited import rows_in
from portal.accounting.services import bank as services
from portal.core import documents
from portal.core.money import Money
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.lists import download

bank = Blueprint("bank", __name__, url_prefix="/office/bank")
_WIDEST = 40


@bank.get("")
@needs(Role.ACCOUNTANT)
def index() -> ResponseReturnValue:
    """Our accounts at a glance, and the door for a file."""
    return _index(UploadForm())


def _index(form: UploadForm, status: int = 200) -> ResponseReturnValue:
    ledgers = {ledger.account.id: ledger for ledger in bank_ledgers()}
    page = render_template(
        "accounting/bank/index.html",
        form=form,
        states=reads.account_states(),
        files=reads.files(),
        waiting=reads.lines_waiting(),
        doubles=doubles(),
        ledgers=ledgers,
        formats=words.FORMATS,
    )
    return page, status


@bank.post("")
@needs(Role.ACCOUNTANT)
def hand_in() -> ResponseReturnValue:
    """Take a file in, and try it."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _index(form, 422)
    data = form.file.data.read()
    upload = services.hand_in(data, form.file.data.filename or "", by=current_user.id)
    return redirect(url_for(".upload", public_id=upload), 303)


@bank.get("/uploads/<uuid:public_id>")
@needs(Role.ACCOUNTANT)
def upload(public_id: uuid.UUID) -> ResponseReturnValue:
    """What importing the file would do."""
    return _upload_page(_upload(public_id))


def _upload(public_id: uuid.UUID) -> BankUpload:
    return reads.upload_by_public_id(public_id) or abort(404)


def _upload_page(found: BankUpload, **forms: Any) -> str:
    report: dict[str, Any] = found.report or {}
    shown: dict[str, Any] = {"upload": found, "report": report, "formats": words.FORMATS}
    if report.get("needs") == "columns" or report.get("format") == "csv":
        shown |= _columns(found, forms.pop("columns", None))
    if report.get("needs") == "account":
        shown["account_form"] = forms.pop("account_form", None) or AccountForm(reads.accounts())
    return render_template("accounting/bank/upload.html", money_of=Money, **shown)


def _columns(found: BankUpload, form: ColumnsForm | None) -> dict[str, Any]:
    """The table's headings and first rows, with the plan that was guessed or told."""
    plan = _plan_of(found)
    headings, rows = preview(found.content, plan) if plan else _bare_rows(found.content)
    told = form or ColumnsForm(headings, data=_as_told(plan))
    return {"columns_form": told, "headings": headings, "rows": rows}


def _plan_of(found: BankUpload) -> ColumnPlan | None:
    return ColumnPlan.from_dict(found.plan) if found.plan else guess_plan(found.content)


def _bare_rows(data: bytes) -> tuple[list[str], list[list[str]]]:
    """A table without headings: its columns by number."""
    try:
        rows = [row for row in rows_in(data, _separator(data)) if any(row)][:5]
    except StatementRefused:
        rows = []
    widest = min(max((len(row) for row in rows), default=0), _WIDEST)
    return [""] * widest, rows


def _separator(data: bytes) -> str:
    start = data[:5000]
    return max(";,\t|", key=lambda mark: start.count(mark.encode()))


def _as_told(plan: ColumnPlan | None) -> dict[str, str]:
    if plan is None:
        return {}
    told = {name: value for name, value in plan.as_dict().items() if isinstance(value, int)}
    told["text"] = plan.texts[0] if plan.texts else -1
    return {name: str(value) for name, value in told.items()}


@bank.post("/uploads/<uuid:public_id>/columns")
@needs(Role.ACCOUNTANT)
def columns(public_id: uuid.UUID) -> ResponseReturnValue:
    """Which column of the table is what."""
    found = _upload(public_id)
    plan = _plan_of(found)
    headings = preview(found.content, plan)[0] if plan else _bare_rows(found.content)[0]
    form = ColumnsForm(headings)
    if not form.validate_on_submit():
        return _upload_page(found, columns=form), 422
    separator = plan.separator if plan else _separator(found.content)
    services.say_more(found.id, plan=form.plan(separator, plan.header_row if plan else -1))
    return redirect(url_for(".upload", public_id=public_id), 303)


@bank.post("/uploads/<uuid:public_id>/account")
@needs(Role.ACCOUNTANT)
def upload_account(public_id: uuid.UUID) -> ResponseReturnValue:
    """Which of our accounts the table is of."""
    found, form = _upload(public_id), AccountForm(reads.accounts())
    if not form.validate_on_submit():
        return _upload_page(found, account_form=form), 422
    services.say_more(found.id, account=form.account)
    return redirect(url_for(".upload", public_id=public_id), 303)


@bank.post("/uploads/<uuid:public_id>/import")
@needs(Role.ACCOUNTANT, fresh=True)
def confirm(public_id: uuid.UUID) -> ResponseReturnValue:
    """Import what was shown."""
    found = _upload(public_id)
    try:
        told = services.confirm_upload(found.id, by=current_user.id)
    except (StatementRefused, services.UnknownAccountOfOurs):
        flash(_("The file can no longer be imported as it was shown: see why below."), "danger")
        services.say_more(found.id)
        return redirect(url_for(".upload", public_id=public_id), 303)
    if told is None or told.again:
        flash(_("This file was imported before: nothing was done twice."), "info")
        return redirect(url_for(".index"), 303)
    flash(_imported(told), "success")
    return redirect(url_for(".lines"), 303)


def _imported(told: services.Imported) -> str:
    new = ngettext("%(num)d new line.", "%(num)d new lines.", told.new)
    matched = ngettext(
        "%(num)d was matched at once.", "%(num)d were matched at once.", told.matched
    )
    waiting = ngettext("%(num)d waits for you.", "%(num)d wait for you.", told.waiting)
    return " ".join((new, matched, waiting) if told.matched else (new, waiting))


@bank.post("/uploads/<uuid:public_id>/drop")
@needs(Role.ACCOUNTANT)
def drop(public_id: uuid.UUID) -> ResponseReturnValue:
    """Leave the file alone."""
    services.drop_upload(_upload(public_id).id)
    flash(_("Nothing was imported, and the file is forgotten."), "info")
    return redirect(url_for(".index"), 303)


@bank.get("/files/<uuid:public_id>")
@needs(Role.ACCOUNTANT)
def file(public_id: uuid.UUID) -> ResponseReturnValue:
    """The file as it came from the bank."""
    found = reads.file_by_public_id(public_id) or abort(404)
    paper = found.document
    return download(documents.read(paper), paper.filename, paper.media_type)


@bank.post("/doubles/<int:part_id>/<int:gift_id>")
@needs(Role.ACCOUNTANT, fresh=True)
def same_money(part_id: int, gift_id: int) -> ResponseReturnValue:
    """It is one gift, recorded twice."""
    _must_be_asked_about(part_id, gift_id)
    try:
        services.same_money(part_id, gift_id, by=current_user.id)
    except services.BankError as refusal:
        flash(_(refusal.reason), "danger")
    else:
        flash(_("It is one gift now: the line shows the one that was recorded."), "success")
    return redirect(url_for(".index"), 303)


@bank.post("/doubles/<int:part_id>/<int:gift_id>/two")
@needs(Role.ACCOUNTANT, fresh=True)
def two_transfers(part_id: int, gift_id: int) -> ResponseReturnValue:
    """The donor gave that sum twice."""
    _must_be_asked_about(part_id, gift_id)
    services.two_transfers(part_id, gift_id, by=current_user.id)
    flash(_("They are two gifts; it is written down who said so."), "success")
    return redirect(url_for(".index"), 303)


def _must_be_asked_about(part_id: int, gift_id: int) -> None:
    if not any((row.part_id, row.other_id) == (part_id, gift_id) for row in doubles()):
        abort(404)
