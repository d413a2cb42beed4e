"""On a donor's behalf: what she prefers, and a receipt for one gift when she asks for it."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import queries as accounts
from portal.accounts.models import Donor
from portal.core.clock import paris_date
from portal.core.pdf import PdfError
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.receipts import services
from portal.receipts.forms import PreferenceForm
from portal.receipts.models import Channel, ReceiptTiming
from portal.receipts.office.desk import bp
from portal.receipts.queries import deliveries, giving
from portal.receipts.rules.composition import ReceiptRefused
from portal.receipts.waiting_words import wait_sentence


def _donor(public_id: uuid.UUID) -> Donor:
    return accounts.donor_by_public_id(public_id) or abort(404)


@bp.route("/donors/<uuid:donor>", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT)
def preference(donor: uuid.UUID) -> ResponseReturnValue:
    """When the donor's receipts are made and how they reach her; her gifts that stand on none."""
    found = _donor(donor)
    kept = deliveries.preference_of(found.id)
    form = PreferenceForm(
        data={
            "timing": (kept.timing if kept else ReceiptTiming.ANNUAL).value,
            "channel": (kept.channel if kept else Channel.MAIL).value,
        }
    )
    if form.validate_on_submit() and _kept(found, form):
        flash(_("The preference of %(name)s is saved.", name=found.name), "success")
        return redirect(url_for("donors.show", public_id=donor), 303)
    today = paris_date(clock_now())
    years = [giving.year_of_giving(found, year, today) for year in (today.year, today.year - 1)]
    page = render_template(
        "receipts/office_preference.html",
        donor=found,
        form=form,
        years=[each for each in years if each.without_receipt],
        wait_sentence=wait_sentence,
    )
    return page, 422 if request.method == "POST" else 200


def _kept(donor: Donor, form: PreferenceForm) -> bool:
    try:
        services.set_preference(
            donor.id,
            ReceiptTiming(form.timing.data),
            Channel(form.channel.data),
            at=clock_now(),
            by=current_user.id,
        )
    except services.ChannelNotPossible as refusal:
        form.channel.errors = [
            _("This donor has not opened an account.")
            if refusal.channel is Channel.ACCOUNT
            else _("No e-mail address of this donor is known.")
        ]
        return False
    return True


@bp.post("/gifts/<uuid:gift>/receipt")
@needs(Role.ACCOUNTANT)
def single(gift: uuid.UUID) -> ResponseReturnValue:
    """Issue the receipt of one gift at once and send it the way the donor prefers."""
    asked = giving.gift_by_public_id(gift) or abort(404)
    back = redirect(url_for(".preference", donor=asked.donor.public_id), 303)
    try:
        made = services.issue_and_deliver(asked.id, at=clock_now(), by=current_user.id)
    except services.GiftMustWait as refusal:
        flash(wait_sentence(refusal.wait), "warning")
        return back
    except services.GiftAlreadyReceipted:
        flash(_("This gift stands on a receipt already."), "info")
        return back
    except (PdfError, ReceiptRefused) as error:
        flash(_("The new receipt cannot be made: %(problem)s.", problem=str(error)), "danger")
        return back
    flash(_("Receipt %(number)s is issued.", number=made.number), "success")
    return redirect(url_for(".show", receipt=made.public_id), 303)
