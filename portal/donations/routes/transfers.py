"""Giving by bank transfer: the account, the reference, the code for a banking app, the slip to print."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from stdnum import iban

from portal.accounts.models import Donor
from portal.accounts.queries import donor_of_current_user
from portal.core import i18n
from portal.core.money import Money, MoneyError
from portal.core.web.audience import everyone, signed_in
from portal.core.web.limits import limiter
from portal.core.web.lists import download
from portal.donations.epc_code import as_picture, as_svg, epc_code
from portal.donations.routes import bp
from portal.donations.rules.transfer_reference import (
    GENERAL,
    NoReference,
    shown,
    transfer_reference,
)
from portal.donations.services.provider import now, settings
from portal.donations.transfer_slip import Coupon, payee, print_coupons

transfer = Blueprint("transfer", __name__, url_prefix="/me/transfer")
_MOST = Money(10_000_000)


def _amount() -> Money | None:
    """The sum in the address, when it is one that can be given."""
    typed = request.args.get("amount", "").strip()[:20]
    try:
        told = Money.parse(typed) if typed else None
    except MoneyError:
        return None
    return told if told is not None and 0 < told.minor <= _MOST.minor else None


def _reference(donor: Donor | None) -> str:
    """The donor's own, or the general one of whoever gives unknown."""
    if donor is not None:
        try:
            return transfer_reference(donor.ref)
        except NoReference:
            pass  # a number too long for one: the name will tell
    return transfer_reference(GENERAL)


def _facts(donor: Donor | None) -> dict[str, Any]:
    told = settings().organisation
    if not told.iban:
        return {"account": None, "contact": told.email}
    to, reference, amount = payee(told), _reference(donor), _amount()
    return {
        "account": to,
        "iban": iban.format(to.iban),
        "reference": reference,
        "shown_reference": shown(reference),
        "amount": amount,
        "typed": request.args.get("amount", "")[:20],
        "wrong_amount": bool(request.args.get("amount", "").strip()) and amount is None,
        "own": reference != transfer_reference(GENERAL),
        "drawing": as_svg(
            epc_code(to, reference, amount), _("Code of the transfer for your bank's app")
        ),
    }


def _picture(donor: Donor | None) -> ResponseReturnValue:
    told = settings().organisation
    if not told.iban:
        abort(404)
    code = epc_code(payee(told), _reference(donor), _amount())
    return download(as_picture(code), "transfer.png", "image/png")


@transfer.get("")
@signed_in
def index() -> ResponseReturnValue:
    """How I give by transfer: my own reference makes the gift mine."""
    return render_template("donations/transfer/index.html", **_facts(donor_of_current_user()))


@transfer.get("/code.png")
@signed_in
def picture() -> ResponseReturnValue:
    """My code, for the album of a phone."""
    return _picture(donor_of_current_user())


@transfer.get("/slip.pdf")
@signed_in
@limiter.limit("20/10 minutes")
def slip() -> ResponseReturnValue:
    """My slip, to print and keep."""
    donor, told = donor_of_current_user(), settings()
    if not told.organisation.iban:
        abort(404)
    coupon = Coupon(
        name=donor.name if donor else "",
        address=(),
        reference=_reference(donor),
        amount=_amount(),
        language=i18n.language(),
    )
    title = _("My gift by transfer")
    paper = print_coupons([coupon], payee(told.organisation), title, told, now())
    return download(paper, "virement.pdf", "application/pdf")


@bp.get("/give/transfer")
@everyone
def give_by_transfer() -> ResponseReturnValue:
    """The account, for whoever gives by transfer."""
    return render_template("donations/give_by_transfer.html", **_facts(None))


@bp.get("/give/transfer/code.png")
@everyone
@limiter.limit("60/10 minutes")
def transfer_picture() -> ResponseReturnValue:
    """The code, for the album of a phone."""
    return _picture(None)
