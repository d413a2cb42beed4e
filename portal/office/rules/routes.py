"""The pages of rules with dates: accountants read them, administrators write new versions."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.core import documents
from portal.core.clock import paris_date
from portal.core.dated_rules import RuleKind, Version, writing
from portal.core.dated_rules.book import rule_book
from portal.core.dated_rules.kinds import all_kinds, kind_named
from portal.core.dated_rules.writing import RuleRefused, newest_number
from portal.core.db import transaction
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.core.web.lists import download
from portal.office.rules import shown
from portal.office.rules.forms import (
    IMAGE_FAULTS,
    KEPT,
    AddForm,
    VersionForm,
    WithdrawForm,
    version_form,
)
from portal.receipts.queries.signatory import SIGNATURE, kept_signature, signature_named
from portal.receipts.signature_image import SignatureRefused, clean_signature

MANY = 8
"""More rules than these are folded away on the overview."""
bp = Blueprint("rules", __name__, url_prefix="/office/rules")


def _today() -> dt.date:
    return paris_date(clock_now())


def _kind(name: str) -> RuleKind:
    return kind_named(name) or abort(404)


def _rule(name: str, code: str, *, may_be_new: bool = False) -> RuleKind:
    kind = _kind(name)
    known = code in kind.names() or code in rule_book().versions(kind.name)
    return kind if known or (may_be_new and kind.addable) else abort(404)


@bp.get("")
@needs(Role.ACCOUNTANT)
def index() -> ResponseReturnValue:
    """Every kind of rules: what holds today, and what is planned."""
    today = _today()
    kinds = [(kind, shown.rules_of(kind, today)) for kind in all_kinds()]
    return render_template(
        "office/rules/index.html", kinds=kinds, many=MANY, may_write=_may_write()
    )


@bp.get("/<kind>/<code>")
@needs(Role.ACCOUNTANT)
def show(kind: str, code: str) -> ResponseReturnValue:
    """One rule: what it says today, what is planned, and every version it ever had."""
    found = _rule(kind, code)
    versions = shown.history(found, code, _today())
    return render_template(
        "office/rules/show.html",
        kind=found,
        code=code,
        name=shown.rule_name(found, code),
        versions=versions,
        now=next((each for each in versions if each.state == "now"), None),
        may_write=_may_write(),
        specimen=_specimen,
    )


@bp.route("/<kind>/<code>/new", methods=["GET", "POST"])
@needs(Role.ADMINISTRATOR, fresh=True)
def new(kind: str, code: str) -> ResponseReturnValue:
    """Write a new version: fill in, look at it, confirm."""
    found = _rule(kind, code, may_be_new=True)
    form = version_form(found, _held(found, code), newest_number(found, code))
    if request.method == "GET" or form.step.data == "edit":
        return _asked(found, code, form)
    if not _valid(code, form) or not _allowed(found, code, form):
        return _asked(found, code, form, 422)
    if form.step.data != "confirm":
        return _previewed(found, code, form)
    proposal = form.proposal(code)
    try:
        writing.write_version(found, proposal, by=current_user.id, at=clock_now())
    except RuleRefused as refusal:
        form.tell(refusal)
        return _asked(found, code, form, 422)
    flash(_("The new version is kept. It holds %(days)s.", days=shown.days_words(proposal.since, None)), "success")  # fmt: skip
    return redirect(url_for(".show", kind=kind, code=code), 303)


@bp.route("/<kind>/add", methods=["GET", "POST"])
@needs(Role.ADMINISTRATOR, fresh=True)
def add(kind: str) -> ResponseReturnValue:
    """Choose the number of an account to add; its first version is written on the next page."""
    found, form = _kind(kind), AddForm()
    if not found.addable:
        abort(404)
    if form.validate_on_submit():
        taken = form.code.data in rule_book().versions(found.name)
        if form.check(found, taken):
            return redirect(url_for(".new", kind=kind, code=form.code.data), 303)
    status = 422 if request.method == "POST" else 200
    return render_template("office/rules/add.html", kind=found, form=form), status


@bp.route("/<kind>/<code>/<uuid:version>/withdraw", methods=["GET", "POST"])
@needs(Role.ADMINISTRATOR, fresh=True)
def withdraw(kind: str, code: str, version: uuid.UUID) -> ResponseReturnValue:
    """Take back a version whose day is still to come."""
    found, form = _rule(kind, code), WithdrawForm()
    planned = _version(found, code, version)
    if form.validate_on_submit():
        try:
            writing.withdraw_version(
                version, reason=form.reason.data, by=current_user.id, at=clock_now()
            )
        except writing.HoldsAlready:
            flash(_("This version holds already: write a new one instead."), "danger")
        else:
            flash(_("The planned version is taken back."), "success")
        return redirect(url_for(".show", kind=kind, code=code), 303)
    page = render_template(
        "office/rules/withdraw.html",
        kind=found,
        code=code,
        name=shown.rule_name(found, code),
        planned=planned,
        fields=shown.said_fields(found, planned.value, None),
        form=form,
    )
    return page, 422 if request.method == "POST" else 200


@bp.get("/signature/<public_id>")
@needs(Role.ACCOUNTANT)
def signature(public_id: str) -> Response:
    """The image of a hand that is kept here."""
    found = signature_named(public_id) or abort(404)
    return download(documents.read(found), found.filename, found.media_type, inline=True)


def _may_write() -> bool:
    return Role.ADMINISTRATOR in current_user.role_set


def _held(kind: RuleKind, code: str) -> dict[str, Any] | None:
    """What the form begins with: the latest version, the one that holds or is planned."""
    of_rule = rule_book().periods(kind.name, code)
    if not of_rule:
        return None
    return dict(of_rule[-1].version.value)


def _version(kind: RuleKind, code: str, public_id: uuid.UUID) -> Version:
    versions = rule_book().versions(kind.name)[code]
    return next((each for each in versions if each.public_id == public_id), None) or abort(404)


def _valid(code: str, form: VersionForm) -> bool:
    """Whether everything is well written; says at each field what is not."""
    good = form.validate()
    if not any(each.errors for each in form.rule_fields()) and form.since.data:
        faults = form.kind.faults(code, form.value, form.since.data)
        form.tell(writing.WrongValue(faults))
        good = good and not faults
    return _images_kept(form) and good


def _images_kept(form: VersionForm) -> bool:
    """Keep each image that came with the form; says at its field why one is refused."""
    for field in form.rule_fields():
        if field.type != "FileField" or not field.data:
            continue
        try:
            image = clean_signature(field.data.read())
        except SignatureRefused as refusal:
            field.errors = [_(IMAGE_FAULTS[type(refusal)])]
            return False
        with transaction():
            kept = kept_signature(image) or documents.store(
                SIGNATURE, "signature.png", "image/png", image
            )
            form[field.name + KEPT].data = str(kept.public_id)
    return True


def _allowed(kind: RuleKind, code: str, form: VersionForm) -> bool:
    if form.step.data == "confirm":
        return True  # the service judges; a form sent twice is no fault
    try:
        writing.check(kind, form.proposal(code), _today())
    except writing.UnknownRule:
        abort(404)
    except RuleRefused as refusal:
        form.tell(refusal)
        return False
    return True


def _asked(kind: RuleKind, code: str, form: VersionForm, status: int = 200) -> ResponseReturnValue:
    said = kind.said_until(code)
    page = render_template(
        "office/rules/new.html",
        kind=kind,
        code=code,
        name=shown.rule_name(kind, code),
        form=form,
        units={each.name: each.unit for each in kind.fields},
        kept=KEPT,
        earliest=said + dt.timedelta(days=1) if said else None,
    )
    return page, status


def _previewed(kind: RuleKind, code: str, form: VersionForm) -> ResponseReturnValue:
    proposal = form.proposal(code)
    number = newest_number(kind, code) + 1
    before = shown.held_before(kind, code, number, proposal.since)
    return render_template(
        "office/rules/preview.html",
        kind=kind,
        code=code,
        name=shown.rule_name(kind, code),
        form=form,
        proposal=proposal,
        before=before,
        fields=shown.said_fields(kind, proposal.value, before.value if before else None),
        past=proposal.since <= _today(),
        typed=_typed(form),
        specimen=_specimen(kind, code, proposal.value),
    )


def _typed(form: VersionForm) -> list[tuple[str, str]]:
    """What was typed, to be sent once more; what stays empty stays away."""
    names = [field.name for field in form if field.type not in ("FileField", "CSRFTokenField")]
    told = [(name, _as_typed(form[name])) for name in names if name != "step"]
    return [(name, value) for name, value in told if value]


def _as_typed(field: Any) -> str:
    if field.type == "BooleanField":
        return "y" if field.data else ""
    if field.type == "HiddenField":
        return str(field.data or "")
    return str(field._value()) if hasattr(field, "_value") else str(field.data or "")


def _specimen(kind: RuleKind, code: str, value: Any) -> dict[str, str] | None:
    """Where and with which words a specimen is printed, or None for what no paper says."""
    if not kind.specimen:
        return None
    return {"kind": kind.name, "code": code, "value": json.dumps(dict(value))}
