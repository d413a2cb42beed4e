"""Exports: what can be taken, a look at it first, the file, and the same bytes again later."""

from __future__ import annotations

import secrets
from uuid import UUID

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.core import exports
from portal.core.clock import paris_date
from portal.core.documents import DamagedDocument
from portal.core.exports import Export, ExportKind, ExportState
from portal.core.roles import Role
from portal.core.web import lists
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.office.exports import showing, tasks

pages = Blueprint("exports", __name__, url_prefix="/office/exports")


def _year() -> int:
    """The year in the address, else the last one that is over."""
    told = request.args.get("year", "")
    if told.isascii() and told.isdigit() and "2000" <= told <= "2099" and len(told) == 4:
        return int(told)
    return paris_date(clock_now()).year - 1


def _kind(code: str) -> ExportKind:
    known = {kind.code: kind for kind in exports.export_kinds(current_user.role_set)}
    return known.get(code) or abort(404)


def _found(public_id: UUID) -> Export:
    export = exports.by_public_id(public_id) or abort(404)
    allowed = {kind.code for kind in exports.export_kinds(current_user.role_set)}
    return export if export.kind in allowed else abort(404)


@pages.get("")
@needs(Role.ACCOUNTANT)
def index() -> ResponseReturnValue:
    """What can be taken of a year, and what was taken before."""
    year, kind = _year(), request.args.get("kind", "")
    page = lists.list_page(showing.exports_spec(), showing.exports_made(kind, None))
    return lists.export(page) or render_template(
        "office/exports/index.html",
        year=year,
        years=showing.years_known(paris_date(clock_now()).year),
        kinds=showing.kinds_by_year(year, current_user.role_set),
        labels={each.code: _(each.label) for each in exports.export_kinds(current_user.role_set)},
        kind=kind,
        page=page,
        showing=showing,
    )


@pages.get("/new/<code>")
@needs(Role.ACCOUNTANT)
def preview(code: str) -> ResponseReturnValue:
    """The first rows, the count and the sums of a file, before it is made."""
    kind, year = _kind(code), _year()
    refused: tuple[str, ...] = ()
    sheets = []
    try:
        sheets = [showing.shown_sheet(sheet) for sheet in exports.preview(kind, year)]
    except exports.ExportRefused as refusal:
        refused = refusal.reasons
    return render_template(
        "office/exports/preview.html",
        kind=kind,
        label=_(kind.label),
        about=_(kind.about),
        year=year,
        years=sorted({*kind.years(), year}, reverse=True),
        sheets=sheets,
        refused=refused,
        warnings=() if refused or kind.warnings is None else kind.warnings(year),
        names={each: exports.file_of(kind, year, each)[0] for each in kind.formats},
        token=secrets.token_urlsafe(16),
    )


@pages.post("/new/<code>")
@needs(Role.ACCOUNTANT)
def make(code: str) -> ResponseReturnValue:
    """Make the file: a small one at once, a big one in the background."""
    kind, year = _kind(code), _year()
    file_format, token = request.form.get("format", ""), request.form.get("token", "")
    if file_format not in kind.formats or not 16 <= len(token) <= 64:
        flash(_("Choose a format, then make the file."), "danger")
        return redirect(url_for(".preview", code=code, year=year), 303)
    made = exports.begin(kind, year, file_format, by=current_user.id, token=token)
    return redirect(url_for(".show", public_id=made.public_id), 303)


@pages.get("/<uuid:public_id>")
@needs(Role.ACCOUNTANT)
def show(public_id: UUID) -> ResponseReturnValue:
    """One export: what it is made of, its fingerprint, the file again."""
    export = _found(public_id)
    return render_template(
        "office/exports/show.html",
        export=export,
        label=exports.label_of(export.kind),
        maker=showing.maker_name(export),
        contents=showing.contents_of(export),
        size=showing.size_words(export.size),
        parameters=exports.written_down(export.parameters),
        working=export.state in (ExportState.WAITING, ExportState.MAKING),
        made=export.state is ExportState.MADE,
        state=showing.state_words(export.state),
        tone=showing.TONES[export.state],
        comparison=showing.comparison_of(export),
    )


@pages.post("/<uuid:public_id>/file")
@needs(Role.ACCOUNTANT)
def take(public_id: UUID) -> ResponseReturnValue:
    """The file: the same bytes as when it was made, or an error that says so."""
    export = _found(public_id)
    try:
        content = exports.hand_out(export, by=current_user.id)
    except exports.NotMade:
        abort(404)
    except (DamagedDocument, exports.NotTheSameBytes, exports.ExportRefused) as error:
        current_app.logger.error(
            "export %s is not what it was: %s", public_id, type(error).__name__
        )
        flash(_why_not(error), "danger")
        return redirect(url_for(".show", public_id=public_id), 303)
    media = export.media_type.partition(";")[0]
    return send_file(content, media, as_attachment=True, download_name=export.filename)


def _why_not(error: Exception) -> str:
    if isinstance(error, DamagedDocument):
        words = _(
            "The stored bytes no longer have their SHA-256: they were altered in the database. Nothing"
            " was handed out; tell the administrator."
        )
    else:
        words = _(
            "Made again, this file is no longer the same: a receipt was issued or cancelled since. Nothing"
            " was handed out; make a new export."
        )
    return str(words)


@pages.post("/<uuid:public_id>/compare")
@needs(Role.ACCOUNTANT)
def compare(public_id: UUID) -> ResponseReturnValue:
    """Make it again in the background and say whether it would come out the same."""
    export = _found(public_id)
    if export.state is not ExportState.MADE:
        abort(404)
    tasks.begin_comparison(export, by=current_user.id)
    return redirect(url_for(".show", public_id=public_id), 303)
