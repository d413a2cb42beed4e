"""A sponsor's own receipts: those she has, those to come and why, what she prefers."""

from __future__ import annotations

import uuid
from itertools import groupby

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts.models import Donor
from portal.accounts.queries import donor_of_current_user
from portal.core.clock import paris_date
from portal.core.pdf import PdfError
from portal.core.web.audience import signed_in
from portal.core.web.forms import clock_now
from portal.core.web.limits import limiter
from portal.receipts import services
from portal.receipts.delivery_words import channel_word, delivery_sentence, timing_word
from portal.receipts.forms import PreferenceForm
from portal.receipts.models import Channel, Receipt, ReceiptTiming
from portal.receipts.queries import deliveries, giving, register
from portal.receipts.queries.handed_out import handed_out
from portal.receipts.routes.by_link import file_of
from portal.receipts.rules.composition import ReceiptRefused
from portal.receipts.waiting_words import remedy_of, wait_sentence

bp = Blueprint("my_receipts", __name__, url_prefix="/me/receipts")
OFTEN = limiter.shared_limit("60/5 minutes", scope="my_receipts.take")


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """My receipts, by year; cancelled ones say so; what stands on none yet, and why."""
    donor = donor_of_current_user()
    receipts = register.receipts_of(donor.id) if donor else []
    preference = deliveries.preference_of(donor.id) if donor else None
    return render_template(
        "receipts/my_receipts_index.html",
        donor=donor,
        years=[
            (year, _shown(list(found))) for year, found in groupby(receipts, lambda r: r.tax_year)
        ],
        held=handed_out(receipts),
        sent=deliveries.deliveries_by_receipt([receipt.id for receipt in receipts]),
        waiting=_waiting(donor) if donor else [],
        timing=timing_word(preference.timing if preference else ReceiptTiming.ANNUAL),
        each_since=preference.each_since if preference else None,
        channel=channel_word(_channel(donor)) if donor else "",
        delivery_sentence=delivery_sentence,
        wait_sentence=wait_sentence,
        remedy_of=remedy_of,
    )


def _waiting(donor: Donor) -> list[giving.YearOfGiving]:
    """The years of which gifts stand on no receipt, this one and the last."""
    today = paris_date(clock_now())
    years = [giving.year_of_giving(donor, year, today) for year in (today.year, today.year - 1)]
    return [each for each in years if each.without_receipt]


def _channel(donor: Donor) -> Channel:
    chosen = deliveries.preference_of(donor.id)
    if chosen is not None:
        return chosen.channel
    return Channel.MAIL if donor.email else Channel.POST


def _shown(receipts: list[Receipt]) -> list[tuple[Receipt, Receipt | None]]:
    by_old = {receipt.replaces_id: receipt for receipt in receipts if receipt.replaces_id}
    return [(receipt, by_old.get(receipt.id)) for receipt in receipts]


def _own(public_id: uuid.UUID) -> Receipt:
    """Her receipt; a stranger's or a cancelled one does not exist here."""
    donor = donor_of_current_user() or abort(404)
    return register.receipt_of_donor(donor.id, public_id) or abort(404)


@bp.get("/<uuid:receipt>.pdf")
@signed_in
def pdf(receipt: uuid.UUID) -> ResponseReturnValue:
    """Looking (GET) hands nothing out: it leads to the receipt among hers, with its button."""
    return redirect(url_for(".index", _anchor=_own(receipt).number))


@bp.post("/<uuid:receipt>.pdf")
@signed_in
@OFTEN
def take(receipt: uuid.UUID) -> Response:
    """The paper itself, as it was issued: the original the first time, then a duplicate."""
    own = _own(receipt)
    taken = services.take_own(own.id, by=current_user.id, at=clock_now())
    return file_of(own, taken.paper, "duplicata" if taken.again else "")


@bp.post("/<uuid:receipt>/sheet.pdf")
@signed_in
@limiter.limit("20/hour", key_func=lambda: f"account:{getattr(current_user, 'id', 0)}")
def sheet(receipt: uuid.UUID) -> ResponseReturnValue:
    """The sheet DUPLICATA to lay before it, for who asks her for one."""
    own = _own(receipt)
    try:
        paper = services.print_sheet(own.id, by=current_user.id, at=clock_now())
    except PdfError:
        flash(_("The sheet could not be printed. Please write to us: we look after it."), "danger")
        return redirect(url_for(".index"), 303)
    return file_of(own, paper, "feuille-duplicata")


@bp.post("/gift/<uuid:gift>")
@signed_in
@limiter.limit("20/hour", key_func=lambda: f"account:{getattr(current_user, 'id', 0)}")
def make(gift: uuid.UUID) -> ResponseReturnValue:
    """The receipt of one gift, at once; or why it must wait."""
    donor = donor_of_current_user() or abort(404)
    asked = giving.gift_of_donor(donor.id, gift) or abort(404)
    try:
        made = services.issue_asked_for(asked.id, at=clock_now(), by=current_user.id)
    except services.GiftMustWait as refusal:
        flash(wait_sentence(refusal.wait), "warning")
    except services.GiftAlreadyReceipted:
        flash(_("This gift stands on a receipt already: you find it below."), "info")
    except (PdfError, ReceiptRefused):
        flash(
            _("The receipt could not be printed. Please write to us: we look after it."), "danger"
        )
    else:
        flash(_("Your receipt %(number)s is ready.", number=made.number), "success")
    return redirect(url_for(".index"), 303)


@bp.route("/preference", methods=["GET", "POST"])
@signed_in
def preference() -> ResponseReturnValue:
    """One receipt a year or one after each gift; by mail, by post, or in the account only."""
    donor = donor_of_current_user() or abort(404)
    kept = deliveries.preference_of(donor.id)
    form = PreferenceForm(
        data={
            "timing": (kept.timing if kept else ReceiptTiming.ANNUAL).value,
            "channel": _channel(donor).value,
        }
    )
    if form.validate_on_submit():
        try:
            services.set_preference(
                donor.id,
                ReceiptTiming(form.timing.data),
                Channel(form.channel.data),
                at=clock_now(),
                by=current_user.id,
            )
        except services.ChannelNotPossible:
            form.channel.errors = [_("We know no e-mail address of yours to write to.")]
        else:
            flash(_("Thank you: your choice is saved."), "success")
            return redirect(url_for(".index"), 303)
    page = render_template("receipts/my_receipts_preference.html", form=form, donor=donor)
    return page, 422 if request.method == "POST" else 200
