"""The delivery of a year's receipts: mails to send, letters to print, what reached nobody yet."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from portal.accounts import queries as accounts
from portal.accounts.models import Donor
from portal.core import documents
from portal.core.db import transaction
from portal.core.roles import Role
from portal.core.spreadsheets import Column
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.core.web.lists import ListColumn, ListSpec, download, export, list_page
from portal.receipts import services, tasks
from portal.receipts.delivery_words import channel_word
from portal.receipts.forms import ConfirmForm, LettersForm
from portal.receipts.models import BatchState, Channel, PostBatch, Receipt
from portal.receipts.office.desk import bp
from portal.receipts.office.year import year_asked, year_or_404, years_known
from portal.receipts.queries import deliveries, sendings
from portal.receipts.queries.corrections import notices_to_post

CSV = "text/csv; charset=utf-8"


def _waiting_list() -> ListSpec:
    return ListSpec(
        name=_("receipts-to-deliver"),
        columns=(
            ListColumn("donor", _("Donor"), lambda row: row.Receipt.donor.name, sort=Donor.last_name + Donor.company_name),
            ListColumn("ref", _("Reference"), lambda row: row.Receipt.donor.ref, sort=Donor.ref),
            ListColumn("number", _("Receipt"), lambda row: row.Receipt.number, sort=Receipt.number),
            ListColumn("way", _("Delivery"), lambda row: channel_word(Channel(row.way))),
            ListColumn("why", _("E-mail came back"), lambda row: row.bounce or ""),
            ListColumn("amount", _("Amount"), lambda row: row.Receipt.amount, "amount", sort=Receipt.amount_minor),
        ),
        search=(Receipt.number, Donor.ref, Donor.first_name, Donor.last_name, Donor.company_name),
        default_sort="number",
        tie=Receipt.id,
    )  # fmt: skip


@bp.get("/delivery")
@needs(Role.ACCOUNTANT)
def delivery_of_last_year() -> ResponseReturnValue:
    """The delivery of the last year that is over."""
    return redirect(url_for(".delivery", year=year_asked()))


@bp.get("/<int:year>/delivery")
@needs(Role.ACCOUNTANT)
def delivery(year: int) -> ResponseReturnValue:
    """How the receipts of a year reach their donors, and which have not yet."""
    page = list_page(_waiting_list(), deliveries.not_reached(year_or_404(year)))
    return export(page) or _shown(year, page, LettersForm())


def _shown(year: int, page: Any, letters: LettersForm, status: int = 200) -> ResponseReturnValue:
    batches, sending, now = deliveries.batches_of(year), sendings.last_sending(year), clock_now()
    asked_by = {each.asked_by for each in (*batches, sending) if each and each.asked_by}
    shown = render_template(
        "receipts/office_delivery.html",
        year=year,
        years=years_known(year),
        page=page,
        delivered=deliveries.delivered_in(year),
        batches=batches,
        names=accounts.names_of_accounts(asked_by),
        printing=any(each.state is BatchState.PRINTING for each in batches),
        quiet={each.id for each in batches if sendings.is_quiet_batch(each, now)},
        standing=sendings.standing_of_sending(sending, now) if sending else None,
        notices=len(notices_to_post(year)),
        letters=letters,
        channel_word=channel_word,
    )
    return shown, status


@bp.route("/<int:year>/mails", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT)
def mails(year: int) -> ResponseReturnValue:
    """Confirm, then write to the donors whose receipt goes by mail, once each."""
    form = ConfirmForm()
    if form.validate_on_submit():
        _begin(year_or_404(year))
        return redirect(url_for(".delivery", year=year), 303)
    reach = deliveries.delivered_in(year_or_404(year))
    if sendings.open_sending(year):
        return redirect(url_for(".delivery", year=year))
    return render_template("receipts/office_mails.html", year=year, delivered=reach, form=form)


def _begin(year: int) -> None:
    try:
        sending, begins = tasks.begin_delivery(year, by=current_user.id, at=clock_now())
    except services.NothingToSend:
        flash(_("Nothing waits to be sent by e-mail."), "info")
        return
    if begins:
        count = sending.total
        flash(
            ngettext("%(num)s receipt is being sent.", "%(num)s receipts are being sent.", count),
            "success",
        )
    else:
        flash(_("The receipts are being sent already: nothing is sent twice."), "info")


@bp.post("/<int:year>/mails/again")
@needs(Role.ACCOUNTANT)
def mails_again(year: int) -> ResponseReturnValue:
    """Take up a sending whose worker is gone; what went before does not go again."""
    under_way = sendings.open_sending(year_or_404(year))
    if under_way is None:
        flash(_("The sending is over: nothing was changed."), "info")
    else:
        tasks.queue_delivery(under_way)
        flash(_("The sending goes on where it stood."), "info")
    return redirect(url_for(".delivery", year=year), 303)


@bp.post("/<int:year>/letters")
@needs(Role.ACCOUNTANT)
def letters(year: int) -> ResponseReturnValue:
    """Print the receipts that go by post, together."""
    form = LettersForm()
    if not form.validate_on_submit():
        page = list_page(_waiting_list(), deliveries.not_reached(year_or_404(year)))
        return _shown(year, page, form, 422)
    try:
        batch = tasks.begin_letters(
            year_or_404(year),
            by=current_user.id,
            at=clock_now(),
            form_token=str(form.form_token.data),
            both_sides=bool(form.both_sides.data),
        )
    except services.NothingToPost:
        flash(_("No receipt of %(year)s waits to be posted.", year=year), "info")
    else:
        flash(
            ngettext(
                "%(num)s letter is being printed.",
                "%(num)s letters are being printed.",
                batch.total,
            ),
            "info",
        )
    return redirect(url_for(".delivery", year=year), 303)


def _batch(batch: uuid.UUID) -> PostBatch:
    return deliveries.batch_by_public_id(batch) or abort(404)


@bp.post("/letters/<uuid:batch>.pdf")
@needs(Role.ACCOUNTANT)
def letters_pdf(batch: uuid.UUID) -> Response:
    """The letters of a batch, to be printed; how often they were taken is noted."""
    paper = services.take_to_the_printer(_batch(batch).id, by=current_user.id) or abort(404)
    return download(documents.read(paper), paper.filename, paper.media_type)


@bp.get("/letters/<uuid:batch>.csv")
@needs(Role.ACCOUNTANT)
def letters_list(batch: uuid.UUID) -> Response:
    """Who gets which letter of a batch, in the order of the PDF."""
    found = _batch(batch)
    if found.state is not BatchState.PRINTED:
        abort(404)
    columns = [
        Column(_("Place"), "integer"), Column(_("Pages"), "integer"), Column(_("Sheets"), "integer"),
        Column(_("Receipt")), Column(_("Reference")), Column(_("Donor")), Column(_("Address")),
        Column(_("Postcode")), Column(_("Town")), Column(_("Country")), Column(_("Kind of letter")),
    ]  # fmt: skip
    kinds = (_("Receipt"), _("Notice of a cancelled receipt"))
    content = services.list_of_letters(found.id, columns, kinds)
    return download(content, f"letters-{found.year}-{found.id}.csv", CSV)


@bp.post("/letters/<uuid:batch>/again")
@needs(Role.ACCOUNTANT)
def letters_again(batch: uuid.UUID) -> ResponseReturnValue:
    """Take up a batch that failed or whose worker is gone."""
    found = _batch(batch)
    with transaction():
        services.print_again(found.id)
        tasks.queue_letters(found.id)
    flash(_("The letters are being printed."), "info")
    return redirect(url_for(".delivery", year=found.year), 303)
