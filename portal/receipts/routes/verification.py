"""For whoever holds a receipt: is it ours, and does it still stand? Nothing else is told."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core.web.audience import everyone
from portal.core.web.limits import limiter
from portal.core.web.lists import download
from portal.receipts.desk_forms import CheckFileForm
from portal.receipts.forms import VerifyForm
from portal.receipts.queries.signed_heads import register_keys
from portal.receipts.rules.register import code_typed, readable_code
from portal.receipts.services import Standing, standing_of_code, verify_file
from portal.receipts.services.signature_files import keys_file

bp = Blueprint("receipts", __name__, url_prefix="/<lang_code>")
OFTEN = limiter.shared_limit("30/5 minutes", scope="receipts.verify")
LARGEST = 5 * 1024 * 1024
"""A receipt of sixty payments has a fiftieth of it."""


@bp.get("/verify")
@everyone
@OFTEN
def verify_form() -> ResponseReturnValue:
    """Type the code printed on a receipt, or hand in the file."""
    form = VerifyForm(request.args) if "code" in request.args else VerifyForm(None)
    if "code" in request.args and form.validate():
        return redirect(url_for(".verify", code=code_typed(str(form.code.data))))
    return _asked(form, CheckFileForm(formdata=None))


@bp.post("/verify")
@everyone
@OFTEN
def check_file() -> ResponseReturnValue:
    """Whether a file is a receipt of ours, byte for byte; it is hashed and forgotten."""
    form = CheckFileForm()
    if not form.validate_on_submit():
        return _asked(VerifyForm(None), form)
    with form.file.data.stream as stream:
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        form.file.errors = [_("This file is larger than any receipt of ours: 5 MB at most.")]
        return _asked(VerifyForm(None), form)
    verdict = verify_file(content)
    return render_template(
        "receipts/verify_file.html", standing=verdict.standing, sheet=verdict.sheet
    )


def _asked(code: VerifyForm, file: CheckFileForm) -> ResponseReturnValue:
    page = render_template("receipts/verify_form.html", form=code, file_form=file)
    return page, 422 if code.errors or file.errors else 200


@bp.get("/verify/keys")
@everyone
def keys() -> ResponseReturnValue:
    """The public keys with which the register is signed each night."""
    return render_template("receipts/verify_keys.html", keys=register_keys())


@bp.get("/verify/keys.json")
@everyone
def keys_as_file() -> Response:
    """The same for programs."""
    return download(keys_file(), "register-keys.json", "application/json", inline=True)


@bp.get("/verify/<code>")
@everyone
@OFTEN
def verify(code: str) -> ResponseReturnValue:
    """Whether a paper with this code is ours and valid, was cancelled, or is not known."""
    standing = standing_of_code(code)
    shown = readable_code(code_typed(code)) or code[:40]
    page = render_template("receipts/verify.html", standing=standing, code=shown)
    return page, 404 if standing is Standing.UNKNOWN else 200
