"""Saying that money already received is a membership fee, or is none."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.core.dated_rules.timeline import NothingHolds
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.donations import queries
from portal.donations.events import ChangeRefused
from portal.donations.forms.corrections import MembershipForm
from portal.donations.models import Gift, NoReceipt
from portal.donations.office.entry import bp
from portal.donations.services.membership import say_membership
from portal.donations.tax_terms import SmallReturn, small_return_on


@bp.route("/gifts/<uuid:public_id>/membership", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def membership(public_id: uuid.UUID) -> ResponseReturnValue:
    """A gift, or a membership fee with or without something in return."""
    gift = queries.gift_by_public_id(public_id) or abort(404)
    returned = gift.no_receipt is NoReceipt.COUNTERPART
    told = ("with_return" if returned else "fee") if gift.membership else "gift"
    form = MembershipForm(data={"what": told})
    if form.validate_on_submit():
        try:
            say_membership(
                gift.id,
                membership=form.what.data != "gift",
                with_return=form.what.data == "with_return",
                reason=form.reason.data or "",
                by=current_user.id,
            )
        except ChangeRefused as refusal:
            form.form_errors.append(_(refusal.reason))
        else:
            flash(_("It is noted, and the books say the same."), "success")
            return redirect(url_for("gifts_office.gift", public_id=public_id), 303)
    page = render_template(
        "donations/entering/membership.html",
        gift=gift,
        form=form,
        small=_small_return(gift),
        euros=gift.euros,
    )
    return page, 422 if form.errors else 200


def _small_return(gift: Gift) -> SmallReturn | None:
    """What may be given for it without being something of value; None when no rule tells."""
    try:
        return small_return_on(gift.tax_on) if gift.tax_on and gift.euros else None
    except NothingHolds:
        return None
