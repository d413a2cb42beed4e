"""The link of a mail: the page of one receipt, without a password, for two months.

Looking (GET) changes nothing and hands nothing out, because programs that check mails follow links;
the paper is handed out when the button is pressed, and that is noted.
"""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core import documents
from portal.core.web.audience import everyone
from portal.core.web.forms import clock_now
from portal.core.web.limits import limiter
from portal.core.web.lists import download
from portal.receipts import services
from portal.receipts.models import Receipt
from portal.receipts.routes.verification import bp

__all__ = ["bp", "file_of"]
OFTEN = limiter.shared_limit("60/5 minutes", scope="receipts.by_link")


def paper_of(receipt: Receipt) -> Response:
    """The receipt as a file of the donor's."""
    return file_of(receipt, documents.read(receipt.document))


def file_of(receipt: Receipt, paper: bytes, kind: str = "") -> Response:
    """The bytes as a file named after the receipt; ``kind`` says what it is instead of the original."""
    name = "-".join(filter(None, (f"recu-fiscal-{receipt.tax_year}-{receipt.number}", kind)))
    return download(paper, f"{name}.pdf", "application/pdf")


@bp.get("/receipt/<token>")
@everyone
@OFTEN
def open_link(token: str) -> ResponseReturnValue:
    """The page of exactly one receipt; a link that is too old offers a new one."""
    try:
        receipt = services.receipt_behind(token, clock_now())
    except services.LinkTooOld:
        return render_template("receipts/link_too_old.html", token=token), 410
    except services.LinkNotValid:
        return render_template("receipts/link_not_valid.html"), 404
    return render_template("receipts/open_link.html", receipt=receipt, token=token)


@bp.post("/receipt/<token>")
@everyone
@OFTEN
def take(token: str) -> ResponseReturnValue:
    """Hand the paper out."""
    now = clock_now()
    try:
        receipt = services.receipt_behind(token, now)
    except services.LinkTooOld:
        return redirect(url_for(".open_link", token=token), 303)
    except services.LinkNotValid:
        abort(404)
    services.note_opened(receipt, now)
    return paper_of(receipt)


@bp.post("/receipt/<token>/again")
@everyone
@limiter.limit("10/hour")
def renew_link(token: str) -> ResponseReturnValue:
    """Write to the donor again; the page says the same whatever the link was."""
    try:
        services.send_new_link(token, clock_now())
    except services.LinkNotValid:
        abort(404)
    flash(_("A new link is on its way to your e-mail address."), "success")
    return redirect(url_for(".open_link", token=token), 303)
