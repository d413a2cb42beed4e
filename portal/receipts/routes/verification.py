"""For whoever holds a receipt: is it ours, and does it still stand? Nothing else is told."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.web.audience import everyone
from portal.core.web.limits import limiter
from portal.receipts.forms import VerifyForm
from portal.receipts.rules.register import code_typed, readable_code
from portal.receipts.services import Standing, standing_of_code

bp = Blueprint("receipts", __name__, url_prefix="/<lang_code>")
OFTEN = limiter.shared_limit("30/5 minutes", scope="receipts.verify")


@bp.get("/verify")
@everyone
@OFTEN
def verify_form() -> ResponseReturnValue:
    """Type the code printed on a receipt."""
    form = VerifyForm(request.args) if "code" in request.args else VerifyForm(None)
    if "code" in request.args and form.validate():
        typed = str(form.code.data)
        return redirect(url_for(".verify", code=code_typed(typed) or typed.replace("/", "")[:40]))
    status = 422 if form.errors else 200
    return render_template("receipts/verify_form.html", form=form), status


@bp.get("/verify/<code>")
@everyone
@OFTEN
def verify(code: str) -> ResponseReturnValue:
    """Whether a paper with this code is ours and valid, was cancelled, or is not known."""
    standing = standing_of_code(code)
    shown = readable_code(code_typed(code)) or code[:40]
    page = render_template("receipts/verify.html", standing=standing, code=shown)
    return page, 404 if standing is Standing.UNKNOWN else 200
