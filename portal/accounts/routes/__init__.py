"""The public pages of accounts: joining, entering, forgotten passwords, the second factor."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ServiceUnavailable

from portal.accounts.services.links import LinkNotValid
from portal.accounts.services.passwords import TooBusy

bp = Blueprint("accounts", __name__, url_prefix="/<lang_code>")


@bp.errorhandler(LinkNotValid)
def link_expired(_error: LinkNotValid) -> ResponseReturnValue:
    """One page for a link that was used, is too old or never was; one button for a new one."""
    token = (request.view_args or {}).get("token", "")
    return render_template("accounts/link_expired.html", token=token), 410


@bp.errorhandler(TooBusy)
def too_busy(_error: TooBusy) -> ResponseReturnValue:
    """Too many passwords at once: come back in a moment."""
    raise ServiceUnavailable(retry_after=5)


from portal.accounts.routes import entering, joining, passwords, second_factor  # noqa: E402, F401
