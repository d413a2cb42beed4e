"""A donor completes her own name and address by the link of a mail: no password, once."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.core.web.audience import everyone
from portal.core.web.forms import clock_now
from portal.core.web.limits import limiter
from portal.receipts.desk_forms import DetailsForm
from portal.receipts.routes.verification import bp
from portal.receipts.services.details import LinkIsOver, complete_details, donor_behind

OFTEN = limiter.shared_limit("30/5 minutes", scope="receipts.details")


@bp.route("/receipt-details/<token>", methods=["GET", "POST"])
@everyone
@OFTEN
def details(token: str) -> ResponseReturnValue:
    """What is needed for her receipt; looking changes nothing."""
    now = clock_now()
    try:
        form = DetailsForm(donor_behind(token, now))
        if not form.validate_on_submit():
            page = render_template("receipts/details.html", form=form)
            return page, 422 if form.errors else 200
        complete = complete_details(token, form.values, now)
    except LinkIsOver:
        return render_template("receipts/details_over.html"), 404
    return render_template("receipts/details_done.html", complete=complete)
