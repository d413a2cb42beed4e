"""A sponsor's own receipts."""

from __future__ import annotations

import uuid
from itertools import groupby

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.queries import donor_of_current_user
from portal.core import documents
from portal.core.clock import paris_date
from portal.core.web.audience import signed_in
from portal.core.web.forms import clock_now
from portal.core.web.lists import download
from portal.donations.queries import total_given
from portal.receipts.models import Receipt
from portal.receipts.queries import register

bp = Blueprint("my_receipts", __name__, url_prefix="/me/receipts")


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """My receipts, by year; cancelled ones say so."""
    donor = donor_of_current_user()
    receipts = register.receipts_of(donor.id) if donor else []
    this_year = paris_date(clock_now()).year
    return render_template(
        "receipts/my_receipts_index.html",
        donor=donor,
        years=[
            (year, _shown(list(found))) for year, found in groupby(receipts, lambda r: r.tax_year)
        ],
        this_year=this_year,
        given=total_given(this_year, donor.id) if donor else None,
    )


def _shown(receipts: list[Receipt]) -> list[tuple[Receipt, Receipt | None]]:
    by_old = {receipt.replaces_id: receipt for receipt in receipts if receipt.replaces_id}
    return [(receipt, by_old.get(receipt.id)) for receipt in receipts]


@bp.get("/<uuid:receipt>.pdf")
@signed_in
def pdf(receipt: uuid.UUID) -> Response:
    """The paper itself, as it was issued; a stranger's or a cancelled one does not exist here."""
    donor = donor_of_current_user() or abort(404)
    found = register.receipt_of_donor(donor.id, receipt) or abort(404)
    filename = f"recu-fiscal-{found.tax_year}-{found.number}.pdf"
    return download(documents.read(found.document), filename, "application/pdf")
